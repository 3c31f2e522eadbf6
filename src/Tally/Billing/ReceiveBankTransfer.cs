using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>What became of a notice about a bank account.</summary>
public enum TransferOutcome
{
    /// <summary>The money is on a wallet.</summary>
    Credited,

    /// <summary>The money has come, but nobody knows whose it is.</summary>
    Unmatched,

    /// <summary>We knew of it already.</summary>
    Repeated,

    /// <summary>Money that left, or another account's.</summary>
    NotOurs,
}

/// <summary>
/// Takes a notice of SePay's about a transfer. The notice, the payment and the ledger's transfer are written in one transaction, and the notice's id is a primary key: whatever is
/// delivered twice, in parallel, to two nodes or after a crash, is credited once.
/// </summary>
public sealed class ReceiveBankTransfer(
    Database database, GeneralLedger ledger, GatewayBook gateways, SettingsSnapshot settings, Alerts alerts, FaultPoints faults, TimeProvider time, ILogger<ReceiveBankTransfer> logger)
    : IDisposable
{
    private readonly IdAllocator _payments = new(database, time, "payment");

    public async Task<TransferOutcome> RunAsync(SepayNotice notice, CancellationToken ct)
    {
        var bank = BankTransferSettings.Read(gateways.Of(BankTransferGateway.GatewayName), settings.Current.Currency);
        var reading = Decide(notice, bank);
        if (reading is Reading.NotOurs)
        {
            logger.LogInformation("Movement {Id} that SePay told of is none of ours: {Kind}, account {Account}", notice.Id, notice.Incoming ? "in" : "out", notice.AccountNumber);
            return TransferOutcome.NotOurs;
        }

        var payment = await _payments.TakeAsync(ct);
        var outcome = await database.WriteAsync(
            async tx =>
            {
                var written = await WriteAsync(tx, notice, reading, payment, ct);
                await faults.ReachAsync(FaultPoint.PaymentWriting);
                return written;
            },
            ct);
        await faults.ReachAsync(FaultPoint.PaymentWritten);
        logger.LogInformation("Bank transfer {Id} of {Dong} VND: {Outcome}", notice.Id, notice.Dong, outcome);
        return outcome;
    }

    /// <summary>Whose a transfer is, and what it is worth.</summary>
    internal static Reading Decide(SepayNotice notice, BankTransferSettings bank)
    {
        if (!notice.Incoming || !(Same(notice.AccountNumber, bank.AccountNumber) || Same(notice.SubAccount, bank.AccountNumber)))
        {
            return new Reading.NotOurs();
        }

        // What SePay found itself and what the customer wrote come first; the bank's whole message is looked at only when they say nothing.
        var named = TransferMemo.Find(bank.MemoPrefix, notice.Code, notice.Content);
        named = named.Count == 0 ? TransferMemo.Find(bank.MemoPrefix, notice.Description) : named;
        return named.Count != 1 ? new Reading.Unmatched(named.Count == 0 ? "memo" : "ambiguous")
            : bank.Rate is not { } rate ? new Reading.Unmatched("currency")
            : Dong.ToPanel(notice.Dong, rate) is not { } amount || amount <= Money.Zero ? new Reading.Unmatched("amount")
            : new Reading.Of(named.First(), amount);
    }

    public void Dispose() => _payments.Dispose();

    private async Task<TransferOutcome> WriteAsync(WriteTransaction tx, SepayNotice notice, Reading reading, long payment, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await BankTransferRows.InsertAsync(tx, notice, now))
        {
            return TransferOutcome.Repeated;
        }

        var why = (reading as Reading.Unmatched)?.Why;
        if (reading is Reading.Of(var account, var amount))
        {
            why = await BankTransferRows.CreditAsync(tx, ledger, new BankTransferRows.Credit(notice.Id, payment, account, amount, notice.Dong, notice.Reference, settings.Current.Currency), now, ct);
        }

        if (why is null)
        {
            return TransferOutcome.Credited;
        }

        await BankTransferRows.LeaveAsync(tx, alerts, notice.Id, why, ct);
        return TransferOutcome.Unmatched;
    }

    // Notifiers and operators write the same number with and without spaces.
    private static bool Same(string? theirs, string? ours) =>
        theirs is not null && ours is not null && string.Concat(theirs.Where(char.IsAsciiLetterOrDigit)).Equals(ours, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a notice says.</summary>
    internal abstract record Reading
    {
        public sealed record NotOurs : Reading;

        public sealed record Unmatched(string Why) : Reading;

        public sealed record Of(long Account, Money Amount) : Reading;
    }
}
