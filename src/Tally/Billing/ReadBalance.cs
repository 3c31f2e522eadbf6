using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>Reads what an account has on its wallet, always from the store.</summary>
public sealed class ReadBalance : IAsyncDisposable
{
    private readonly GeneralLedger _ledger;
    private readonly Database _database;
    private readonly ReadBatcher<long, Money>? _batcher;
    private readonly PreparedReads _prepared;

    public ReadBalance(Database database, PreparedReads prepared, GeneralLedger ledger)
    {
        (_database, _prepared, _ledger) = (database, prepared, ledger);
        _batcher = database.Kind == DatabaseKind.Postgres ? new ReadBatcher<long, Money>(ReadMany, static account => throw NoWallet(account)) : null;
    }

    /// <summary>The wallet's balance.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    /// <exception cref="InvalidOperationException">The account has no wallet: every account is opened with one.</exception>
    public ValueTask<Money> RunAsync(long accountId, CancellationToken ct) =>
        _batcher is not null
            ? new(_batcher.ReadAsync(accountId))
            : _prepared.UseAsync(GeneralLedger.BalanceQuery, accountId, static (statement, account) => ReadOne(statement, account), ct);

    public ValueTask DisposeAsync() => _batcher?.DisposeAsync() ?? default;

    private static Money ReadOne(SqliteStatement statement, long accountId)
    {
        statement.Bind(1, accountId);
        return statement.Step() ? new Money(statement.Int64(0)) : throw NoWallet(accountId);
    }

    private IReadOnlyDictionary<long, Money> ReadMany(IReadOnlyCollection<long> accounts)
    {
        using var connection = _database.OpenBlocking();
        return _ledger.Balances(connection, [.. accounts]);
    }

    private static InvalidOperationException NoWallet(long accountId) => new($"Account {accountId} has no wallet.");
}
