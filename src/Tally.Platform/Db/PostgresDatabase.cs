using System.Data;
using System.Data.Common;
using Npgsql;

namespace Tally.Platform.Db;

/// <summary>PostgreSQL through Npgsql's pool. READ COMMITTED with explicit row locks; statements are prepared by the driver as they recur.</summary>
public sealed class PostgresDatabase : Database
{
    /// <summary>How many connections there are beside the pool at the most: one for each <see cref="ReadBatcher{TKey, TValue}"/> of a node.</summary>
    public const int BlockingConnections = 2;

    private readonly NpgsqlDataSource _source, _blocking;
    private readonly string _description;

    public PostgresDatabase(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        _description = $"PostgreSQL {given.Host}:{given.Port}/{given.Database}";

        // What the operator has said stays as it is. (Not ContainsKey: that is true of every keyword that Npgsql knows.)
        if (!given.ShouldSerialize("Max Auto Prepare"))
        {
            // Behind PgBouncer in transaction mode an operator sets Max Auto Prepare=0 (docs/operations/cluster.md).
            given.MaxAutoPrepare = 100;
            given.AutoPrepareMinUsages = 2;
        }

        if (!given.ShouldSerialize("No Reset On Close"))
        {
            // We leave nothing in a session that would have to be wiped off: no SET, no temporary table, no LISTEN, no advisory lock beyond its transaction.
            given.NoResetOnClose = true;
        }

        if (!given.ShouldSerialize("Application Name"))
        {
            given.ApplicationName = "tally";
        }

        if (!given.ShouldSerialize("GSS Encryption Mode") && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null)
        {
            // Encryption by Kerberos is tried by the driver before anything else. Where its library is missing, as in the container, each process would say so on standard error.
            given.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        _source = new NpgsqlDataSourceBuilder(given.ConnectionString) { Name = "tally" }.Build();

        // Once a connection has been used asynchronously, its socket blocks no more: whoever waits on it then waits for a thread that listens to all sockets.
        var blocking = new NpgsqlConnectionStringBuilder(given.ConnectionString) { MinPoolSize = 0, MaxPoolSize = BlockingConnections, Multiplexing = false };
        _blocking = new NpgsqlDataSourceBuilder(blocking.ConnectionString) { Name = "tally-reads" }.Build();
    }

    public override DatabaseKind Kind => DatabaseKind.Postgres;

    public override string Description => _description;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => await _source.OpenConnectionAsync(ct);

    public override DbConnection OpenBlocking() => _blocking.OpenConnection();

    public override async Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        var result = await work(new WriteTransaction(connection, transaction, Kind));
        await CommitAsync(connection, transaction);
        return result;
    }

    public override async Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return await work(connection);
    }

    public override async ValueTask DisposeAsync()
    {
        await _blocking.DisposeAsync();
        await _source.DisposeAsync();
    }

    // A commit is never cancelled by us. Only an answer of the server itself says that it did not happen, and only one without a warning that it did: a server that is told to
    // cancel while it waits for its synchronous standby (an administrator does, and so does the driver when a command has run too long) answers COMMIT all the same, and
    // warns that the standby may not have it. Acknowledged, it would be lost with the server.
    private static async Task CommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        PostgresNotice? warning = null;
        void Note(object sender, NpgsqlNoticeEventArgs e) => warning = e.Notice.InvariantSeverity == "WARNING" ? e.Notice : warning;
        connection.Notice += Note;
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (!SaysThatItFailed(e))
        {
            throw new CommitUnknownException(e);
        }
        finally
        {
            connection.Notice -= Note;
        }

        if (warning is not null)
        {
            throw new CommitUnknownException($"The store warned while it committed; whether the commit holds is unknown: {warning.MessageText}");
        }
    }

    // FATAL is the end of the connection, not of the transaction. Class 08 is a pooler's, which has lost the server on the way (PgBouncer); 57P and 58 are a server that goes down.
    private static bool SaysThatItFailed(Exception e) =>
        e is PostgresException { InvariantSeverity: "ERROR" } said && !said.SqlState.StartsWith("08", StringComparison.Ordinal)
        && !said.SqlState.StartsWith("57P", StringComparison.Ordinal) && !said.SqlState.StartsWith("58", StringComparison.Ordinal);
}
