using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Providers;
using Tally.Settings;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class SyncCataloguesTests
{
    [Theory, BothStores]
    public async Task Each_provider_that_delivers_is_asked_once_in_every_interval_by_one_node(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        await shop.Panel.AddProviderAsync(shop.Upstream.Url, shop.Upstream.Key, name: "idle");
        await using var second = await TestPanel.JoinAsync(shop.Panel.Database, shop.Clock);
        SyncCatalogues[] nodes = [Loop(shop.Panel), Loop(second)];
        var start = Asked(shop);
        await TurnAsync(nodes);
        shop.Clock.Move(TimeSpan.FromMinutes(59));
        await TurnAsync(nodes);
        Asked(shop).ShouldBe(start, "it was just imported");
        shop.Change(1, s => s with { Min = 300 });
        shop.Clock.Move(TimeSpan.FromMinutes(1));
        await TurnAsync(nodes);
        await TurnAsync(nodes);
        Asked(shop).ShouldBe(start + 1);
        await shop.Panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        shop.Of(1).Min.ShouldBe(300);

        await shop.Panel.SetAsync("catalogue_interval_min", "5");
        await second.Get<SettingsSnapshot>().RefreshAsync(CancellationToken.None);
        await TurnAsync(nodes);
        Asked(shop).ShouldBe(start + 2, "it was due later than the new setting allows");
        await shop.Panel.SetAsync("catalogue_interval_min", "0");
        await second.Get<SettingsSnapshot>().RefreshAsync(CancellationToken.None);
        shop.Clock.Move(TimeSpan.FromDays(30));
        await TurnAsync(nodes);
        Asked(shop).ShouldBe(start + 2);
    }

    [Theory, BothStores]
    public async Task Another_exchange_rate_makes_prices_follow_at_once(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var loop = Loop(shop.Panel);
        await loop.RunOnceAsync(CancellationToken.None);
        var (before, start) = (shop.Of(1), Asked(shop));
        await shop.Panel.Get<SaveProvider>().ChangeAsync(shop.Provider.Id, new ProviderChange { Concurrency = 8 }, CancellationToken.None);
        await loop.RunOnceAsync(CancellationToken.None);
        Asked(shop).ShouldBe(start, "its amounts are worth what they were");

        await shop.Panel.Get<SaveProvider>().ChangeAsync(shop.Provider.Id, new ProviderChange { ExchangeRate = "1.1" }, CancellationToken.None);
        await loop.RunOnceAsync(CancellationToken.None);
        Asked(shop).ShouldBe(start + 1);
        (shop.Of(1).ProviderRate!.Value.Units, shop.Of(1).Rate.Units).ShouldBe((before.ProviderRate!.Value.Units * 11 / 10, before.Rate.Units * 11 / 10));
        await loop.RunOnceAsync(CancellationToken.None);
        Asked(shop).ShouldBe(start + 1, "and then as often as before");
    }

    [Theory, BothStores]
    public async Task A_provider_that_does_not_answer_keeps_everything_and_is_asked_again_soon(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var loop = Loop(shop.Panel);
        await loop.RunOnceAsync(CancellationToken.None);
        var (before, start) = (await shop.DumpAsync(), Asked(shop));

        // How often a turn asks is the adapter's own business: it may try again at once, or let the provider rest.
        shop.Upstream.Faults.WithProbability(SimulatedAction.Services, 1, new Fault.Html());
        (await HasTurnAfterAsync(60)).ShouldBeTrue();
        Asked(shop).ShouldBeGreaterThan(start);
        (await HasTurnAfterAsync(1)).ShouldBeTrue();
        (await shop.DumpAsync()).ShouldBe(before);
        shop.Upstream.Faults.Clear();

        // Another node goes on: this one may still let the provider rest.
        await using var second = await TestPanel.JoinAsync(shop.Panel.Database, shop.Clock);
        loop = Loop(second);
        (await HasTurnAfterAsync(1)).ShouldBeFalse("the pause has doubled");
        (await HasTurnAfterAsync(1)).ShouldBeTrue();
        (await HasTurnAfterAsync(59)).ShouldBeFalse("it answered, so a whole interval goes by");
        (await HasTurnAfterAsync(1)).ShouldBeTrue();

        async Task<bool> HasTurnAfterAsync(int minutes)
        {
            var due = await shop.DueAsync();
            shop.Clock.Move(TimeSpan.FromMinutes(minutes));
            await loop.RunOnceAsync(CancellationToken.None);
            return await shop.DueAsync() != due;
        }
    }

    [Theory, BothStores]
    public async Task A_node_that_dies_in_its_turn_leaves_it_to_others(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var turns = shop.Panel.Get<CatalogueTurns>();
        var hour = TimeSpan.FromHours(1);
        (await turns.TakeAsync([shop.Provider.Id], hour, CancellationToken.None)).ShouldBeNull();
        shop.Clock.Move(hour);
        (await turns.TakeAsync([shop.Provider.Id], hour, CancellationToken.None)).ShouldBe(shop.Provider.Id);
        (await turns.TakeAsync([shop.Provider.Id], hour, CancellationToken.None)).ShouldBeNull();
        shop.Clock.Move(TimeSpan.FromMinutes(2));
        (await turns.TakeAsync([shop.Provider.Id], hour, CancellationToken.None)).ShouldBe(shop.Provider.Id);
    }

    [Theory]
    [InlineData(60, 0, 60)]
    [InlineData(60, 1, 1)]
    [InlineData(60, 2, 2)]
    [InlineData(60, 6, 32)]
    [InlineData(60, 7, 60)]
    [InlineData(60, 500, 60)]
    [InlineData(5, 4, 5)]
    [InlineData(0, 0, null)]
    public void The_next_turn_comes_after_an_interval_or_sooner_after_failures(int intervalMin, long failures, int? dueMin) =>
        CatalogueTurns.NextDue(1_000, TimeSpan.FromMinutes(intervalMin), failures).ShouldBe(dueMin is { } min ? 1_000 + (min * 60_000L) : null);

    private static async Task TurnAsync(SyncCatalogues[] nodes) => await Task.WhenAll(nodes.Select(n => n.RunOnceAsync(CancellationToken.None)));

    private static SyncCatalogues Loop(TestPanel panel) => new(
        panel.Get<ProviderBook>(), panel.Get<Tally.Catalog.Catalog>(), panel.Get<SettingsSnapshot>(), panel.Get<CatalogueTurns>(), panel.Get<SyncCatalogue>(), panel.Get<TimeProvider>(),
        NullLogger<SyncCatalogues>.Instance);

    private static long Asked(SyncedPanel shop) => shop.Upstream.Received.Total(SimulatedAction.Services);
}
