namespace Tally.Ledger.Tests;

/// <summary>The transfers of the field, one word each.</summary>
internal static class Moves
{
    public const long NowMs = 1_764_000_000_000;

    public static Money M(string text) => Money.Parse(text);

    public static Transfer TopUp(long payment, long wallet, string amount) =>
        new(new TransferKey(payment, Reason.TopUp, 1), LedgerAccount.Cash, LedgerAccount.Wallet(wallet), M(amount), NowMs);

    public static Transfer Give(long payment, long wallet, string amount, string? note = null) =>
        new(new TransferKey(payment, Reason.Adjustment, 1), LedgerAccount.Adjustments, LedgerAccount.Wallet(wallet), M(amount), NowMs, note);

    public static Transfer Take(long payment, long wallet, string amount) =>
        new(new TransferKey(payment, Reason.Adjustment, 1), LedgerAccount.Wallet(wallet), LedgerAccount.Adjustments, M(amount), NowMs);

    public static Transfer Charge(long order, long wallet, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Charge, sequence), LedgerAccount.Wallet(wallet), LedgerAccount.Held, M(amount), NowMs);

    public static Transfer ChargeRun(long run, string amount) =>
        new(new TransferKey(run, Reason.Charge, 1), LedgerAccount.Runs, LedgerAccount.Held, M(amount), NowMs);

    public static Transfer Refund(long order, long wallet, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Refund, sequence), LedgerAccount.Held, LedgerAccount.Wallet(wallet), M(amount), NowMs);

    public static Transfer RefundEarned(long order, long wallet, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Refund, sequence), LedgerAccount.Revenue, LedgerAccount.Wallet(wallet), M(amount), NowMs);

    public static Transfer Earn(long order, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Earned, sequence), LedgerAccount.Held, LedgerAccount.Revenue, M(amount), NowMs);

    public static Transfer Unearn(long order, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Unearned, sequence), LedgerAccount.Revenue, LedgerAccount.Held, M(amount), NowMs);

    public static Transfer Fund(long parent, string amount, int sequence = 1) =>
        new(new TransferKey(parent, Reason.RunFunding, sequence), LedgerAccount.Held, LedgerAccount.Runs, M(amount), NowMs);

    public static Transfer Cost(long order, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.Cost, sequence), LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, M(amount), NowMs);

    public static Transfer CorrectCost(long order, string amount, int sequence = 1) =>
        new(new TransferKey(order, Reason.CostCorrection, sequence), LedgerAccount.ProviderPayable, LedgerAccount.ProviderCost, M(amount), NowMs);
}
