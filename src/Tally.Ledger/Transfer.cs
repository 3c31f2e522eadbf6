namespace Tally.Ledger;

/// <summary>What makes a transfer unique, and so idempotent: the primary key of ledger_transfers.</summary>
/// <param name="Subject">Order id or payment id, 1 or more; the reason tells which.</param>
/// <param name="Sequence">Tells apart several transfers of one subject and reason, 0 or more; <see cref="LedgerBatch.NextSequence"/> starts at 1.</param>
public readonly record struct TransferKey(long Subject, Reason Reason, int Sequence)
{
    /// <summary>"order 23501 Charge #1" or "payment 7 TopUp #1".</summary>
    public override string ToString() => $"{(Reason.IsOrderReason() ? "order" : "payment")} {Subject} {Reason} #{Sequence}";
}

/// <summary>One movement of money, never edited or deleted once written; a correction is another transfer (spec lifecycle.md §2).</summary>
/// <param name="Amount">More than 0.</param>
/// <param name="CreatedAtMs">Unix time in milliseconds, from the caller's TimeProvider.</param>
/// <param name="Note">Free text for people; it takes no part in the comparison of a replay.</param>
/// <exception cref="ArgumentException">The amount, the key or the pair of accounts does not fit <see cref="TransferRules"/>.</exception>
public sealed record Transfer(TransferKey Key, LedgerAccount Debit, LedgerAccount Credit, Money Amount, long CreatedAtMs, string? Note = null)
{
    // Checked here so that no transfer can be built wrong, and once more when it is posted, because a `with` copy skips this initializer.
    public Money Amount { get; init; } = TransferRules.FindFault(Key, Debit, Credit, Amount.Units) is { } fault ? throw new ArgumentException(fault) : Amount;
}
