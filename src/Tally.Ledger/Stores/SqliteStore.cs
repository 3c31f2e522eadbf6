using System.Data.Common;

namespace Tally.Ledger.Stores;

/// <summary>SQLite: no round trip to save, so one prepared statement is executed again and again with other values.</summary>
internal sealed class SqliteStore : LedgerStore
{
    private const string UpdateWallet = "UPDATE ledger_wallets SET balance = balance + @delta, version = version + @entries WHERE account_id = @id AND version = @version";

    private const string InsertTransfer = """
        INSERT INTO ledger_transfers (subject, reason, sequence, debit, credit, amount, wallet, wallet_version, wallet_balance, note, created_at)
        VALUES (@subject, @reason, @sequence, @debit, @credit, @amount, @wallet, @wallet_version, @wallet_balance, @note, @created_at)
        """;

    // CROSS JOIN keeps SQLite's planner from scanning the table and looking each row up in the list. Ids are grouped, as ANY does on PostgreSQL.
    public override string BalancesById => "SELECT w.account_id, w.balance FROM (SELECT DISTINCT value FROM json_each(@ids)) AS i CROSS JOIN ledger_wallets AS w ON w.account_id = i.value";

    protected override string WalletsById => """
        SELECT w.account_id, w.balance, w.credit_limit, w.version
        FROM (SELECT DISTINCT value FROM json_each(@wallets)) AS i CROSS JOIN ledger_wallets AS w ON w.account_id = i.value
        """;

    protected override string TransfersBySubject => $"""
        SELECT {StoredTransfer.Columns} FROM (SELECT DISTINCT value FROM json_each(@orders)) AS i CROSS JOIN ledger_transfers ON subject = i.value AND reason < 100
        UNION ALL
        SELECT {StoredTransfer.Columns} FROM (SELECT DISTINCT value FROM json_each(@payments)) AS i CROSS JOIN ledger_transfers ON subject = i.value AND reason >= 100
        """;

    public override object Ids(IReadOnlyCollection<long> ids) => $"[{string.Join(',', ids)}]";

    public override async Task WriteAsync(DbTransaction tx, IReadOnlyList<Posting> postings, IReadOnlyList<WalletState> wallets, CancellationToken ct)
    {
        await UpdateWalletsAsync(tx, wallets, ct);
        await InsertTransfersAsync(tx, postings, ct);
    }

    private static async Task UpdateWalletsAsync(DbTransaction tx, IReadOnlyList<WalletState> wallets, CancellationToken ct)
    {
        await using var command = tx.Command(UpdateWallet);
        var (id, delta, entries, version) = (command.Parameter("@id"), command.Parameter("@delta"), command.Parameter("@entries"), command.Parameter("@version"));
        foreach (var wallet in wallets)
        {
            id.Value = wallet.AccountId;
            delta.Value = wallet.Delta;
            entries.Value = wallet.Entries;
            version.Value = wallet.OpeningVersion;
            DemandWritten(1, await command.ExecuteNonQueryAsync(ct));
        }
    }

    private static async Task InsertTransfersAsync(DbTransaction tx, IReadOnlyList<Posting> postings, CancellationToken ct)
    {
        await using var command = tx.Command(InsertTransfer);
        var (subject, reason, sequence) = (command.Parameter("@subject"), command.Parameter("@reason"), command.Parameter("@sequence"));
        var (debit, credit, amount) = (command.Parameter("@debit"), command.Parameter("@credit"), command.Parameter("@amount"));
        var (wallet, version, balance) = (command.Parameter("@wallet"), command.Parameter("@wallet_version"), command.Parameter("@wallet_balance"));
        var (note, createdAt) = (command.Parameter("@note"), command.Parameter("@created_at"));
        foreach (var posting in postings)
        {
            subject.Value = posting.Transfer.Key.Subject;
            reason.Value = (short)posting.Transfer.Key.Reason;
            sequence.Value = posting.Transfer.Key.Sequence;
            debit.Value = posting.Transfer.Debit.Code;
            credit.Value = posting.Transfer.Credit.Code;
            amount.Value = posting.Transfer.Amount.Units;
            wallet.Value = (object?)posting.Wallet ?? DBNull.Value;
            version.Value = (object?)posting.WalletVersion ?? DBNull.Value;
            balance.Value = (object?)posting.WalletBalance ?? DBNull.Value;
            note.Value = (object?)posting.Transfer.Note ?? DBNull.Value;
            createdAt.Value = posting.Transfer.CreatedAtMs;
            DemandWritten(1, await command.ExecuteNonQueryAsync(ct));
        }
    }
}
