using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tally.Platform.Db;
using Tally.Testing;

namespace Tally.Tests.Platform.Db;

/// <summary>A fresh store, opened as the panel opens it, with the tables that a test names.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    /// <summary>The platform's own tables.</summary>
    public const string Blocks = "CREATE TABLE id_blocks (name TEXT NOT NULL PRIMARY KEY, next BIGINT NOT NULL)";

    /// <inheritdoc cref="Blocks"/>
    public const string ChangeCounters = "CREATE TABLE changes (topic TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)";

    private readonly TestStore _store;
    private readonly List<Database> _more = [];

    private OpenStore(TestStore store) => (_store, Database) = (store, Database.Open(store.ConnectionString));

    public Database Database { get; }

    public string ConnectionString => _store.ConnectionString;

    /// <summary>Makes an empty store and runs these statements on it.</summary>
    public static async Task<OpenStore> CreateAsync(StoreKind kind, params string[] statements)
    {
        var store = new OpenStore(await TestStore.CreateAsync(kind));
        foreach (var statement in statements)
        {
            await store.ExecuteAsync(statement);
        }

        return store;
    }

    /// <summary>The same store, opened once more, as another node would.</summary>
    public Database Another()
    {
        var another = Database.Open(ConnectionString);
        _more.Add(another);
        return another;
    }

    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        Database.WriteAsync(tx => tx.Connection.ExecuteAsync(sql, parameters, tx.Transaction), default);

    public async Task<T?> ReadAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.OpenReadAsync(default);
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public async Task<IReadOnlyList<T>> ReadManyAsync<T>(string sql)
    {
        await using var connection = await Database.OpenReadAsync(default);
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>A connection past everything of ours, closed by the caller.</summary>
    public async Task<NpgsqlConnection> PostgresAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A connection past everything of ours, which waits at most one second for a lock; closed by the caller.</summary>
    public SqliteConnection Sqlite()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false, DefaultTimeout = 1 }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Ends every connection of ours to the PostgreSQL database, as a restart of the server would.</summary>
    public async Task KillConnectionsAsync()
    {
        await using var connection = await PostgresAsync();
        await connection.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _more)
        {
            await database.DisposeAsync();
        }

        await Database.DisposeAsync();
        await _store.DisposeAsync();
    }
}
