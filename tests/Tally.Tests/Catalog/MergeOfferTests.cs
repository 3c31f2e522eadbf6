using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class MergeOfferTests
{
    private static readonly Offer Known = Stock.Offer();
    private static readonly Service Ours = Stock.Service(Known);

    [Fact]
    public void The_same_offer_changes_nothing()
    {
        var merged = Merge(Ours, Known);
        merged.Service.ShouldBe(Ours);
        merged.Held.ShouldBeEmpty();
        merged.Wrong.ShouldBeNull();
    }

    [Fact]
    public void What_upstream_changes_follows()
    {
        var theirs = Known with { Description = "new", Category = "New", Platform = "Other", Min = 20, Max = 2_000, Refill = false, Cancel = false, Dripfeed = false };
        var merged = Merge(Ours, theirs);
        merged.Held.ShouldBeEmpty();
        merged.Service.ShouldBe(Ours with
        {
            Description = "new",
            Category = "New",
            Platform = "Other",
            Min = 20,
            Max = 2_000,
            Refill = false,
            Cancel = false,
            Dripfeed = false,
            Upstream = theirs,
        });
    }

    [Fact]
    public void What_the_operator_changed_stays_when_upstream_changes_it_too()
    {
        var own = Ours with { Description = "own", Category = "Own", Platform = "Own", Min = 50, Max = 500, Refill = false, Cancel = false, Dripfeed = false };
        var theirs = Known with { Description = "new", Category = "New", Platform = "Other", Min = 20, Max = 2_000 };
        Merge(own, theirs).Service.ShouldBe(own with { Upstream = theirs });
    }

    [Fact]
    public void Own_limits_that_the_new_ones_contradict_give_way() =>
        (Merge(Ours with { Min = 500 }, Known with { Max = 100 }).Service is { Min: 10, Max: 100 }).ShouldBeTrue();

    [Fact]
    public void A_price_within_the_jump_follows_by_the_rules()
    {
        var merged = Merge(Ours, Stock.Offer("11.9"));
        merged.Held.ShouldBeEmpty();
        (merged.Service.Rate, merged.Service.ProviderRate, merged.Service.Upstream!.Rate).ShouldBe((Money.Parse("17.85"), Money.Parse("11.9"), Money.Parse("11.9")));
    }

    [Theory]
    [InlineData("12.1", "18.15")]
    [InlineData("7.9", "11.85")]
    public void A_jump_is_held_but_the_cost_is_a_fact(string rate, string price)
    {
        var merged = Merge(Ours, Stock.Offer(rate));
        merged.Service.ShouldBe(Ours with { ProviderRate = Money.Parse(rate) });
        merged.Held.ShouldHaveSingleItem().ShouldBe(new Held(QuarantineKind.Price, "15", price, new Proposal(UpstreamRate: Money.Parse(rate), Price: Money.Parse(price))));
    }

    [Fact]
    public void While_a_rise_above_our_price_is_held_nothing_is_sold_below_cost()
    {
        var merged = Merge(Ours, Stock.Offer("15.00001"));
        (merged.Service.BelowCost, merged.Service.Sold).ShouldBe((true, false));
        var accepted = QuarantineDecision.Accept(merged.Service, merged.Held[0]);
        (accepted.Sold, accepted.Rate).ShouldBe((true, Money.Parse("22.50002")));
    }

    [Fact]
    public void A_price_set_by_hand_stays_whatever_the_cost()
    {
        var own = Ours with { Rate = Money.Parse("40"), PricedByHand = true };
        var merged = Merge(own, Stock.Offer("30"));
        merged.Held.ShouldBeEmpty();
        merged.Service.ShouldBe(own with { ProviderRate = Money.Parse("30"), Upstream = Stock.Offer("30") });
    }

    [Fact]
    public void A_rename_is_held_and_one_that_goes_back_is_not()
    {
        var merged = Merge(Ours, Known with { Name = "Views" });
        merged.Service.ShouldBe(Ours);
        merged.Held.ShouldHaveSingleItem().ShouldBe(new Held(QuarantineKind.Rename, "Likes", "Views", new Proposal(Name: "Views")));
        QuarantineDecision.Accept(Ours, merged.Held[0]).Name.ShouldBe("Views");
        Merge(Ours, Known).Held.ShouldBeEmpty();
    }

    [Fact]
    public void An_own_name_stays_when_a_rename_is_accepted()
    {
        var own = Ours with { Name = "Our likes" };
        var held = Merge(own, Known with { Name = "Views" }).Held.ShouldHaveSingleItem();
        QuarantineDecision.Accept(own, held).ShouldBe(own with { Upstream = Known with { Name = "Views" } });
    }

    [Fact]
    public void What_was_rejected_is_not_asked_again_but_the_next_move_is()
    {
        var theirs = Stock.Offer("30") with { Name = "Views" };
        var merged = Merge(Ours, theirs);
        var kept = merged.Held.Aggregate(merged.Service, QuarantineDecision.Reject);
        (kept.Name, kept.Rate).ShouldBe((Ours.Name, Ours.Rate));
        var again = Merge(kept, theirs);
        again.Held.ShouldBeEmpty();
        again.Service.ShouldBe(kept);
        Merge(kept, theirs with { Name = "Shares" }).Held.ShouldHaveSingleItem().After.ShouldBe("Shares");
        Merge(kept, theirs with { Rate = Money.Parse("31") }).Held.ShouldHaveSingleItem().After.ShouldBe("46.5");
        Merge(kept, theirs with { Name = Ours.Name }).Held.ShouldBeEmpty();
    }

    [Fact]
    public void A_change_of_type_is_held_with_everything_else_of_the_offer_but_the_cost()
    {
        var theirs = Stock.Offer("5", ServiceType.Package) with { Min = 1, Max = 1, Category = "Packs" };
        var merged = Merge(Ours, theirs);
        var held = merged.Held.ShouldHaveSingleItem();
        (held.Kind, held.Before, held.After).ShouldBe((QuarantineKind.Type, "Default at 15 per 1000", "Package at 7.5 per 1"));

        // 5 for 1 is 5,000 for 1,000: what the type counts by is a part of the cost.
        merged.Service.ShouldBe(Ours with { ProviderRate = Money.Parse("5000") });
        merged.Service.BelowCost.ShouldBeTrue();

        var accepted = QuarantineDecision.Accept(merged.Service, held);
        (accepted.Type, accepted.Rate, accepted.ProviderRate, accepted.Dripfeed, accepted.Sold).ShouldBe((ServiceType.Package, Money.Parse("7.5"), Money.Parse("5"), false, true));
        var next = Merge(accepted, theirs);
        next.Held.ShouldBeEmpty();
        next.Service.ShouldBe(accepted with { Min = 1, Max = 1, Category = "Packs", Upstream = theirs });
        var kept = QuarantineDecision.Reject(merged.Service, held);
        Merge(kept, theirs).Held.ShouldBeEmpty();
        (Merge(kept, theirs).Service is { Type: ServiceType.Default, Sold: false }).ShouldBeTrue();
    }

    [Fact]
    public void A_price_made_by_the_rules_while_something_was_held_is_made_anew_when_upstream_takes_it_back()
    {
        // 10 for one is 10,000 for a thousand; or the rate itself jumps. The operator asks for the rules' price of that, and then all is as it was.
        foreach (var (theirs, price) in (ReadOnlySpan<(Offer, string)>)[(Stock.Offer("10", ServiceType.Package), "15000"), (Stock.Offer("30"), "45")])
        {
            var waiting = Merge(Ours, theirs).Service;
            var priced = SetService.Decide(waiting, waiting, new NewRate.ByRules(), Stock.Rules, _ => "");
            priced.Rate.ShouldBe(Money.Parse(price));
            var merged = Merge(priced, Known);
            merged.Service.ProviderRate.ShouldBe(Money.Parse("10"));
            var held = merged.Held.ShouldHaveSingleItem();
            (held.Kind, held.Before, held.After).ShouldBe((QuarantineKind.Price, price, "15"));
            Merge(merged.Service, Known).Held.ShouldBe([held], "it waits for as long as it takes");
            Merge(priced, theirs).Held.ShouldAllBe(h => h.Kind == QuarantineKind.Type, "the price was said");
            QuarantineDecision.Accept(merged.Service, held).ShouldBe(Ours);
            Merge(priced with { PricedByHand = true }, Known).Held.ShouldBeEmpty("what is set by hand stays");
            Merge(waiting, Known).Service.ShouldBe(Ours, "without that nothing has happened");
        }
    }

    [Fact]
    public void A_further_routes_cost_is_counted_in_the_new_types_unit()
    {
        var ours = Ours with { FurtherRoutes = [new Route(4, "9", Money.Parse("12")), new Route(5, "9", null)] };
        var merged = Merge(ours, Stock.Offer("0.02", ServiceType.Package));
        QuarantineDecision.Accept(merged.Service, merged.Held[0]).FurtherRoutes.Select(r => r.ProviderRate?.ToString()).ShouldBe(["0.012", null]);
    }

    [Fact]
    public void A_category_whose_rule_makes_the_price_jump_waits_with_the_price()
    {
        var rules = Stock.Rules.With(new PriceRule(PriceScope.Category, "Dear", PriceTerms.Of(20_000)));
        var theirs = Known with { Category = "Dear" };
        var merged = MergeOffer.Into(Ours, theirs, rules, 20);
        merged.Service.ShouldBe(Ours);
        var held = merged.Held.ShouldHaveSingleItem();
        (held.Before, held.After).ShouldBe(("15", "30"));
        var accepted = QuarantineDecision.Accept(Ours, held);
        (accepted.Category, accepted.Rate).ShouldBe(("Dear", Money.Parse("30")));
        MergeOffer.Into(accepted, theirs, rules, 20).Service.ShouldBe(accepted);
        var kept = QuarantineDecision.Reject(Ours, held);
        var again = MergeOffer.Into(kept, theirs, rules, 20);
        again.Held.ShouldBeEmpty();
        (again.Service.Category, again.Service.Rate).ShouldBe((Ours.Category, Ours.Rate));
    }

    [Theory]
    [InlineData("15", false)]
    [InlineData("14", true)]
    public void The_first_offer_for_a_service_bound_before_is_only_remembered(string rate, bool byHand)
    {
        var bound = Ours with { Upstream = null, ProviderRate = null, Name = "Own", Rate = Money.Parse(rate) };
        var merged = Merge(bound, Known);
        merged.Held.ShouldBeEmpty();
        merged.Service.ShouldBe(bound with { Upstream = Known, ProviderRate = Known.Rate, PricedByHand = byHand });
    }

    [Fact]
    public void A_price_that_does_not_fit_is_said_and_the_cost_is_still_taken()
    {
        var dear = Known with { Rate = new Money(long.MaxValue) };
        var merged = Merge(Ours, dear);
        merged.Wrong.ShouldNotBeNull();
        (merged.Service.Rate, merged.Service.ProviderRate, merged.Service.Sold).ShouldBe((Ours.Rate, dear.Rate, false));
        Merge(Ours, dear with { Type = ServiceType.Package }).Wrong.ShouldNotBeNull();
    }

    [Fact]
    public void A_service_is_below_cost_when_every_route_is_known_to_cost_more()
    {
        var dear = Ours with { ProviderRate = Money.Parse("16") };
        dear.BelowCost.ShouldBeTrue();
        (dear with { FurtherRoutes = [new Route(4, "9", Money.Parse("15"))] }).BelowCost.ShouldBeFalse();
        (dear with { FurtherRoutes = [new Route(4, "9", Money.Parse("15.00001"))] }).BelowCost.ShouldBeTrue();
        (dear with { FurtherRoutes = [new Route(4, "9", null)] }).BelowCost.ShouldBeFalse();
        (dear with { ProviderRate = null }).BelowCost.ShouldBeFalse();
        (dear with { ProviderId = null, ProviderService = null }).BelowCost.ShouldBeFalse();
    }

    private static Merged Merge(Service ours, Offer theirs) => MergeOffer.Into(ours, theirs, Stock.Rules, jumpPercent: 20);
}
