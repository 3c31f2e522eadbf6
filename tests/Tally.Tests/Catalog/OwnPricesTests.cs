using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class OwnPricesTests
{
    private static readonly Service Ours = Stock.Service(Stock.Offer("10")) with { Rate = Money.Parse("15") };

    [Fact]
    public void An_own_rate_goes_before_the_percentage_and_the_percentage_before_the_price_list()
    {
        Prices(-1_000).RateOf(Ours).ShouldBe(Money.Parse("13.5"));
        Prices(2_050).RateOf(Ours).ShouldBe(Money.Parse("18.075"));
        Prices(-1_000, Rate("11")).RateOf(Ours).ShouldBe(Money.Parse("11"));
        Prices(-1_000, Rate("11")).RateOf(Ours with { Id = 8 }).ShouldBe(Money.Parse("13.5"));
        Prices(0, Rate("20")).RateOf(Ours).ShouldBe(Money.Parse("20"));
        Prices(0, Rate("11")).RateOf(Ours with { Id = 8 }).ShouldBe(Ours.Rate);
    }

    [Fact]
    public void A_percentage_is_rounded_up_to_the_last_decimal() => Prices(-3_333).RateOf(Ours with { Rate = new Money(100), ProviderRate = null }).ShouldBe(new Money(67));

    [Fact]
    public void A_percentage_stops_at_the_known_cost_of_the_cheapest_route()
    {
        Prices(-9_000).RateOf(Ours).ShouldBe(Money.Parse("10"));
        Prices(-9_000).RateOf(Ours with { FurtherRoutes = [new Route(4, "9", Money.Parse("7"))] }).ShouldBe(Money.Parse("7"));
        Prices(-9_000).RateOf(Ours with { FurtherRoutes = [new Route(4, "9", null)] }).ShouldBe(Money.Parse("1.5"), "a route of unknown cost is no loss");
        Prices(-9_000).RateOf(Ours with { ProviderId = null, ProviderService = null }).ShouldBe(Money.Parse("1.5"), "our own staff have no cost that is known");
    }

    [Fact]
    public void An_own_rate_that_the_cost_has_passed_does_not_hold_until_the_cost_falls_again()
    {
        var dearer = Ours with { ProviderRate = Money.Parse("11.00001") };
        Prices(0, Rate("11")).RateOf(dearer).ShouldBe(Ours.Rate);
        Prices(-1_000, Rate("11")).RateOf(dearer).ShouldBe(Money.Parse("13.5"));
        Prices(0, Rate("11")).RateOf(Ours with { ProviderRate = Money.Parse("11") }).ShouldBe(Money.Parse("11"));
    }

    [Fact]
    public void An_own_rate_holds_only_while_the_service_counts_by_as_many_units() =>
        Prices(0, Rate("11")).RateOf(Ours with { Type = ServiceType.Package }).ShouldBe(Ours.Rate);

    [Fact]
    public void Whatever_the_own_prices_nothing_that_is_sold_is_sold_below_its_known_cost()
    {
        var any = Gen.Select(Gen.Long[-9_900, 100_000], Gen.Long[0, 2_000_000], Gen.Long[0, 2_000_000], Gen.Long[0, 2_000_000], Gen.Bool, Gen.Bool);
        any.Sample((percent, list, cost, own, has, further) =>
        {
            var service = Ours with
            {
                Rate = new Money(list),
                ProviderRate = new Money(cost),
                FurtherRoutes = further ? [new Route(4, "9", new Money(cost / 2))] : [],
            };
            if (!service.Sold)
            {
                return;
            }

            var rate = Prices(percent, has ? new OwnRate(new Money(own), 1_000) : null).RateOf(service);
            rate.ShouldBeGreaterThanOrEqualTo(service.KnownCost!.Value);
            if (!has && percent < 0)
            {
                rate.ShouldBeLessThanOrEqualTo(service.Rate);
            }
        });
    }

    private static OwnRate Rate(string rate) => new(Money.Parse(rate), 1_000);

    private static OwnPrices Prices(long percent, OwnRate? rate = null) =>
        new(percent, rate is { } own ? new Dictionary<long, OwnRate> { [Ours.Id] = own } : new Dictionary<long, OwnRate>());
}
