using Dapper;
using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>Ends a bank transfer that waits for the operator: it is a customer's, or nobody's. Both stay in the audit log.</summary>
public sealed class SettleTransfer(Database database, GeneralLedger ledger, GatewayBook gateways, SettingsSnapshot settings, Alerts alerts, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _payments = new(database, time, "payment");
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Credits it to an account, at the exchange rate that is set now.</summary>
    /// <returns>The payment and the amount.</returns>
    /// <exception cref="InvalidInputException">It is not there, not waiting, or cannot be credited.</exception>
    public async Task<(long Payment, Money Amount)> AssignAsync(long transfer, long account, string actor, CancellationToken ct)
    {
        var currency = settings.Current.Currency;
        var rate = BankTransferSettings.Read(gateways.Of(BankTransferGateway.GatewayName), currency).Rate
            ?? throw new InvalidInputException("The panel's currency is not VND: set what it is worth first (tally gateways set bank vnd_rate …).");
        var (payment, audit) = (await _payments.TakeAsync(ct), await _audit.TakeAsync(ct));
        return await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                var waiting = await BankTransferRows.TakeAsync(tx, transfer, ct);
                if (Dong.ToPanel(waiting.Dong, rate) is not { } amount || amount <= Money.Zero)
                {
                    throw new InvalidInputException($"Bank transfer {transfer} is of {waiting.Dong} VND, which cannot be credited. To be rid of it: tally payments reject");
                }

                if (await BankTransferRows.CreditAsync(tx, ledger, new BankTransferRows.Credit(transfer, payment, account, amount, waiting.Dong, waiting.Reference, currency), now, ct) is { } why)
                {
                    throw new InvalidInputException(why == "account" ? $"Account {account} has no wallet." : "The wallet cannot hold that much.");
                }

                await EndAsync(tx, audit, now, actor, "assign", transfer, $"to account {account}, payment {payment}, {amount}", ct);
                return (payment, amount);
            },
            ct);
    }

    /// <summary>Says that it is nobody's. It stays in the list of all transfers, with the reason.</summary>
    /// <exception cref="InvalidInputException">It is not there, not waiting, or the reason is empty.</exception>
    public async Task RejectAsync(long transfer, string reason, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        var audit = await _audit.TakeAsync(ct);
        await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                await BankTransferRows.TakeAsync(tx, transfer, ct);
                await tx.Connection.ExecuteAsync("UPDATE bank_transfers SET state = 2, why = @reason, ended_at = @now WHERE id = @transfer", new { transfer, reason, now }, tx.Transaction);
                await EndAsync(tx, audit, now, actor, "reject", transfer, reason, ct);
            },
            ct);
    }

    /// <summary>The transfers, newest first, at most 1,000; only those that wait, or all.</summary>
    public async Task<IReadOnlyList<BankTransfer>> ListAsync(bool all, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await BankTransferRows.ReadAsync(connection, null, (all ? "1 = 1" : "state = 0") + " ORDER BY id DESC LIMIT 1000", new { }, ct);
    }

    public void Dispose()
    {
        _payments.Dispose();
        _audit.Dispose();
    }

    private async Task EndAsync(WriteTransaction tx, long audit, long now, string actor, string action, long transfer, string detail, CancellationToken ct)
    {
        await tx.Connection.ExecuteAsync(
            "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, @action, @subject, @detail)",
            new { audit, now, actor, action, subject = "bank transfer " + transfer, detail }, tx.Transaction);
        await BankTransferRows.SettleAlertAsync(tx, alerts, ct);
    }
}
