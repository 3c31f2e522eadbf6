using System.Numerics;
using System.Text;
using CsCheck;
using Shouldly;
using Xunit;

namespace Tally.Ledger.Tests;

public sealed class MoneyTests
{
    private static readonly Gen<long> AnyUnits = Gen.OneOf(Gen.Long, Gen.Long[-1_000_000, 1_000_000], Gen.OneOf(long.MinValue, long.MaxValue, 0L, 1L, -1L, 100_000L, 99_999L));
    private static readonly Gen<long> AnyRate = Gen.OneOf(Gen.Long[0, long.MaxValue], Gen.Long[0, 10_000_000_000], Gen.OneOf(0L, 1L, 999L, 1000L));
    private static readonly Gen<long> AnyQuantity = Gen.OneOf(Gen.Long[1, long.MaxValue], Gen.Long[1, 1_000_000]);

    [Theory]
    [InlineData("0.0001", 1, 1000, "0.00001")]
    [InlineData("0.0001", 1000, 1000, "0.0001")]
    [InlineData("0.0001", 1001, 1000, "0.00011")]
    [InlineData("0.0001", 7, 1, "0.0007")]
    [InlineData("0.00001", 1, 1000, "0.00001")]
    [InlineData("57500", 10, 1000, "575")]
    [InlineData("57500", 1, 1000, "57.5")]
    [InlineData("57500", 3, 1000, "172.5")]
    [InlineData("57500", 1, 1, "57500")]
    [InlineData("57500", 1500, 1, "86250000")]
    [InlineData("15000", 200, 1000, "3000")]
    [InlineData("15000", 1, 1000, "15")]
    [InlineData("15000", 10000, 1000, "150000")]
    [InlineData("15000", 2, 1, "30000")]
    [InlineData("0.27819", 1, 1000, "0.00028")]
    [InlineData("0", 5000, 1000, "0")]
    public void A_charge_is_rate_times_quantity_rounded_up(string rate, long quantity, int per, string charge) =>
        Money.Charge(Money.Parse(rate), quantity, per).ToString().ShouldBe(charge);

    [Fact]
    public void A_charge_agrees_with_exact_arithmetic_or_overflows() => Gen.Select(AnyRate, AnyQuantity, Gen.OneOf(1, 1000)).Sample((rate, quantity, per) =>
    {
        var exact = (((BigInteger)rate * quantity) + per - 1) / per;
        if (exact > long.MaxValue)
            Should.Throw<OverflowException>(() => Money.Charge(new Money(rate), quantity, per));
        else
            Money.Charge(new Money(rate), quantity, per).Units.ShouldBe((long)exact);
    });

    [Fact]
    public void A_charge_is_zero_only_when_the_rate_is() => Gen.Select(Gen.Long[0, 2000], Gen.Long[1, 100_000], Gen.OneOf(1, 1000)).Sample((rate, quantity, per) =>
        (Money.Charge(new Money(rate), quantity, per) == Money.Zero).ShouldBe(rate == 0));

