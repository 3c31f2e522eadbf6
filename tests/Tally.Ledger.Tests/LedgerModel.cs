namespace Tally.Ledger.Tests;

/// <summary>The ledger in its simplest form: a dictionary of balances and one of transfers.</summary>
internal sealed class LedgerModel
{
    public Dictionary<LedgerAccount, Int128> Balances { get; private init; } = LedgerAccount.House.ToDictionary(account => account, _ => Int128.Zero);

    public Dictionary<long, long> Limits { get; private init; } = [];

    public Dictionary<TransferKey, Transfer> Transfers { get; private init; } = [];

    public LedgerModel Copy() => new() { Balances = new(Balances), Limits = Limits, Transfers = new(Transfers) };

    public void Open(long wallet, long limit)
    {
        Limits[wallet] = limit;
        Balances[new LedgerAccount(wallet)] = 0;
    }

    public PostOutcome Post(Transfer t)
    {
        if (Transfers.TryGetValue(t.Key, out var old))
            return (old.Debit, old.Credit, old.Amount) == (t.Debit, t.Credit, t.Amount) ? PostOutcome.Replayed : PostOutcome.Conflict;
        if (!Balances.TryGetValue(t.Debit, out var debit) || !Balances.TryGetValue(t.Credit, out var credit))
            return PostOutcome.UnknownWallet;
        if (t.Debit.IsWallet && debit - t.Amount.Units < -Limits[t.Debit.Code])
            return PostOutcome.InsufficientFunds;
        if (t.Credit.IsWallet && credit + t.Amount.Units > long.MaxValue)
            return PostOutcome.Overflow;
        Balances[t.Debit] = debit - t.Amount.Units;
        Balances[t.Credit] = credit + t.Amount.Units;
        Transfers[t.Key] = t;
        return PostOutcome.Posted;
    }

    /// <summary>What one account got through one order's transfers, in and out.</summary>
    public long Net(long order, LedgerAccount account) => Transfers.Values.Where(t => t.Key.Reason.IsOrderReason() && t.Key.Subject == order)
        .Sum(t => (t.Credit == account ? t.Amount.Units : 0) - (t.Debit == account ? t.Amount.Units : 0));

    public int Next(long subject, Reason reason) => Transfers.Keys.Where(key => key.Subject == subject && key.Reason == reason).Select(key => key.Sequence).DefaultIfEmpty().Max() + 1;
}
