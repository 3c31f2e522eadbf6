using System.Data.Common;

namespace Tally.Ledger.Stores;

/// <summary>The SQL that differs between the two stores: reading a batch's beginning and writing its end.</summary>
internal abstract class LedgerStore
{
    /// <summary>Opens a wallet with balance 0 unless there is one; the common dialect.</summary>
    public const string OpenWallet =
        "INSERT INTO ledger_wallets (account_id, balance, credit_limit, version) VALUES (@id, 0, @limit, 0) ON CONFLICT (account_id) DO NOTHING";

    public static LedgerStore For(LedgerDialect dialect) => dialect switch
    {
        LedgerDialect.Sqlite => new SqliteStore(),
        LedgerDialect.Postgres => new PostgresStore(),
        _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "An unknown dialect."),
    };

    /// <summary>Locks and reads the wallets, then reads every transfer of the orders and payments. Asks the store only for what is not empty.</summary>
    public async Task<BatchContent> ReadAsync(DbTransaction tx, IReadOnlyCollection<long> wallets, IReadOnlyCollection<long> orders, IReadOnlyCollection<long> payments, CancellationToken ct)
    {
        var content = new BatchContent([], []);
        var subjects = orders.Count + payments.Count;
        if (wallets.Count + subjects == 0)
            return content;

        // One round trip, but two statements: the second one's snapshot is taken once the locks are held, so it sees what their last holders wrote.
        var both = wallets.Count > 0 && subjects > 0;
        await using var command = tx.Command(both ? $"{WalletsById};\n{TransfersBySubject}" : wallets.Count > 0 ? WalletsById : TransfersBySubject);
        if (wallets.Count > 0)
            command.Add("@wallets", Ids(wallets));
        if (subjects > 0)
            command.Add("@orders", Ids(orders)).Add("@payments", Ids(payments));

        await using var reader = await command.ExecuteReaderAsync(ct);
        if (wallets.Count > 0)
        {
            while (await reader.ReadAsync(ct))
                content.Wallets.Add(new WalletState(reader.GetInt64(0), new Money(reader.GetInt64(1)), new Money(reader.GetInt64(2)), reader.GetInt64(3)));
            await reader.NextResultAsync(ct);
        }

        while (subjects > 0 && await reader.ReadAsync(ct))
            content.Transfers.Add(StoredTransfer.Read(reader));
        return content;
    }

    /// <summary>Writes transfers, sorted by key, and the increments of the wallets they moved.</summary>
    public abstract Task WriteAsync(DbTransaction tx, IReadOnlyList<Posting> postings, IReadOnlyList<WalletState> wallets, CancellationToken ct);

    /// <summary>A set of ids as a parameter's value.</summary>
    public abstract object Ids(IReadOnlyCollection<long> ids);

    /// <summary>Balances of the wallets in @ids, without locking: account_id, balance.</summary>
    public abstract string BalancesById { get; }

    /// <summary>The wallets in @wallets, locked in order of their ids where the store locks rows: account_id, balance, credit_limit, version.</summary>
    protected abstract string WalletsById { get; }

    /// <summary>The transfers of @orders and @payments in the columns of <see cref="StoredTransfer"/>.</summary>
    protected abstract string TransfersBySubject { get; }

    /// <summary>The rows a write changed must be exactly those it was meant to: a wallet that vanished or moved under its lock is a broken invariant.</summary>
    protected static void DemandWritten(int expected, int written)
    {
        if (written != expected)
            throw new InvalidOperationException($"The ledger wrote {written} rows where {expected} were due: a wallet changed outside the batch.");
    }
}
