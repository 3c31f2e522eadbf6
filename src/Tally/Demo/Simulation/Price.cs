using System.Globalization;

namespace Tally.Demo;

/// <summary>The provider's prices: exact decimals, at most five places (api-v2.md section 2).</summary>
internal static class Price
{
    private const decimal Unit = 0.00001m;

    /// <summary>rate × quantity / per, rounded up to 10^-5 (lifecycle.md section 2).</summary>
    public static decimal Of(decimal rate, long quantity, int per) => decimal.Ceiling(rate * quantity / per / Unit) * Unit;

    /// <summary>One of <paramref name="parts"/> equal parts, rounded down to 10^-5.</summary>
    public static decimal Share(decimal cost, int parts) => decimal.Floor(cost / parts / Unit) * Unit;

    /// <summary>An amount as the wire wants it: no exponent, at most 5 decimals, never empty (api-v2.md section 2).</summary>
    public static string Text(decimal amount) => amount.ToString("0.#####", CultureInfo.InvariantCulture);

    /// <summary>What an order has cost once <paramref name="remains"/> of its quantity is refunded, the refund rounded down.</summary>
    public static decimal AfterRefund(decimal cost, long quantity, long remains)
    {
        var undelivered = Math.Clamp(remains, 0, quantity);
        return quantity == 0 ? cost : cost - (decimal.Floor(cost * undelivered / quantity / Unit) * Unit);
    }
}
