using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class SetPriceRuleTests
{
    [Theory, BothStores]
    public async Task A_rule_prices_anew_what_it_is_nearest_to_and_nothing_else(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var (mine, hand) = (shop.Of(1), shop.Of(4));
        await shop.SetAsync(hand, s => s, new NewRate.ByHand(new Money(hand.Rate.Units + 1)));
        var all = shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services;
        (await SetAsync(shop, new PriceRule(PriceScope.Service, mine.Id.Text(), PriceTerms.Of(10_000)))).ShouldHaveSingleItem().Rate.Units.ShouldBe(mine.ProviderRate!.Value.Units * 2);
        var inCategory = all.Count(s => s.Category == mine.Category && s.Id != mine.Id && !s.PricedByHand);
        (await SetAsync(shop, new PriceRule(PriceScope.Category, mine.Category, PriceTerms.Of(7_000)))).Count.ShouldBe(inCategory);
        (await SetAsync(shop, new PriceRule(PriceScope.Provider, shop.Provider.Id.Text(), new PriceTerms(5_000, Money.Parse("1"), Money.Parse("100"))))).ShouldAllBe(s => s.Rate.Units % 10_000_000 == 0);
        shop.Of(4).Rate.Units.ShouldBe(hand.Rate.Units + 1);
        shop.Of(1).Rate.Units.ShouldBe(mine.ProviderRate.Value.Units * 2);
        (await shop.UpdatesAsync(mine.Id)).ShouldBe([$"PriceUp {mine.Rate} {shop.Of(1).Rate}"]);
        (await shop.DoneAsync()).ShouldBeEmpty();

        (await shop.Panel.Get<SetPriceRule>().ListAsync(CancellationToken.None)).Count.ShouldBe(3);
        await shop.Panel.Get<SetPriceRule>().RemoveAsync(PriceScope.Service, mine.Id.Text(), "test", CancellationToken.None);
        shop.Of(1).Rate.ShouldBe(Pricing.Of(mine.ProviderRate.Value, PriceTerms.Of(7_000)));
        (await Should.ThrowAsync<InvalidInputException>(() => shop.Panel.Get<SetPriceRule>().RemoveAsync(PriceScope.Service, mine.Id.Text(), "test", CancellationToken.None)))
            .Message.ShouldContain("no price rule");
    }

    [Theory, BothStores]
    public async Task A_price_jump_that_waits_is_moot_once_a_rule_has_priced_the_service(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        shop.Change(1, s => s with { Rate = s.Rate * 2 });
        await shop.DoneAsync();
        (await shop.WaitingAsync()).Count.ShouldBe(1);
        await SetAsync(shop, new PriceRule(PriceScope.Panel, "", PriceTerms.Of(2_000)));
        (await shop.WaitingAsync()).ShouldBeEmpty();
        (await shop.AlertsAsync()).ShouldBeEmpty();
        shop.Of(1).Rate.ShouldBe(Pricing.Of(shop.Of(1).ProviderRate!.Value, PriceTerms.Of(2_000)));
        await shop.DoneAsync();
        (await shop.WaitingAsync()).ShouldBeEmpty();
        (await shop.DoneAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task What_cannot_be_a_rule_is_refused_and_changes_nothing(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var before = await shop.DumpAsync();
        PriceRule[] wrong =
        [
            new(PriceScope.Panel, "x", PriceTerms.Of(1)), new(PriceScope.Provider, "77", PriceTerms.Of(1)), new(PriceScope.Service, "77777", PriceTerms.Of(1)), new(PriceScope.Category, "", PriceTerms.Of(1)),
            new(PriceScope.Panel, "", PriceTerms.Of(-9_901)), new(PriceScope.Panel, "", new PriceTerms(1, new Money(-1), new Money(1))), new(PriceScope.Panel, "", new PriceTerms(1, Money.Zero, Money.Zero)),
            new(PriceScope.Panel, "", new PriceTerms(0, new Money(long.MaxValue), new Money(1))),
        ];
        foreach (var rule in wrong)
        {
            await Should.ThrowAsync<InvalidInputException>(() => SetAsync(shop, rule), rule.ToString());
        }

        (await shop.DumpAsync()).ShouldBe(before);
    }

    private static Task<IReadOnlyList<Service>> SetAsync(SyncedPanel shop, PriceRule rule) => shop.Panel.Get<SetPriceRule>().RunAsync(rule, "test", CancellationToken.None);
}
