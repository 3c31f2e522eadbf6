using Tally.Ledger;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>Whole đồng and the panel's currency. Exact: a transfer is worth what it is, rounded down to 10^-5; what is asked for an amount is rounded up to the đồng, so that it suffices.</summary>
internal static class Dong
{
    private const long UnitsSquared = Money.UnitsPerOne * Money.UnitsPerOne;

    /// <param name="rate">Đồng for one of the panel's currency, above 0.</param>
    /// <returns>Null when it does not fit.</returns>
    public static Money? ToPanel(long dong, Money rate)
    {
        var units = (Int128)dong * UnitsSquared / rate.Units;
        return units <= long.MaxValue ? new Money((long)units) : null;
    }

    /// <returns>Null when it does not fit.</returns>
    public static long? FromPanel(Money amount, Money rate)
    {
        var dong = (((Int128)amount.Units * rate.Units) + UnitsSquared - 1) / UnitsSquared;
        return dong <= long.MaxValue ? (long)dong : null;
    }
}
