using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class SetServiceTests
{
    private static readonly Service Ours = Stock.Service(Stock.Offer());

    [Fact]
    public void A_rate_below_cost_is_refused_with_the_figures()
    {
        Should.Throw<InvalidInputException>(() => Decide(Ours, new NewRate.ByHand(Money.Parse("9.99999")))).Message.ShouldBe("Service 7 would be sold below cost: 9.99999 per 1000, but up asks 10.");
        Decide(Ours, new NewRate.ByHand(Money.Parse("10"))).ShouldBe(Ours with { Rate = Money.Parse("10"), PricedByHand = true });
        var routed = Ours with { FurtherRoutes = [new Route(4, "1", Money.Parse("8"))] };
        Decide(routed, new NewRate.ByHand(Money.Parse("8"))).Sold.ShouldBeTrue();
        Decide(Ours with { ProviderRate = null }, new NewRate.ByHand(Money.Zero)).Rate.ShouldBe(Money.Zero);
    }

    [Fact]
    public void Auto_prices_by_the_rules_again()
    {
        var hand = Ours with { Rate = Money.Parse("99"), PricedByHand = true };
        Decide(hand, new NewRate.ByRules()).ShouldBe(Ours);
        Should.Throw<InvalidInputException>(() => Decide(hand with { ProviderRate = null }, new NewRate.ByRules())).Message.ShouldContain("tally services sync");
        Should.Throw<InvalidInputException>(() => SetService.Decide(hand, hand, new NewRate.ByRules(), Stock.Rules.With(new PriceRule(PriceScope.Panel, "", PriceTerms.Of(-1))), _ => "up"));
    }

    [Fact]
    public void Another_binding_forgets_what_was_known_of_the_old_one_and_keeps_the_price()
    {
        var moved = SetService.Decide(Ours with { Vanished = true }, Ours with { ProviderService = "9", Vanished = true }, null, Stock.Rules, _ => "up");
        moved.ShouldBe(Ours with { ProviderService = "9", ProviderRate = null, Upstream = null, Vanished = false, PricedByHand = true });
        var manual = SetService.Decide(Ours, Ours with { ProviderId = null, ProviderService = null }, null, Stock.Rules, _ => "up");
        (manual.PricedByHand, manual.ProviderRate, manual.Rate).ShouldBe((false, null, Ours.Rate));
    }

    [Theory, BothStores]
    public async Task What_waits_about_a_price_is_moot_once_the_operator_sets_one(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        shop.Change(1, s => s with { Rate = s.Rate * 2, Name = "Other" });
        await shop.DoneAsync();
        (await shop.WaitingAsync()).Count.ShouldBe(2);
        var was = shop.Of(1).Rate;
        var now = new Money(was.Units * 3);
        await shop.SetAsync(shop.Of(1), s => s, new NewRate.ByHand(now));
        (await shop.WaitingAsync()).ShouldHaveSingleItem().Kind.ShouldBe(QuarantineKind.Rename);
        (await shop.UpdatesAsync(shop.Of(1).Id)).ShouldBe([$"On  {now}", "Off  "]);
        (await shop.DoneAsync()).ShouldHaveSingleItem().Text.ShouldNotContain("→");
        (await shop.WaitingAsync()).ShouldHaveSingleItem().Kind.ShouldBe(QuarantineKind.Rename);
        await shop.SetAsync(shop.Of(1), s => s with { ProviderId = null, ProviderService = null });
        (await shop.WaitingAsync()).ShouldBeEmpty();
        (await shop.AlertsAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Changes_by_hand_are_told_to_customers_and_audited(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "100");
        var set = panel.Get<SetService>();
        await set.RunAsync(service.Id, s => s with { Max = 500 }, new NewRate.ByHand(Money.Parse("120")), "anh", CancellationToken.None);
        await set.RunAsync(service.Id, s => s with { Enabled = false }, null, "anh", CancellationToken.None);
        await set.RunAsync(service.Id, s => s with { Enabled = false }, null, "anh", CancellationToken.None);
        var updates = (await panel.Get<ReadUpdates>().RunAsync(null, 10, CancellationToken.None)).Changes;
        updates.Select(c => $"{c.Kind} {c.Was} {c.Now}").ShouldBe(["Off  ", "Limits 10–10000 10–500", "PriceUp 100 120", "New  100"]);
        updates.ShouldAllBe(c => c.ServiceId == service.Id && c.Name == service.Name);
        var audit = (await SyncedPanel.DumpAsync(panel)).Split('\n').Where(l => l.Contains("|service set|")).ToList();
        audit.Count.ShouldBe(2);
        audit[0].ShouldEndWith($"|anh|service set|service {service.Id}|rate 100 → 120; limits 10–10000 → 10–500");
    }

    [Theory, BothStores]
    public async Task Updates_come_in_pages_newest_first(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "1");
        for (var rate = 2; rate <= 8; rate++)
        {
            await panel.Get<SetService>().RunAsync(service.Id, s => s, new NewRate.ByHand(Money.Parse(rate.Text())), "test", CancellationToken.None);
        }

        var seen = new List<string?>();
        UpdatesPlace? behind = null;
        do
        {
            var page = await panel.Get<ReadUpdates>().RunAsync(behind, 3, CancellationToken.None);
            page.Changes.Count.ShouldBeInRange(1, 3);
            seen.AddRange(page.Changes.Select(c => c.Now));
            behind = page.Next;
        }
        while (behind is not null);

        seen.ShouldBe(["8", "7", "6", "5", "4", "3", "2", "1"]);
    }

    [Theory, BothStores]
    public async Task Two_services_are_never_bound_to_the_same_one_and_the_other_is_named(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var (one, other) = (shop.Of(1), shop.Of(3));
        (await Should.ThrowAsync<InvalidInputException>(() => shop.SetAsync(one, s => s with { ProviderService = other.ProviderService }))).Message
            .ShouldStartWith($"Another service, {other.Id} '{other.Name}', is bound to service {other.ProviderService}");
        (await Should.ThrowAsync<InvalidInputException>(() => shop.SetAsync(one with { Id = 99_999 }, s => s))).Message.ShouldBe("There is no service 99999.");
        shop.Of(1).ShouldBe(one);
    }

    private static Service Decide(Service before, NewRate rate) => SetService.Decide(before, before, rate, Stock.Rules, _ => "up");
}
