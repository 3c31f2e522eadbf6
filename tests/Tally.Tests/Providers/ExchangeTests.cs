using System.Globalization;
using System.Numerics;
using CsCheck;
using Shouldly;
using Tally.Ledger;
using Tally.Providers;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class ExchangeTests
{
    private static readonly Provider s_provider = new(1, "up", new Uri("https://panel.example/api/v2"), "key", false, false, null, 16);

    [Theory]
    [InlineData("1", "0.27819", "0.27819")]
    [InlineData("1", "0.278191", "0.2782")]
    [InlineData("25400", "0.00001", "0.254")]
    [InlineData("0.00004", "1", "0.00004")]
    [InlineData("0.00004", "0.1", "0.00001")]
    [InlineData("25400.123456789", "1000000000", "25400123456789")]
    [InlineData("0.3333333333333333333333333333", "3", "1")]
    [InlineData("1", "0", "0")]
    [InlineData("1.0000000000000000000000000001", "92233720368547.75807", null)]
    [InlineData("1", "92233720368547.75807", "92233720368547.75807")]
    [InlineData("1", "-0.00001", null)]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335", null)]
    public void An_amount_there_is_an_amount_here_rounded_up(string rate, string amount, string? expected)
    {
        var provider = s_provider with { ExchangeRate = decimal.Parse(rate, CultureInfo.InvariantCulture) };
        (provider.ToPanel(decimal.Parse(amount, CultureInfo.InvariantCulture))?.ToString()).ShouldBe(expected);
    }

    [Fact]
    public void The_amount_here_is_the_least_that_covers_the_amount_there() =>
        Gen.Select(Gen.Decimal[0m, 1_000_000m], Gen.Decimal[0.0000001m, 100_000m]).Sample((amount, rate) =>
        {
            var units = (s_provider with { ExchangeRate = rate }).ToPanel(amount).ShouldNotBeNull().Units;
            var (there, scale) = (Whole(amount) * Whole(rate) * Money.UnitsPerOne, BigInteger.Pow(10, amount.Scale + rate.Scale));
            (units * scale >= there && (units - 1) * scale < there).ShouldBeTrue($"{amount} × {rate} = {units}");
        });

    private static BigInteger Whole(decimal value) => BigInteger.Parse(value.ToString(CultureInfo.InvariantCulture).Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
