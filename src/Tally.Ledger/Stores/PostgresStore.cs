using System.Data.Common;

namespace Tally.Ledger.Stores;

/// <summary>PostgreSQL: arrays in, one statement per table, whatever the size of the batch.</summary>
internal sealed class PostgresStore : LedgerStore
{
    private const string UpdateWallets = """
        UPDATE ledger_wallets AS w
        SET balance = w.balance + d.delta, version = w.version + d.entries
        FROM unnest(@ids, @deltas, @entries, @versions) AS d (account_id, delta, entries, version)
        WHERE w.account_id = d.account_id AND w.version = d.version
        """;

    private const string InsertTransfers = """
        INSERT INTO ledger_transfers (subject, reason, sequence, debit, credit, amount, wallet, wallet_version, wallet_balance, note, created_at)
        SELECT * FROM unnest(@subject, @reason, @sequence, @debit, @credit, @amount, @wallet, @wallet_version, @wallet_balance, @note, @created_at)
        """;

    // Each by the index. By "account_id = ANY (…)" PostgreSQL reads the whole table, up to some thousands of wallets: by its reckoning pages that are in memory cost as much
    // as pages on a disk. A plain join it reckons the same way; OFFSET 0 keeps it from making one of this.
    public override string BalancesById =>
        "SELECT w.account_id, w.balance FROM unnest(@ids) AS k (id), LATERAL (SELECT account_id, balance FROM ledger_wallets WHERE account_id = k.id OFFSET 0) AS w";

    protected override string WalletsById =>
        "SELECT account_id, balance, credit_limit, version FROM ledger_wallets WHERE account_id = ANY(@wallets) ORDER BY account_id FOR UPDATE";

    // Two index scans; an OR over both arrays would not be.
    protected override string TransfersBySubject => $"""
        SELECT {StoredTransfer.Columns} FROM ledger_transfers WHERE subject = ANY(@orders) AND reason < 100
        UNION ALL
        SELECT {StoredTransfer.Columns} FROM ledger_transfers WHERE subject = ANY(@payments) AND reason >= 100
        """;

    public override object Ids(IReadOnlyCollection<long> ids) => ids.ToArray();

    public override async Task WriteAsync(DbTransaction tx, IReadOnlyList<Posting> postings, IReadOnlyList<WalletState> wallets, CancellationToken ct)
    {
        await using var command = tx.Command(wallets.Count > 0 ? $"{UpdateWallets};\n{InsertTransfers}" : InsertTransfers);
        if (wallets.Count > 0)
        {
            command.Add("@ids", Column(wallets, wallet => wallet.AccountId))
                .Add("@deltas", Column(wallets, wallet => wallet.Delta))
                .Add("@entries", Column(wallets, wallet => wallet.Entries))
                .Add("@versions", Column(wallets, wallet => wallet.OpeningVersion));
        }

        command.Add("@subject", Column(postings, posting => posting.Transfer.Key.Subject))
            .Add("@reason", Column(postings, posting => (short)posting.Transfer.Key.Reason))
            .Add("@sequence", Column(postings, posting => posting.Transfer.Key.Sequence))
            .Add("@debit", Column(postings, posting => posting.Transfer.Debit.Code))
            .Add("@credit", Column(postings, posting => posting.Transfer.Credit.Code))
            .Add("@amount", Column(postings, posting => posting.Transfer.Amount.Units))
            .Add("@wallet", Column(postings, posting => posting.Wallet))
            .Add("@wallet_version", Column(postings, posting => posting.WalletVersion))
            .Add("@wallet_balance", Column(postings, posting => posting.WalletBalance))
            .Add("@note", Column(postings, posting => posting.Transfer.Note))
            .Add("@created_at", Column(postings, posting => posting.Transfer.CreatedAtMs));
        DemandWritten(wallets.Count + postings.Count, await command.ExecuteNonQueryAsync(ct));
    }

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }
}
