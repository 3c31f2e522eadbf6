using System.Data;
using System.Data.Common;
using Npgsql;

namespace Tally.Platform.Db;

/// <summary>PostgreSQL through Npgsql's pool. READ COMMITTED with explicit row locks; statements are prepared by the driver as they recur.</summary>
public sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource _source;
    private readonly string _description;

    public PostgresDatabase(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        _description = $"PostgreSQL {given.Host}:{given.Port}/{given.Database}";
        if (!given.ContainsKey("Max Auto Prepare"))
        {
            // Behind PgBouncer in transaction mode an operator sets Max Auto Prepare=0 (docs/operations.md).
            given.MaxAutoPrepare = 100;
            given.AutoPrepareMinUsages = 2;
        }

        if (!given.ContainsKey("Application Name"))
        {
            given.ApplicationName = "tally";
        }

        _source = new NpgsqlDataSourceBuilder(given.ConnectionString) { Name = "tally" }.Build();
    }

    public override DatabaseKind Kind => DatabaseKind.Postgres;

    public override string Description => _description;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => await _source.OpenConnectionAsync(ct);

    public override async Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        var result = await work(new WriteTransaction(connection, transaction, Kind));
        await CommitAsync(transaction);
        return result;
    }

    public override async Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return await work(connection);
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    // A commit is never cancelled half way, and only an answer of the server itself (a PostgresException) says that it did not happen.
    private static async Task CommitAsync(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is not PostgresException { SqlState: not ("57P01" or "57P02" or "57P03") })
        {
            throw new CommitUnknownException(e);
        }
    }
}
