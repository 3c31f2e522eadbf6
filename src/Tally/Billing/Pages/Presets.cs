using Tally.Ledger;

namespace Tally.Billing.Pages;

/// <summary>The amounts that the page offers at a touch.</summary>
internal static class Presets
{
    private static readonly long[] Dong = [50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000];
    private static readonly long[] Whole = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
    private static readonly long[] Others = [5, 10, 20, 50, 100, 200];

    /// <summary>Those that at least one way takes.</summary>
    /// <param name="decimals">How many the currency shows.</param>
    public static IReadOnlyList<Money> Of(string currency, int decimals, IReadOnlyCollection<(Money Min, Money Max)> bounds) =>
        [.. (currency == "VND" ? Dong : decimals == 0 ? Whole : Others).Select(n => new Money(n * Money.UnitsPerOne)).Where(a => bounds.Any(b => a >= b.Min && a <= b.Max))];
}
