using Tally.Ledger;

namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>Amounts as Stripe counts them: in the currency's smallest unit, of which some have a hundred, some none, some a thousand (docs.stripe.com/currencies).</summary>
internal static class StripeAmounts
{
    /// <summary>What Stripe takes at most: eight digits.</summary>
    public const long MostMinor = 99_999_999;

    private static readonly HashSet<string> WithoutMinor = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

    // Whole amounts only, yet written with two places, from the time when they had them.
    private static readonly HashSet<string> WholeWithTwo = ["ISK", "UGX"];

    // Three places, of which the last must be 0.
    private static readonly HashSet<string> WithThree = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// <summary>How many decimals an amount may have.</summary>
    public static int Decimals(string currency) => WithoutMinor.Contains(currency) || WholeWithTwo.Contains(currency) ? 0 : 2;

    /// <summary>The amount in smallest units; null when it has more decimals than the currency.</summary>
    public static long? ToMinor(Money amount, string currency)
    {
        var (minor, rest) = Math.DivRem(amount.Units, UnitsPerMinor(currency));
        var (_, beyond) = Math.DivRem(amount.Units, Decimals(currency) == 0 ? Money.UnitsPerOne : Money.UnitsPerOne / 100);
        return rest == 0 && beyond == 0 ? minor : null;
    }

    /// <summary>The amount of so many smallest units.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static Money FromMinor(long minor, string currency) => new(checked(minor * UnitsPerMinor(currency)));

    private static long UnitsPerMinor(string currency) =>
        WithoutMinor.Contains(currency) ? Money.UnitsPerOne : WithThree.Contains(currency) ? Money.UnitsPerOne / 1_000 : Money.UnitsPerOne / 100;
}