    [Fact]
    public void A_charge_refuses_a_negative_rate_no_quantity_and_another_unit()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Money.Charge(new Money(-1), 1, 1000));
        Should.Throw<ArgumentOutOfRangeException>(() => Money.Charge(new Money(1), 0, 1000));
        Should.Throw<ArgumentOutOfRangeException>(() => Money.Charge(new Money(1), 1, 100));
    }

    [Fact]
    public void A_share_agrees_with_exact_arithmetic_rounded_down() => Gen.Select(AnyUnits, Gen.Long[1, long.MaxValue], Gen.Long[0, long.MaxValue]).Sample((units, whole, any) =>
    {
        var part = any % whole;
        var floor = BigInteger.DivRem((BigInteger)units * part, whole, out var remainder) - (remainder < 0 ? 1 : 0);
        new Money(units).Share(part, whole).Units.ShouldBe((long)floor);
    });

    [Fact]
    public void Shares_of_a_charge_never_add_up_to_more_than_it() => Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[1, 1000]).Sample((units, runs) =>
    {
        var share = new Money(units).Share(1, runs);
        (share.Units * (Int128)runs <= units).ShouldBeTrue();
        new Money(units).Share(runs, runs).Units.ShouldBe(units);
    });

    [Fact]
    public void A_share_larger_than_the_whole_or_of_nothing_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Money(100).Share(11, 10));
        Should.Throw<ArgumentOutOfRangeException>(() => new Money(100).Share(-1, 10));
        Should.Throw<ArgumentOutOfRangeException>(() => new Money(100).Share(0, 0));
    }

    [Theory]
    [InlineData(27_819, "0.27819")]
    [InlineData(1_500_000_000, "15000")]
    [InlineData(0, "0")]
    [InlineData(1, "0.00001")]
    [InlineData(-1, "-0.00001")]
    [InlineData(10_084_292, "100.84292")]
    [InlineData(150_000, "1.5")]
    [InlineData(100_010, "1.0001")]
    [InlineData(long.MaxValue, "92233720368547.75807")]
    [InlineData(long.MinValue, "-92233720368547.75808")]
    public void The_wire_form_has_no_exponent_and_no_trailing_zeros(long units, string text)
    {
        new Money(units).ToString().ShouldBe(text);
        Money.Parse(text).Units.ShouldBe(units);
    }

    [Fact]
    public void What_is_formatted_parses_back_the_same_in_both_forms() => AnyUnits.Sample(units =>
    {
        var money = new Money(units);
        Money.TryParse(money.ToString(), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(money);

        var utf8 = new byte[Money.MaxLength];
        money.TryFormat(utf8, out var written).ShouldBeTrue();
        Encoding.UTF8.GetString(utf8, 0, written).ShouldBe(money.ToString());
        money.TryFormat(utf8.AsSpan(0, written - 1), out var none).ShouldBeFalse();
        none.ShouldBe(0);
    });

    [Fact]
    public void Formatting_as_utf8_allocates_nothing()
    {
        Span<byte> utf8 = stackalloc byte[Money.MaxLength];
        new Money(-27_819).TryFormat(utf8, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        new Money(long.MinValue).TryFormat(utf8, out var written);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        written.ShouldBe(Money.MaxLength);
    }

    [Theory]
    [InlineData("007", 700_000)]
    [InlineData("-0", 0)]
    [InlineData("1.50000", 150_000)]
    [InlineData("0000000000000000000000000000000000000000001", 100_000)]
    public void Zeros_that_say_nothing_may_be_written(string text, long units) => Money.Parse(text).Units.ShouldBe(units);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+5")]
    [InlineData("--5")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("1e3")]
    [InlineData("0.123456")]
    [InlineData("0.000000")]
    [InlineData("٣")]
    [InlineData("92233720368547.75808")]
    [InlineData("-92233720368547.75809")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999")]
    public void Anything_else_is_no_amount(string text)
    {
        Money.TryParse(text, out var money).ShouldBeFalse();
        money.ShouldBe(Money.Zero);
        Should.Throw<FormatException>(() => Money.Parse(text));
    }

    [Fact]
    public void Arithmetic_that_does_not_fit_is_an_error()
    {
        Should.Throw<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Should.Throw<OverflowException>(() => new Money(long.MinValue) - new Money(1));
        Should.Throw<OverflowException>(() => -new Money(long.MinValue));
    }

    [Fact]
    public void Amounts_compare_by_their_units() => Gen.Select(AnyUnits, AnyUnits).Sample((left, right) =>
    {
        var (a, b) = (new Money(left), new Money(right));
        (a < b).ShouldBe(left < right);
        (a > b).ShouldBe(left > right);
        (a <= b).ShouldBe(left <= right);
        (a >= b).ShouldBe(left >= right);
        a.CompareTo(b).ShouldBe(left.CompareTo(right));
    });
}
