using Npgsql;

namespace Tally.Testing;

/// <summary>
/// The PostgreSQL server of this test process: the one that <c>TALLY_TEST_POSTGRES</c> names (a connection string of a role that
/// may create databases), or a <see cref="PostgresCluster"/> started at the first use.
/// </summary>
internal sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(ConnectAsync);

    private readonly string _connectionString;

    internal PostgresServer(string connectionString) => _connectionString = connectionString;

    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>Makes an empty database and returns the connection string for it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"tally_test_{Guid.NewGuid():N}";
        // template0 can have no visitors, so that copies of it never wait for one another.
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name, IncludeErrorDetail = true }.ToString();
    }

    /// <summary>Drops the database, also from under connections that the code under test has left open.</summary>
    public async ValueTask DropDatabaseAsync(string connectionString)
    {
        await using (var pooled = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        await ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static async Task<PostgresServer> ConnectAsync()
    {
        if (Environment.GetEnvironmentVariable("TALLY_TEST_POSTGRES") is { Length: > 0 } given)
            return new PostgresServer(given);

        var programs = await PostgresPrograms.FindAsync();
        if (programs is null)
            throw PostgresPrograms.Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");

        return new PostgresServer((await PostgresCluster.StartAsync(programs)).ConnectionString);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
