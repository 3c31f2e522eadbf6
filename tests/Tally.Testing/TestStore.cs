using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tally.Testing;

/// <summary>A fresh, empty database of one test's own; dropped when the test disposes it.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly Func<ValueTask> _drop;

    private TestStore(StoreKind kind, string connectionString, Func<ValueTask> drop)
    {
        Kind = kind;
        ConnectionString = connectionString;
        _drop = drop;
    }

    public StoreKind Kind { get; }

    /// <summary>For SQLite <c>Data Source=…</c>, a file in a folder of its own; for PostgreSQL <c>Host=…</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Makes an empty database. Where there is no PostgreSQL the test is skipped, visibly, or fails when <c>CI=true</c>.
    /// </summary>
    public static Task<TestStore> CreateAsync(StoreKind kind) => kind switch
    {
        StoreKind.Sqlite => Task.FromResult(CreateSqlite()),
        StoreKind.Postgres => CreatePostgresAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such store."),
    };

    /// <summary>An open connection, to be disposed by the caller.</summary>
    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = Kind == StoreKind.Sqlite ? new SqliteConnection(ConnectionString) : new NpgsqlConnection(ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The same PostgreSQL database through a PgBouncer in transaction mode with that many connections to the server, fewer than its clients; ended by the caller before the store. Where there is no
    /// PgBouncer the test is skipped, visibly, or fails when <c>CI=true</c>.
    /// </summary>
    public Task<PgBouncer> BehindPgBouncerAsync(int serverConnections = 3) => Kind == StoreKind.Postgres
        ? PgBouncer.StartAsync(ConnectionString, serverConnections)
        : throw new InvalidOperationException("PgBouncer stands before a PostgreSQL.");

    public ValueTask DisposeAsync() => _drop();

    private static TestStore CreateSqlite()
    {
        var folder = Directory.CreateTempSubdirectory("tally-sqlite-");
        var connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder.FullName, "tally.db") }.ToString();
        return new TestStore(StoreKind.Sqlite, connectionString, Drop);

        ValueTask Drop()
        {
            using (var pooled = new SqliteConnection(connectionString))
            {
                SqliteConnection.ClearPool(pooled);
            }

            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<TestStore> CreatePostgresAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var connectionString = await server.CreateDatabaseAsync();
        var store = new TestStore(StoreKind.Postgres, connectionString, () => server.DropDatabaseAsync(connectionString));
        return Environment.GetEnvironmentVariable("TALLY_TEST_PGBOUNCER") is "true" ? await BehindPgBouncerAsync(store) : store;
    }

    /// <summary>For a run of all store tests through the pooler, by hand.</summary>
    private static async Task<TestStore> BehindPgBouncerAsync(TestStore store)
    {
        var pooler = await store.BehindPgBouncerAsync();
        return new TestStore(StoreKind.Postgres, pooler.ConnectionString, DropAsync);

        async ValueTask DropAsync()
        {
            await pooler.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
