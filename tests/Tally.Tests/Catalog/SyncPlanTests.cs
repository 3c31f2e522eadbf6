using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class SyncPlanTests
{
    private static readonly Service[] Three = [Stock.Service(Stock.Offer(), 7, "1"), Stock.Service(Stock.Offer(), 8, "2"), Stock.Service(Stock.Offer(), 9, "3")];

    [Fact]
    public void The_same_catalogue_makes_an_empty_plan()
    {
        var plan = Plan(Three, List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3")));
        plan.IsEmpty.ShouldBeTrue();
        plan.Lines.ShouldBeEmpty();
        plan.Refused.ShouldBeNull();
    }

    [Fact]
    public void What_the_answer_lacks_is_switched_off_and_comes_back_with_it()
    {
        var plan = Plan(Three, List(Stock.Info("1"), Stock.Info("2")));
        var gone = plan.Edits.ShouldHaveSingleItem();
        gone.After.ShouldBe(Three[2] with { Vanished = true });
        (gone.After.Sold, gone.After.Rate).ShouldBe((false, Three[2].Rate));
        var back = Plan([Three[0], Three[1], gone.After], List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3"))).Edits.ShouldHaveSingleItem();
        back.After.ShouldBe(Three[2]);
        Plan([Three[0], Three[1], gone.After with { Enabled = false }], List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3"))).Edits.ShouldHaveSingleItem().After.Sold
            .ShouldBeFalse("the operator switched it off");
    }

    [Fact]
    public void What_cannot_be_read_has_not_vanished()
    {
        Plan(Three, new ServiceList([Stock.Info("1"), Stock.Info("2")], [new UnreadableService(2, "3", "'rate' cannot be read.")])).IsEmpty.ShouldBeTrue();
        Plan(Three, new ServiceList([Stock.Info("1"), Stock.Info("2")], [new UnreadableService(2, null, "'service' cannot be read.")])).IsEmpty.ShouldBeTrue();
        var odd = Plan(Three, List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3", type: "Teleport")));
        odd.IsEmpty.ShouldBeTrue();
        odd.Skipped.ShouldHaveSingleItem().ShouldStartWith("service 3: the type 'Teleport'");
    }

    [Fact]
    public void An_empty_answer_changes_nothing_even_by_force()
    {
        foreach (var force in (bool[])[false, true])
        {
            var plan = Plan(Three, List(), force: force);
            plan.IsEmpty.ShouldBeTrue();
            plan.Refused.ShouldNotBeNull();
        }
    }

    [Fact]
    public void An_answer_that_lost_more_than_half_is_believed_only_by_force()
    {
        var plan = Plan(Three, List(Stock.Info("1")));
        plan.IsEmpty.ShouldBeTrue();
        plan.Refused.ShouldBe("the answer lacks 2 of 3 services that we know, and more than half is not believed");
        Plan(Three, List(Stock.Info("1")), force: true).Edits.Count.ShouldBe(2);
        Plan([Three[0], Three[1]], List(Stock.Info("1"))).Edits.ShouldHaveSingleItem("half of them").After.Vanished.ShouldBeTrue();
        Plan([Three[0], Three[1] with { Vanished = true }, Three[2] with { Vanished = true }], List(Stock.Info("1"))).Refused.ShouldBeNull("what is gone already is not lost again");
    }

    [Fact]
    public void What_is_new_upstream_is_added_off_or_on_at_the_rules_price()
    {
        var offered = List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3"), Stock.Info("4", 8), Stock.Info("4", 9));
        var added = Plan(Three, offered).Edits.ShouldHaveSingleItem();
        added.Before.ShouldBeNull();
        (added.After.Enabled, added.After.Rate, added.After.ProviderRate, added.After.ProviderService).ShouldBe((false, Money.Parse("12"), Money.Parse("8"), "4"));
        Plan(Three, offered, newOn: true).Edits.ShouldHaveSingleItem().After.Sold.ShouldBeTrue();
        Plan(Three, offered).Skipped.ShouldHaveSingleItem().ShouldContain("listed twice");
    }

    [Fact]
    public void A_further_routes_cost_is_taken_as_a_fact_in_the_services_own_unit()
    {
        var other = Stock.Service(Stock.Offer(), 7, "1") with { ProviderId = 99, FurtherRoutes = [new Route(Stock.Provider, "5", null), new Route(98, "5", null)] };
        var plan = Plan([other], List(Stock.Info("5", 0.02m, type: "Package")));
        var edit = plan.Edits.Single(e => e.Before is not null);
        edit.After.ShouldBe(other with { FurtherRoutes = [new Route(Stock.Provider, "5", Money.Parse("20")), new Route(98, "5", null)] });
        plan.Lines.ShouldContain(l => l.What == "changed" && l.ServiceId == 7 && l.Text.Contains("the further route costs 20"));
    }

    [Fact]
    public void One_row_is_open_for_a_service_and_a_kind_moved_with_upstream_and_withdrawn_when_it_goes_back()
    {
        var first = Plan(Three, List(Stock.Info("1", 20), Stock.Info("2"), Stock.Info("3")));
        var (service, held, row) = first.Opened.ShouldHaveSingleItem();
        row.ShouldBeNull();
        var waiting = new Quarantined(1, service.Id, Stock.Provider, held, 0, 0);
        Service[] known = [first.Edits.ShouldHaveSingleItem().After, Three[1], Three[2]];

        Plan(known, List(Stock.Info("1", 20), Stock.Info("2"), Stock.Info("3")), waiting).IsEmpty.ShouldBeTrue();
        var moved = Plan(known, List(Stock.Info("1", 30), Stock.Info("2"), Stock.Info("3")), waiting).Opened.ShouldHaveSingleItem();
        (moved.Row, moved.Held.After).ShouldBe((waiting, "45"));
        var back = Plan(known, List(Stock.Info("1"), Stock.Info("2"), Stock.Info("3")), waiting);
        back.Withdrawn.ShouldBe([waiting]);
        back.Edits.ShouldHaveSingleItem().After.ShouldBe(Three[0]);
        Plan(known, List(Stock.Info("2"), Stock.Info("3")), waiting).Withdrawn.ShouldBe([waiting], "what is gone cannot be accepted");
    }

    private static SyncPlan Plan(Service[] services, ServiceList offered, Quarantined? waiting = null, bool newOn = false, bool force = false) => SyncPlan.Of(
        new CatalogState(1, services, Stock.Rules, waiting is null ? [] : [waiting]), offered, new SyncTerms(Stock.Provider, newOn, 20, force), amount => PanelAmount.Of(null, amount));

    private static ServiceList List(params ServiceInfo[] services) => new(services, []);
}
