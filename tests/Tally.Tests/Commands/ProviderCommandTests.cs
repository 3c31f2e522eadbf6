using Shouldly;
using Tally.Demo;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class ProviderCommandTests
{
    private const string Key = "the-key-there-0123456789", Url = "https://panel.example/api/v2";

    [Theory, BothStores]
    public async Task Providers_are_added_listed_paused_and_resumed_and_their_keys_stay_secret(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var said = (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldSucceed();
        said.Lines.ShouldBe(["provider 1 up https://panel.example/api/v2", "Next: tally services import --provider up"]);
        var second = await tally.JsonAsync("provider", "add", "down", "http://panel.example/api/v2?x=a%2Fb", Key, "--references", "--allow-private");
        second.GetProperty("references").GetBoolean().ShouldBeTrue();
        second.GetProperty("allowPrivate").GetBoolean().ShouldBeTrue();
        second.GetProperty("url").GetString().ShouldBe("http://panel.example/api/v2?x=a%2Fb");

        (await tally.RunAsync("provider", "pause", "UP", "--reason", "prices doubled")).ShouldSucceed().Lines.ShouldBe(["up is paused: prices doubled"]);
        var list = (await tally.RunAsync("provider", "list")).ShouldSucceed();
        list.Lines.Length.ShouldBe(2);
        list.Lines[0].ShouldMatch("^ +1  up +https://panel.example/api/v2  paused: prices doubled$");
        list.Lines[1].ShouldEndWith("  active");
        var json = await tally.JsonAsync("provider", "list");
        json[0].GetProperty("paused").GetBoolean().ShouldBeTrue();
        json[0].GetProperty("pauseReason").GetString().ShouldBe("prices doubled");
        (list.Output + json.GetRawText() + said.Output + second.GetRawText()).ShouldNotContain(Key);
        (await tally.JsonAsync("provider", "resume", "up")).GetProperty("paused").GetBoolean().ShouldBeFalse();
        (await tally.RunAsync("provider", "list")).ShouldSucceed().Lines[0].ShouldEndWith("  active");
    }

    [Theory, BothStores]
    public async Task What_cannot_be_a_provider_is_refused(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("provider", "add", "up", "panel.example/api", Key)).ShouldFail("'panel.example/api' is no http(s) address");
        (await tally.RunAsync("provider", "add", "up", "ftp://panel.example/api", Key)).ShouldFail("no http(s) address");
        (await tally.RunAsync("provider", "add", " ", Url, Key)).ShouldFail("needs a name and a key");
        (await tally.RunAsync("provider", "add", "up", Url, "")).ShouldFail("needs a name and a key");
        (await tally.RunAsync("provider", "add", "up", Url)).ShouldBeMisspelt("Required argument");
        (await tally.RunAsync("provider", "list")).ShouldSucceed().Output.ShouldBeEmpty();
        (await tally.JsonAsync("provider", "list")).GetArrayLength().ShouldBe(0);

        (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldSucceed();
        (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldFail("There is a provider named 'up' already.");
        (await tally.RunAsync("provider", "add", "Up", Url, Key)).ShouldFail("There is a provider named 'up' already.");
        foreach (var command in (string[])["test", "pause", "resume"])
        {
            (await tally.RunAsync("provider", command, "nobody")).ShouldFail("There is no provider named 'nobody'.");
        }
    }

    [Fact]
    public async Task A_test_tells_the_balance_there_or_what_is_wrong()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Balance = 4_321, Currency = "EUR" });
        await tally.JsonAsync("provider", "add", "good", upstream.Url.ToString(), upstream.Key, "--allow-private");
        await tally.JsonAsync("provider", "add", "locked", upstream.Url.ToString(), Key, "--allow-private");
        await tally.JsonAsync("provider", "add", "private", upstream.Url.ToString(), upstream.Key);
        await tally.JsonAsync("provider", "add", "silent", $"http://127.0.0.1:{LoopbackPort.Free()}/api/v2", Key, "--allow-private");

        (await tally.RunAsync("provider", "test", "good")).ShouldSucceed().Lines.ShouldBe(["good: balance 4321 EUR"]);
        (await tally.JsonAsync("provider", "test", "good")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        foreach (var (name, words) in new[] { ("locked", "it refuses: "), ("private", "private"), ("silent", "refused") })
        {
            var said = await tally.RunAsync("provider", "test", name);
            said.Code.ShouldBe(1, name);
            said.Lines.ShouldHaveSingleItem().ShouldStartWith(name + ": ");
            said.Output.ShouldContain(words, Case.Insensitive);
            said.Output.ShouldNotContain(Key);
            said.Errors.ShouldBeEmpty();
            var json = (await tally.RunAsync("provider", "test", name, "--json")).Json;
            json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        }
    }
}
