using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Xunit;
using Route = Tally.Catalog.Route;

namespace Tally.Tests.Orders;

/// <summary>Which route an order takes, without a store.</summary>
public sealed class RouteChoiceTests
{
    private static readonly Func<long, bool> All = _ => true;

    /// <summary>A service for 10 per 1,000 at provider 1 (which asks 5), and further routes.</summary>
    private static Service Sold(params Route[] further) => Asked.Service(ServiceType.Default) with
    {
        Rate = Money.Parse("10"),
        ProviderId = 1,
        ProviderService = "a",
        ProviderRate = Money.Parse("5"),
        FurtherRoutes = [.. further],
    };

    private static Order Waiting(string? tried = null) => new() { Id = 8, Quantity = 1000, Charge = Money.Parse("10").Units, ProviderId = 1, ProviderService = "a", Tried = tried };

    private static Route? First(Service service, long order, Func<long, bool>? works = null) => RouteChoice.First(service, order, Money.Parse("10"), 1000, works ?? All);

    [Fact]
    public void The_services_own_provider_comes_first_unless_the_cheapest_is_wanted()
    {
        var service = Sold(new Route(2, "b", Money.Parse("4")), new Route(3, "c", null));
        First(service, 1)!.ProviderId.ShouldBe(1);
        First(service with { Routing = Routing.Cheapest }, 1)!.ProviderId.ShouldBe(2);
    }

    [Fact]
    public void A_provider_that_does_not_work_now_is_passed_over_while_another_works()
    {
        var service = Sold(new Route(2, "b", Money.Parse("4")));
        First(service, 1, p => p == 2)!.ProviderId.ShouldBe(2);
        First(service, 1, _ => false)!.ProviderId.ShouldBe(1, "someone must wait for it");
        First(Sold(), 1, _ => false)!.ProviderId.ShouldBe(1);
    }

    [Fact]
    public void A_route_that_costs_more_than_the_order_brings_is_never_taken()
    {
        var service = Sold(new Route(2, "b", Money.Parse("10.00001")), new Route(3, "c", Money.Parse("10")));
        RouteChoice.Next(service, Waiting(), "1 a\n", All)!.ProviderId.ShouldBe(3);
        RouteChoice.Next(service, Waiting(), "1 a\n3 c\n", All).ShouldBeNull();
        First(service with { ProviderRate = Money.Parse("11"), FurtherRoutes = [new Route(2, "b", Money.Parse("12"))] }, 1).ShouldBeNull();
    }

    [Fact]
    public void The_cost_of_a_package_is_its_rate()
    {
        var package = Asked.Service(ServiceType.Package) with { Rate = Money.Parse("10"), ProviderId = 1, ProviderService = "a", FurtherRoutes = [new Route(2, "b", Money.Parse("9")), new Route(3, "c", Money.Parse("11"))] };
        var order = Waiting() with { Quantity = 1 };
        RouteChoice.Next(package, order, "1 a\n", All)!.ProviderId.ShouldBe(2);
        RouteChoice.Next(package, order, "1 a\n2 b\n", All).ShouldBeNull();
    }

    [Fact]
    public void What_has_refused_is_not_asked_again()
    {
        var service = Sold(new Route(1, "a2", Money.Parse("6")), new Route(11, "a", Money.Parse("6")));
        var refused = RouteChoice.Tried(Waiting());
        refused.ShouldBe("1 a\n");
        var second = RouteChoice.Next(service, Waiting(), refused, All)!;
        (second.ProviderId, second.ProviderService).ShouldBe((1, "a2"));
        refused = RouteChoice.Tried(Waiting(refused) with { ProviderService = "a2" });
        RouteChoice.Next(service, Waiting(), refused, All)!.ProviderId.ShouldBe(11);
        RouteChoice.Next(service, Waiting(), refused + "11 a\n", All).ShouldBeNull();
    }

    [Fact]
    public void Of_any_hundred_orders_in_a_row_as_many_start_on_a_route_as_its_share_says()
    {
        Gen.Select(Gen.Int[0, 50], Gen.Int[0, 50], Gen.Long[1, int.MaxValue]).Sample((second, third, from) =>
        {
            var service = Sold(new Route(2, "b", null, second), new Route(3, "c", null, third));
            var starts = Enumerable.Range(0, 100).Select(i => First(service, from + i)!.ProviderId).CountBy(p => p).ToDictionary();
            (starts.GetValueOrDefault(1), starts.GetValueOrDefault(2), starts.GetValueOrDefault(3)).ShouldBe((100 - second - third, second, third));
        });
    }

    [Fact]
    public void A_share_is_no_reason_to_wait_for_a_provider_that_does_not_work()
    {
        var service = Sold(new Route(2, "b", null, 100));
        First(service, 7)!.ProviderId.ShouldBe(2);
        First(service, 7, p => p != 2)!.ProviderId.ShouldBe(1);
    }

    [Fact]
    public void Whatever_the_routes_are_an_order_meets_each_at_most_once_and_none_at_a_loss()
    {
        var route = Gen.Select(Gen.Long[1, 4], Gen.Int[0, 2].Select(i => "xyz".Substring(i, 1)), Gen.Long[0, 2_000_000], Gen.Bool, (p, s, rate, known) => new Route(p, s, known ? new Money(rate) : null));
        Gen.Select(route.Array[0, 6], Gen.Bool, Gen.Long[0, 31]).Sample((further, cheapest, working) =>
        {
            var service = Sold([.. further.DistinctBy(r => (r.ProviderId, r.ProviderService)).Where(r => (r.ProviderId, r.ProviderService) != (1L, "a"))]) with
            {
                Routing = cheapest ? Routing.Cheapest : Routing.Priority,
            };
            var order = Waiting();
            var met = new List<Route>();
            for (var next = RouteChoice.Next(service, order, null, Works); next is not null; next = RouteChoice.Next(service, order, order.Tried, Works))
            {
                met.ShouldNotContain(next);
                (next.ProviderRate is null || next.ProviderRate.Value <= Money.Parse("10")).ShouldBeTrue();
                met.Add(next);
                order = order with { ProviderId = next.ProviderId, ProviderService = next.ProviderService };
                order = order with { Tried = RouteChoice.Tried(order) };
            }

            met.Count.ShouldBe(service.Routes.Count(r => r.ProviderRate is null || r.ProviderRate.Value <= Money.Parse("10")));
            met.Select(r => Works(r.ProviderId)).ShouldBe(met.Select(r => Works(r.ProviderId)).OrderDescending(), "those that work come first");

            bool Works(long provider) => (working >> (int)provider & 1) == 1;
        });
    }
}
