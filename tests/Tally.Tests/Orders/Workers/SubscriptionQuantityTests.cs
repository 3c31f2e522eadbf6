using CsCheck;
using Shouldly;
using Tally.Contract;
using Tally.Ledger;
using Tally.Orders.Workers;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>The quantity of a subscription's order is read from what the provider charges, or is not known; a customer never pays for a wrong one.</summary>
public sealed class SubscriptionQuantityTests
{
    private const long Millionths = 1_000_000;

    /// <summary>Rates of whole millionths of a unit, as an exchange rate makes them: rate and charge were rounded up separately.</summary>
    [Fact]
    public void In_another_currency_it_is_right_or_not_known() =>
        Gen.Select(Gen.Long[1, 2_000 * Millionths], Gen.Long[1, 5_000], Gen.Long[0, 5_000], Gen.Int[0, 100]).Sample((rate, min, more, percent) =>
        {
            var (max, quantity) = (min + more, min + (more * percent / 100));
            var read = Read(Up(rate * quantity), Up(rate), min, max, exact: false);
            (read is null || read == quantity).ShouldBeTrue($"{read} instead of {quantity} at {rate} millionths, {min} … {max}");
        });

    [Fact]
    public void In_another_currency_it_is_known_where_the_rate_is_above_the_quantity() =>
        Gen.Select(Gen.Long[5_000 * Millionths, 2_000_000 * Millionths], Gen.Long[1, 5_000]).Sample((rate, quantity) =>
            Read(Up(rate * quantity), Up(rate), 1, 5_000, exact: false).ShouldBe(quantity));

    [Fact]
    public void In_the_panels_own_currency_it_is_known_at_any_rate() =>
        Gen.Select(Gen.Long[1, 1_000_000], Gen.Long[1, 5_000]).Sample((rate, quantity) => Read(rate * quantity, rate, 1, 5_000, exact: true).ShouldBe(quantity));

    [Theory]
    [InlineData(1_995_000_001, true)]
    [InlineData(1_994_999_999, true)]
    [InlineData(1_263_500_000, true)]
    [InlineData(2_726_500_000, true)]
    [InlineData(1_995_000_100, false)]
    [InlineData(0, true)]
    [InlineData(0, false)]
    public void A_charge_that_no_quantity_in_the_limits_comes_to_tells_none(long charge, bool exact) => Read(charge, 66_500_000, 20, 40, exact).ShouldBeNull();

    private static long Up(long millionths) => (millionths + Millionths - 1) / Millionths;

    private static long? Read(long charge, long rate, long min, long max, bool exact) =>
        SubscriptionOrders.Quantity(new OrderState { Status = OrderWord.Completed, StatusText = "Completed", Remains = 0 }, new Money(charge), new Money(rate), min, max, exact);
}
