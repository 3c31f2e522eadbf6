using Tally.Ledger;

namespace Tally.Orders;

/// <summary>How an order's money follows its state: <em>owed = target − what the order's transfers sum to</em>, so that doing it again does nothing (lifecycle.md section 2).</summary>
public static class OrderMoney
{
    /// <summary>The charge of a new order, from the wallet.</summary>
    public static Transfer Charge(long order, long accountId, Money charge, long nowMs) =>
        new(new TransferKey(order, Reason.Charge, 1), LedgerAccount.Wallet(accountId), LedgerAccount.Held, charge, nowMs);

    /// <summary>Brings refunds and revenue to where the order's state wants them.</summary>
    /// <param name="refund">What must have gone back to the wallet in all; what went back already stays there.</param>
    /// <returns>What has gone back to the wallet in all.</returns>
    public static Money Settle(LedgerBatch batch, Order order, Money refund, long nowMs)
    {
        var wallet = LedgerAccount.Wallet(order.AccountId);
        var totals = batch.TotalsOf(order.Id);

        // What was passed on to runs comes back through the runs' own refunds, never through the parent's.
        var most = totals.Charged - totals.Funded;
        var owed = new Money(Math.Min(refund.Units, most.Units)) - totals.Refunded;
        if (owed > Money.Zero)
        {
            var fromHeld = new Money(Math.Min(owed.Units, totals.Held.Units));
            Post(batch, order.Id, Reason.Refund, LedgerAccount.Held, wallet, fromHeld, nowMs);
            Post(batch, order.Id, Reason.Refund, LedgerAccount.Revenue, wallet, owed - fromHeld, nowMs);
        }

        totals = batch.TotalsOf(order.Id);
        if (order.Status.IsFinal())
        {
            Post(batch, order.Id, Reason.Earned, LedgerAccount.Held, LedgerAccount.Revenue, totals.Held, nowMs);
        }
        else
        {
            Post(batch, order.Id, Reason.Unearned, LedgerAccount.Revenue, LedgerAccount.Held, totals.Earned, nowMs);
        }

        return totals.Refunded;
    }

    /// <summary>Books what the provider asks for the order, up or down to <paramref name="cost"/>.</summary>
    public static void BookCost(LedgerBatch batch, long order, Money cost, long nowMs)
    {
        var more = cost - batch.TotalsOf(order).Cost;
        if (more > Money.Zero)
        {
            Post(batch, order, Reason.Cost, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, more, nowMs);
        }
        else if (more < Money.Zero)
        {
            Post(batch, order, Reason.CostCorrection, LedgerAccount.ProviderPayable, LedgerAccount.ProviderCost, -more, nowMs);
        }
    }

    /// <summary>Passes a share of a drip-feed's charge on to one of its runs.</summary>
    public static void FundRun(LedgerBatch batch, long parent, long run, Money share, long nowMs)
    {
        Post(batch, parent, Reason.RunFunding, LedgerAccount.Held, LedgerAccount.Runs, share, nowMs);
        if (share > Money.Zero)
        {
            Must(batch, new Transfer(new TransferKey(run, Reason.Charge, 1), LedgerAccount.Runs, LedgerAccount.Held, share, nowMs));
        }
    }

    private static void Post(LedgerBatch batch, long order, Reason reason, LedgerAccount from, LedgerAccount to, Money amount, long nowMs)
    {
        if (amount > Money.Zero)
        {
            Must(batch, new Transfer(new TransferKey(order, reason, batch.NextSequence(order, reason)), from, to, amount, nowMs));
        }
    }

    // None of these debits a wallet, and every key is fresh: anything but Posted is a broken invariant, and the transaction must not hold.
    private static void Must(LedgerBatch batch, Transfer transfer)
    {
        var outcome = batch.TryPost(transfer);
        if (outcome != PostOutcome.Posted)
        {
            throw new InvalidOperationException($"The ledger refused {transfer.Key} of {transfer.Amount}: {outcome}.");
        }
    }
}
