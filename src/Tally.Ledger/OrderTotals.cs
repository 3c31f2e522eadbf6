namespace Tally.Ledger;

/// <summary>What the transfers of one order sum to.</summary>
/// <param name="Charged">Taken for the order, from the wallet or, for a run, from its parent.</param>
/// <param name="Refunded">Given back to the wallet, from held and from revenue.</param>
/// <param name="Earned">What revenue has of it: net of what was unearned and of refunds that came out of revenue.</param>
/// <param name="Funded">Passed on to runs (a drip-feed's parent only).</param>
/// <param name="Cost">At providers, net of corrections.</param>
public readonly record struct OrderTotals(long Order, Money Charged, Money Refunded, Money Earned, Money Funded, Money Cost)
{
    /// <summary>Charged and neither refunded, earned nor passed on yet.</summary>
    public Money Held => Charged - Refunded - Earned - Funded;

    internal static OrderTotals None(long order) => new(order, default, default, default, default, default);

    /// <summary>These totals with one more transfer of the order.</summary>
    /// <exception cref="OverflowException">A total does not fit.</exception>
    internal OrderTotals Plus(Reason reason, LedgerAccount debit, Money amount) => reason switch
    {
        Reason.Charge => this with { Charged = Charged + amount },
        Reason.Refund when debit == LedgerAccount.Revenue => this with { Refunded = Refunded + amount, Earned = Earned - amount },
        Reason.Refund => this with { Refunded = Refunded + amount },
        Reason.Earned => this with { Earned = Earned + amount },
        Reason.Unearned => this with { Earned = Earned - amount },
        Reason.RunFunding => this with { Funded = Funded + amount },
        Reason.Cost => this with { Cost = Cost + amount },
        Reason.CostCorrection => this with { Cost = Cost - amount },
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason of an order."),
    };

    /// <summary>The first thing these totals must not be, with both figures; null when they hold.</summary>
    internal string? FindFault()
    {
        if (Refunded > Charged)
            return $"order {Order}: refunded {Refunded} of a charge of {Charged}";
        if (Earned < Money.Zero)
            return $"order {Order}: revenue is {Earned} (charged {Charged}, refunded {Refunded}), less than 0";
        if (Held < Money.Zero)
            return $"order {Order}: held is {Held} (charged {Charged}, refunded {Refunded}, earned {Earned}, passed to runs {Funded}), less than 0";
        return null;
    }
}
