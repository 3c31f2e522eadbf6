using Dapper;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>The table <c>bank_transfers</c>: what its use cases share.</summary>
internal static class BankTransferRows
{
    /// <summary>The subject of the alert that is open while a transfer waits for the operator.</summary>
    public const string AlertSubject = "unmatched transfers";

    private const string Topic = "bank_transfers";
    private const string Columns = "id, received_at, transferred_at, bank, account_number, sub_account, content, reference, amount, state, why, account_id, payment_id";

    /// <summary>What is to be credited.</summary>
    public sealed record Credit(long Transfer, long Payment, long Account, Money Amount, long Dong, string? Reference, string Currency);

    /// <summary>Writes a notice down; false when it stands there already.</summary>
    public static async Task<bool> InsertAsync(WriteTransaction tx, SepayNotice n, long now) => await tx.Connection.ExecuteAsync(
        """
        INSERT INTO bank_transfers (id, received_at, transferred_at, bank, account_number, sub_account, content, code, description, reference, amount, state)
        VALUES (@Id, @now, @TransferredAt, @Bank, @AccountNumber, @SubAccount, @Content, @Code, @Description, @Reference, @Dong, 0) ON CONFLICT (id) DO NOTHING
        """,
        new { n.Id, now, n.TransferredAt, n.Bank, n.AccountNumber, n.SubAccount, n.Content, n.Code, n.Description, n.Reference, n.Dong }, tx.Transaction) > 0;

    /// <summary>Puts a transfer that stands as unmatched on a wallet; why not, when it cannot be (see <see cref="PaymentRows.PostAsync"/>).</summary>
    public static async Task<string?> CreditAsync(WriteTransaction tx, GeneralLedger ledger, Credit c, long now, CancellationToken ct)
    {
        var id = c.Transfer.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var payment = new Payment(
            c.Payment, c.Account, c.Amount, BankTransferGateway.GatewayName, PaymentState.Credited, c.Currency == "VND" ? null : $"{c.Dong} VND", "", id, c.Reference, now, now);
        if (await PaymentRows.PostAsync(tx, ledger, payment, "bank transfer " + id, ct) is { } why)
        {
            return why;
        }

        await PaymentRows.InsertAsync(tx, payment);
        await tx.Connection.ExecuteAsync(
            "UPDATE bank_transfers SET state = 1, account_id = @Account, payment_id = @Payment, ended_at = @now WHERE id = @Transfer AND state = 0", new { c.Account, c.Payment, c.Transfer, now }, tx.Transaction);
        return null;
    }

    /// <summary>Leaves a transfer to the operator, with an alert.</summary>
    public static async Task LeaveAsync(WriteTransaction tx, Alerts alerts, long id, string why, CancellationToken ct)
    {
        await Changes.BumpAsync(tx, Topic);
        await tx.Connection.ExecuteAsync("UPDATE bank_transfers SET why = @why WHERE id = @id", new { id, why }, tx.Transaction);
        await alerts.RaiseAsync(tx, AlertKind.Payments, AlertSubject, $"bank transfer {id} is nobody's yet ({why}): tally payments unmatched", ct);
    }

    /// <summary>Locks a transfer that waits for the operator. Those who decide come one after the other, so that the last one sees that none is left.</summary>
    /// <exception cref="InvalidInputException">There is none of that number that waits.</exception>
    public static async Task<BankTransfer> TakeAsync(WriteTransaction tx, long id, CancellationToken ct)
    {
        await Changes.BumpAsync(tx, Topic);
        var found = await ReadAsync(tx.Connection, tx.Transaction, "id = @id", new { id }, ct);
        return found is [{ State: BankTransferState.Unmatched } waiting] ? waiting : throw new InvalidInputException(found.Count == 0
            ? $"There is no bank transfer {id}. Those that wait: tally payments unmatched"
            : $"Bank transfer {id} is {Word(found[0].State)} already.");
    }

    /// <summary>Ends the alert when no transfer waits any more.</summary>
    public static async Task SettleAlertAsync(WriteTransaction tx, Alerts alerts, CancellationToken ct)
    {
        if (await tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM bank_transfers WHERE state = 0", null, tx.Transaction, cancellationToken: ct)) == 0)
        {
            await alerts.ClearAsync(tx, AlertKind.Payments, AlertSubject, ct);
        }
    }

    public static async Task<IReadOnlyList<BankTransfer>> ReadAsync(
        System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? tx, string condition, object values, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM bank_transfers WHERE {condition}", values, tx, cancellationToken: ct));
        return [.. rows.Select(r => new BankTransfer(
            r.Id, r.ReceivedAt, r.TransferredAt, r.Bank, r.AccountNumber, r.SubAccount, r.Content, r.Reference, r.Amount, (BankTransferState)r.State, r.Why, r.AccountId, r.PaymentId))];
    }

    private static string Word(BankTransferState state) => state == BankTransferState.Credited ? "credited" : "rejected";

    private sealed class Row
    {
        public long Id { get; set; }

        public long ReceivedAt { get; set; }

        public string TransferredAt { get; set; } = "";

        public string Bank { get; set; } = "";

        public string AccountNumber { get; set; } = "";

        public string? SubAccount { get; set; }

        public string Content { get; set; } = "";

        public string? Reference { get; set; }

        public long Amount { get; set; }

        public int State { get; set; }

        public string? Why { get; set; }

        public long? AccountId { get; set; }

        public long? PaymentId { get; set; }
    }
}
