using System.Collections.Frozen;

namespace Tally.Ledger;

/// <summary>Which accounts each reason may move money between, as data. At most one side of a pair is a wallet: customer to customer is two transfers.</summary>
internal static class TransferRules
{
    /// <summary>Stands for any customer's wallet in the table below; no account has this code.</summary>
    private const long AnyWallet = 0;

    private static readonly FrozenSet<(Reason Reason, long Debit, long Credit)> AllowedPairs = new[]
    {
        (Reason.Charge, AnyWallet, LedgerAccount.Held.Code),
        (Reason.Charge, LedgerAccount.Runs.Code, LedgerAccount.Held.Code),
        (Reason.Refund, LedgerAccount.Held.Code, AnyWallet),
        (Reason.Refund, LedgerAccount.Revenue.Code, AnyWallet),
        (Reason.Earned, LedgerAccount.Held.Code, LedgerAccount.Revenue.Code),
        (Reason.Unearned, LedgerAccount.Revenue.Code, LedgerAccount.Held.Code),
        (Reason.RunFunding, LedgerAccount.Held.Code, LedgerAccount.Runs.Code),
        (Reason.Cost, LedgerAccount.ProviderCost.Code, LedgerAccount.ProviderPayable.Code),
        (Reason.CostCorrection, LedgerAccount.ProviderPayable.Code, LedgerAccount.ProviderCost.Code),
        (Reason.TopUp, LedgerAccount.Cash.Code, AnyWallet),
        (Reason.Adjustment, LedgerAccount.Adjustments.Code, AnyWallet),
        (Reason.Adjustment, AnyWallet, LedgerAccount.Adjustments.Code),
    }.ToFrozenSet();

    /// <summary>The first thing wrong with a transfer of these values, in words; null when nothing is.</summary>
    public static string? FindFault(TransferKey key, LedgerAccount debit, LedgerAccount credit, long units)
    {
        if (key.Subject < 1 || key.Sequence < 0)
            return $"{key}: a subject is 1 or more and a sequence 0 or more.";
        if (units <= 0)
            return $"{key}: the amount is {Money.Describe(units)}, but a transfer moves more than 0.";
        return IsAllowed(key.Reason, debit, credit) ? null : $"{key}: {key.Reason} does not move money from {debit} to {credit}.";
    }

    private static bool IsAllowed(Reason reason, LedgerAccount debit, LedgerAccount credit)
    {
        var from = debit.IsWallet ? AnyWallet : debit.Code;
        var to = credit.IsWallet ? AnyWallet : credit.Code;
        return debit.Code != AnyWallet && credit.Code != AnyWallet && AllowedPairs.Contains((reason, from, to));
    }
}
