using System.Data.Common;
using Tally.Testing;

namespace Tally.Ledger.Tests;

/// <summary>A fresh ledger on one of the two stores.</summary>
internal sealed class Books : IAsyncDisposable
{
    private readonly TestStore _store;

    private Books(TestStore store)
    {
        _store = store;
        Ledger = new GeneralLedger(store.Kind == StoreKind.Sqlite ? LedgerDialect.Sqlite : LedgerDialect.Postgres);
    }

    public GeneralLedger Ledger { get; }

    public StoreKind Kind => _store.Kind;

    public static async Task<Books> OpenAsync(StoreKind kind, params (long Account, string CreditLimit)[] wallets)
    {
        var books = new Books(await TestStore.CreateAsync(kind));
        await books.MigrateAsync();
        await books.OpenWalletsAsync(wallets);
        return books;
    }

    /// <summary>What the migrator does: the common file, then the store's own.</summary>
    public async Task MigrateAsync()
    {
        var common = Resource("up.sql");
        await ExecuteAsync(Kind == StoreKind.Sqlite ? common.Replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY") : common);
        await ExecuteAsync(Resource(Kind == StoreKind.Sqlite ? "up.sqlite.sql" : "up.postgres.sql"));
        await ExecuteAsync(Resource("up.sql", "0002-statement-kinds"));
    }

    /// <summary>Empties the ledger the only way there is: by making it anew.</summary>
    public async Task StartAnewAsync(params (long Account, string CreditLimit)[] wallets)
    {
        await ExecuteAsync("DROP TABLE ledger_transfers; DROP TABLE ledger_wallets");
        if (Kind == StoreKind.Postgres)
            await ExecuteAsync("DROP FUNCTION ledger_refuse_change");
        await MigrateAsync();
        await OpenWalletsAsync(wallets);
    }

    public Task OpenWalletsAsync(params (long Account, string CreditLimit)[] wallets) => CommitAsync(async tx =>
    {
        foreach (var (account, limit) in wallets)
            await Ledger.OpenWalletAsync(tx, account, Money.Parse(limit), default);
        return wallets.Length;
    });

    public Task<DbConnection> ConnectAsync() => _store.OpenAsync();

    public async Task<T> CommitAsync<T>(Func<DbTransaction, Task<T>> work)
    {
        await using var connection = await _store.OpenAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var result = await work(tx);
        await tx.CommitAsync();
        return result;
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read)
    {
        await using var connection = await _store.OpenAsync();
        return await read(connection);
    }

    /// <summary>Posts the transfers in one committed batch that was opened with everything they touch.</summary>
    public Task<PostOutcome[]> PostAsync(params Transfer[] transfers) => CommitAsync(async tx =>
    {
        var batch = await OpenBatchAsync(tx, transfers);
        var outcomes = transfers.Select(batch.TryPost).ToArray();
        await batch.FlushAsync(default);
        return outcomes;
    });

    public Task<LedgerBatch> OpenBatchAsync(DbTransaction tx, params Transfer[] transfers)
    {
        long[] wallets = [.. transfers.SelectMany(t => new[] { t.Debit, t.Credit }).Where(account => account.IsWallet).Select(account => account.Code)];
        var subjects = transfers.ToLookup(t => t.Key.Reason.IsOrderReason(), t => t.Key.Subject);
        return Ledger.OpenBatchAsync(tx, wallets, [.. subjects[true]], [.. subjects[false]], default);
    }

    public Task<Money?> BalanceAsync(long account) => ReadAsync(c => Ledger.BalanceAsync(c, account, default));

    public Task<LedgerReport> VerifyAsync() => CommitAsync(tx => Ledger.VerifyAsync(tx.Connection!, null, default));

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await _store.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The faults that the migration's check finds.</summary>
    public Task<List<string>> CheckAsync() => ReadAsync(async connection =>
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Resource("check.sql");
        await using var reader = await command.ExecuteReaderAsync();
        var faults = new List<string>();
        while (await reader.ReadAsync())
            faults.Add($"{reader.GetString(0)}: {reader.GetInt64(1)}");
        return faults;
    });

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static string Resource(string name, string migration = "0001-init")
    {
        using var stream = typeof(GeneralLedger).Assembly.GetManifestResourceStream($"{migration}/{name}") ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
