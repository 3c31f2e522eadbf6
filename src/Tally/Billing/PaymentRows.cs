using System.Data.Common;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>The table <c>payments</c>: what its use cases share.</summary>
internal static class PaymentRows
{
    private const string Columns = "id, account_id, amount, method, state, paid, note, reference, receipt, created_at, ended_at";

    /// <summary>Writes a new payment, whatever its state.</summary>
    public static Task InsertAsync(WriteTransaction tx, Payment p) => tx.Connection.ExecuteAsync(
        $"""
         INSERT INTO payments ({Columns})
         VALUES (@Id, @AccountId, @units, @Method, @state, @Paid, @Note, @Reference, @Receipt, @CreatedAt, @EndedAt)
         """,
        new { p.Id, p.AccountId, units = p.Amount.Units, p.Method, state = (int)p.State, p.Paid, p.Note, p.Reference, p.Receipt, p.CreatedAt, p.EndedAt }, tx.Transaction);

    /// <summary>
    /// Puts a payment's money on its wallet, in the caller's transaction. The transfer's key is the payment's id, so that the ledger itself refuses to do it twice.
    /// </summary>
    /// <returns>Null when it is posted; else why not: <c>account</c> = there is no such wallet, <c>amount</c> = the wallet cannot hold it.</returns>
    public static async Task<string?> PostAsync(WriteTransaction tx, GeneralLedger ledger, Payment p, string note, CancellationToken ct)
    {
        var batch = await ledger.OpenBatchAsync(tx.Transaction, [p.AccountId], [], [p.Id], ct);
        var outcome = batch.TryPost(new Transfer(
            new TransferKey(p.Id, Reason.TopUp, 1), LedgerAccount.Cash, LedgerAccount.Wallet(p.AccountId), p.Amount, p.EndedAt!.Value, note));
        switch (outcome)
        {
            case PostOutcome.Posted:
                await batch.FlushAsync(ct);
                return null;
            case PostOutcome.UnknownWallet:
                return "account";
            case PostOutcome.Overflow:
                return "amount";
            default:
                throw new InvalidOperationException($"Payment {p.Id} could not be posted: {outcome}.");
        }
    }

    public static async Task<Payment?> FindAsync(DbConnection connection, DbTransaction? tx, string condition, object values, CancellationToken ct) =>
        await ReadAsync(connection, tx, condition, values, ct) is [var first, ..] ? first : null;

    public static async Task<IReadOnlyList<Payment>> ReadAsync(DbConnection connection, DbTransaction? tx, string condition, object values, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM payments WHERE {condition}", values, tx, cancellationToken: ct));
        return [.. rows.Select(r => new Payment(
            r.Id, r.AccountId, new Money(r.Amount), r.Method, (PaymentState)r.State, r.Paid, r.Note, r.Reference, r.Receipt, r.CreatedAt, r.EndedAt))];
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public long AccountId { get; set; }

        public long Amount { get; set; }

        public string Method { get; set; } = "";

        public int State { get; set; }

        public string? Paid { get; set; }

        public string Note { get; set; } = "";

        public string? Reference { get; set; }

        public string? Receipt { get; set; }

        public long CreatedAt { get; set; }

        public long? EndedAt { get; set; }
    }
}
