using System.Text.RegularExpressions;
using Tally.Ledger;

namespace Tally.Billing.Pages;

/// <summary>Reads an amount as people type it into a form: with or without thousands apart, with the language's decimal sign.</summary>
internal static partial class AmountText
{
    /// <param name="decimals">How many decimals the currency has; 0 = a point or a comma can only set thousands apart.</param>
    /// <param name="point">The language's decimal sign, <c>.</c> or <c>,</c>.</param>
    public static bool TryRead(string? text, int decimals, string point, out Money amount)
    {
        amount = default;
        var plain = string.Concat((text ?? "").Where(c => !char.IsWhiteSpace(c)));
        if (decimals == 0)
        {
            return WholeNumber().IsMatch(plain) && Money.TryParse(plain.Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal), out amount);
        }

        var group = point == "," ? "." : ",";
        var parts = plain.Split(point);
        if (parts.Length > 2 || !WholeNumber().IsMatch(parts[0]) || parts[0].Contains(point, StringComparison.Ordinal))
        {
            return false;
        }

        var whole = parts[0].Replace(group, "", StringComparison.Ordinal);
        return Money.TryParse(parts.Length == 1 ? whole : whole + "." + parts[1], out amount);
    }

    // 100000, 100.000, 1,000,000 – not 10.00
    [GeneratedRegex(@"^(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WholeNumber();
}
