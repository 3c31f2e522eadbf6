using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class PricingTests
{
    private static readonly Gen<PriceTerms> AnyTerms = Gen.Select(
        Gen.OneOf(Gen.Long[0, 10_000], Gen.Long[PriceTerms.LeastMargin, PriceTerms.MostMargin]), Gen.Long[0, 1_000_000_000], Gen.OneOf(Gen.Const(1L), Gen.Long[1, 10_000_000]),
        (margin, more, step) => new PriceTerms(margin, new Money(more), new Money(step)));

    private static readonly Gen<Money> AnyCost = Gen.OneOf(Gen.Long[0, 1_000], Gen.Long[0, 1_000_000_000_000]).Select(units => new Money(units));

    [Theory]
    [InlineData("15000", 0, "0", "0.00001", "15000")]
    [InlineData("15000", 2_000, "0", "0.00001", "18000")]
    [InlineData("0.00001", 10, "0", "0.00001", "0.00002")]
    [InlineData("0.27819", 3_330, "0", "0.00001", "0.37083")]
    [InlineData("100", -2_500, "0", "0.00001", "75")]
    [InlineData("0", 5_000, "0", "0.00001", "0")]
    [InlineData("0", 5_000, "1.5", "0.00001", "1.5")]
    [InlineData("15000", 2_000, "1", "500", "18500")]
    [InlineData("15000", 2_000, "0", "500", "18000")]
    [InlineData("0.9", 5_000, "0.01", "0.05", "1.4")]
    [InlineData("1000000000000", 10_000, "0", "0.00001", "2000000000000")]
    public void A_price_is_the_cost_with_the_margin_and_the_fixed_part_rounded_up_to_a_step(string cost, long margin, string more, string step, string price) =>
        Pricing.Of(Money.Parse(cost), new PriceTerms(margin, Money.Parse(more), Money.Parse(step))).ShouldBe(Money.Parse(price));

    [Fact]
    public void It_is_the_smallest_multiple_of_the_step_that_is_not_below_the_exact_price() => Gen.Select(AnyCost, AnyTerms).Sample((cost, terms) =>
    {
        var price = (Int128)Pricing.Of(cost, terms).Units;
        var exact = ((Int128)cost.Units * (10_000 + terms.Margin)) + ((Int128)terms.Fixed.Units * 10_000);
        (price % terms.Step.Units).ShouldBe(Int128.Zero);
        (price * 10_000).ShouldBeGreaterThanOrEqualTo(exact);

        // The margin's part is rounded up to 10^-5 first, so that the next lower multiple is below that, not below the exact price.
        ((price - terms.Step.Units) * 10_000).ShouldBeLessThan(exact + 10_000);
    });

    [Fact]
    public void It_is_never_below_the_cost_unless_the_margin_is_negative() => Gen.Select(AnyCost, AnyTerms).Sample((cost, terms) =>
        (terms.Margin < 0 || Pricing.Of(cost, terms) >= cost).ShouldBeTrue());

    [Fact]
    public void A_higher_cost_never_makes_a_lower_price() => Gen.Select(AnyCost, AnyCost, AnyTerms).Sample((one, other, terms) =>
    {
        var (less, more) = one <= other ? (one, other) : (other, one);
        Pricing.Of(less, terms).ShouldBeLessThanOrEqualTo(Pricing.Of(more, terms));
    });

    [Fact]
    public void What_does_not_fit_is_an_error_and_never_a_wrap() => Gen.Select(Gen.Long[0, long.MaxValue], AnyTerms).Sample((cost, terms) =>
    {
        var exact = ((Int128)cost * (10_000 + terms.Margin) / 10_000) + terms.Fixed.Units;
        try
        {
            ((Int128)Pricing.Of(new Money(cost), terms).Units).ShouldBeGreaterThanOrEqualTo(exact);
        }
        catch (OverflowException)
        {
            (exact + terms.Step.Units).ShouldBeGreaterThan((Int128)long.MaxValue - 1);
        }
    });

    [Theory]
    [InlineData(-1, 0, 0, 1)]
    [InlineData(0, -9_901, 0, 1)]
    [InlineData(0, 100_000_001, 0, 1)]
    [InlineData(0, 0, -1, 1)]
    [InlineData(0, 0, 0, 0)]
    public void Figures_outside_their_ranges_are_refused(long cost, long margin, long more, long step) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Pricing.Of(new Money(cost), new PriceTerms(margin, new Money(more), new Money(step))));

    [Theory]
    [InlineData(100, 120, false)]
    [InlineData(100, 121, true)]
    [InlineData(100, 80, false)]
    [InlineData(100, 79, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(long.MaxValue, 0, true)]
    public void More_than_the_percentage_is_a_jump(long was, long now, bool jump) => Pricing.IsJump(new Money(was), new Money(now), 20).ShouldBe(jump);

    [Theory]
    [InlineData(1_000, 1_000, 1_000, 1_000)]
    [InlineData(5, 1, 1_000, 5_000)]
    [InlineData(5_000, 1_000, 1, 5)]
    [InlineData(5_001, 1_000, 1, 6)]
    public void A_rate_per_1000_and_one_per_1_are_compared_in_one_unit_rounded_up(long rate, int per, int wanted, long same) =>
        Pricing.InUnitsOf(new Money(rate), per, wanted).Units.ShouldBe(same);

    [Theory]
    [InlineData("20", 2_000L)]
    [InlineData("33.33", 3_333L)]
    [InlineData("-99", -9_900L)]
    [InlineData("33.333", null)]
    [InlineData("-99.01", null)]
    [InlineData("1000000.01", null)]
    public void A_margin_is_a_percentage_with_two_decimals(string percent, long? margin) =>
        PriceTerms.MarginOf(decimal.Parse(percent, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(margin);

    [Fact]
    public void The_nearest_rule_wins_and_without_any_the_imports_margin_holds()
    {
        var panel = new PriceRule(PriceScope.Panel, "", PriceTerms.Of(1));
        var provider = new PriceRule(PriceScope.Provider, "3", PriceTerms.Of(2));
        var category = new PriceRule(PriceScope.Category, "Likes", PriceTerms.Of(3));
        var service = new PriceRule(PriceScope.Service, "7", PriceTerms.Of(4));
        var none = new PriceRules([], new Dictionary<long, long> { [3] = 9 });
        none.For(7, "Likes", 3).Margin.ShouldBe(9);
        none.For(7, "Likes", 4).Margin.ShouldBe(0);
        var all = none.With(panel).With(provider).With(category).With(service);
        all.For(7, "Likes", 3).Margin.ShouldBe(4);
        all.For(8, "Likes", 3).Margin.ShouldBe(3);
        all.For(8, "likes", 3).Margin.ShouldBe(2, "categories are told apart to the letter");
        all.For(8, "Views", 4).Margin.ShouldBe(1);
        all.Without(PriceScope.Service, "7").For(7, "Likes", 3).Margin.ShouldBe(3);
        all.With(service with { Terms = PriceTerms.Of(5) }).For(7, "Likes", 3).Margin.ShouldBe(5);
    }
}
