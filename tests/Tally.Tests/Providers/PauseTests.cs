using Shouldly;
using Tally.Contract;
using Tally.Operations;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class PauseTests
{
    [Theory, BothStores]
    public async Task A_pause_has_a_kind_an_alert_and_one_beginning_however_many_calls_ask_for_it(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var node = await TestPanel.JoinAsync(panel.Database);
        var (book, there) = (panel.Get<ProviderBook>(), node.Get<ProviderBook>());
        var provider = await panel.AddProviderAsync(new Uri("https://panel.example/api/v2"), "key");
        await there.RefreshAsync(CancellationToken.None);
        var begun = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? book : there).PauseForAsync(provider, PauseKind.Funds, "Not enough funds", CancellationToken.None)));
        begun.Count(b => b).ShouldBe(1);
        (book.Current[provider.Id].PauseKind, book.Current[provider.Id].PauseReason).ShouldBe((PauseKind.Funds, "Not enough funds"));
        await ShouldBeOpenAsync(panel, AlertKind.ProviderFunds);

        // The first reason stays.
        (await book.PauseForAsync(provider, PauseKind.Access, "Invalid API key", CancellationToken.None)).ShouldBeFalse();
        await ShouldBeOpenAsync(panel, AlertKind.ProviderFunds);
        await book.PauseAsync(provider.Id, null, CancellationToken.None);
        book.Current[provider.Id].ShouldSatisfyAllConditions(p => p.Paused.ShouldBeFalse(), p => p.PauseKind.ShouldBeNull());
        await ShouldBeOpenAsync(panel);

        (await book.PauseForAsync(provider, PauseKind.Access, "Invalid API key", CancellationToken.None)).ShouldBeTrue();
        await ShouldBeOpenAsync(panel, AlertKind.ProviderAccess);
        await book.PauseAsync(provider.Id, "by hand", CancellationToken.None);
        (book.Current[provider.Id].PauseKind, book.Current[provider.Id].PauseReason).ShouldBe((PauseKind.Operator, "by hand"));
        await book.PauseAsync(provider.Id, null, CancellationToken.None);
        await ShouldBeOpenAsync(panel);
    }

    [Theory]
    [InlineData("Not enough funds on balance", null, PauseKind.Funds)]
    [InlineData("Không đủ tiền", "not_enough_funds", PauseKind.Funds)]
    [InlineData("Invalid API key", null, PauseKind.Access)]
    [InlineData("IP address is not allowed", null, PauseKind.Access)]
    [InlineData("Your account is suspended", null, PauseKind.Access)]
    [InlineData("Your account has been blocked", null, PauseKind.Access)]
    [InlineData("Bad link", null, null)]
    [InlineData("Disabled service ID", null, null)]
    [InlineData("This Instagram account is private", null, null)]
    [InlineData("Rate limit exceeded", null, null)]
    public void A_refusal_asks_for_a_pause_only_when_it_is_about_us_and_not_about_the_order(string text, string? code, PauseKind? expected) =>
        ProviderPauses.KindOf(new ApiError(text, code)).ShouldBe(expected);

    private static async Task ShouldBeOpenAsync(TestPanel panel, params AlertKind[] kinds) =>
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).Select(a => a.Kind).ShouldBe(kinds);
}
