using Shouldly;
using Tally.Settings;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class SettingsCommandTests
{
    [Theory, BothStores]
    public async Task Settings_are_listed_under_the_names_by_which_they_are_set(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var list = (await tally.RunAsync("settings", "list")).ShouldSucceed();
        list.Lines.Select(l => l.Split(' ')[0]).ShouldBe(PanelSettings.Names);
        list.Lines.ShouldContain("currency USD");
        list.Lines.ShouldContain("maintenance false");
        list.Lines.Single(l => l.StartsWith("panel_id ", StringComparison.Ordinal)).ShouldMatch("^panel_id t[0-9a-f]{12}$");
        list.Lines.ShouldContain("confirm_email on");
        foreach (var line in list.Lines)
        {
            var (name, value) = (line.Split(' ')[0], line.Split(' ')[1]);
            (await tally.RunAsync("settings", "set", name, value)).ShouldSucceed().Lines.ShouldBe([$"{name} = {value}"]);
        }

        (await tally.RunAsync("settings", "list")).ShouldSucceed().Output.ShouldBe(list.Output);
    }

    [Theory, BothStores]
    public async Task A_setting_is_changed_and_stays(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("settings", "set", "currency", "VND")).ShouldSucceed();
        var json = await tally.JsonAsync("settings", "set", "send_delay_ms", "1500");
        (json.GetProperty("name").GetString(), json.GetProperty("value").GetString()).ShouldBe(("send_delay_ms", "1500"));
        var all = await tally.JsonAsync("settings", "list");
        all.GetProperty("currency").GetString().ShouldBe("VND");
        all.GetProperty("sendDelayMs").GetInt32().ShouldBe(1_500);
        all.GetProperty("maintenance").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("colour", "red", "There is no setting 'colour'. There are: currency")]
    [InlineData("currency", "vnd", "three capital letters")]
    [InlineData("maintenance", "perhaps", "true or false")]
    [InlineData("requests_per_second", "0", "a whole number, 1 to 1000000")]
    [InlineData("request_burst", "many", "a whole number, 1 to 1000000")]
    [InlineData("sync_interval_ms", "99", "a whole number, 100 to 3600000")]
    [InlineData("panel_id", "", "panel_id")]
    public async Task What_does_not_fit_is_refused_and_named(string name, string value, string words)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("settings", "set", name, value)).ShouldFail(words);
        (await tally.RunAsync("settings", "set", name)).ShouldBeMisspelt("Required argument");
    }
}
