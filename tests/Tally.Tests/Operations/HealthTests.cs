using System.Net;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Operations;

public sealed class HealthTests
{
    [Theory, BothStores]
    public async Task A_node_whose_store_answers_is_healthy_and_ready(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        (await AskAsync(panel, "/healthz")).ShouldBe((HttpStatusCode.OK, "ok"));
        (await AskAsync(panel, "/readyz")).ShouldBe((HttpStatusCode.OK, "ready"));
    }

    [Theory, BothStores]
    public async Task Workers_tell_their_health_too(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Worker);
        (await AskAsync(panel, "/healthz")).Status.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(panel, "/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(panel, "/api/v2")).Status.ShouldBe(HttpStatusCode.NotFound, "a worker does not answer the API");
    }

    [Fact]
    public async Task Without_its_postgres_database_a_node_is_healthy_but_not_ready_and_recovers()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Postgres);
        await LockOutAsync(panel.Database, shut: true);
        (await AskAsync(panel, "/healthz")).ShouldBe((HttpStatusCode.OK, "ok"));
        (await AskAsync(panel, "/readyz")).ShouldBe((HttpStatusCode.ServiceUnavailable, "the store does not answer"));
        var refused = await panel.CallAsync("balance");
        refused.GetProperty("code").GetString().ShouldBe("unavailable");
        await LockOutAsync(panel.Database, shut: false);
        await TestPanel.WaitAsync(async () => (await AskAsync(panel, "/readyz")).Status == HttpStatusCode.OK, "the node is ready again");
        (await panel.BalanceAsync()).ShouldBe("1000000");
    }

    [Fact]
    public async Task Without_its_sqlite_file_a_node_is_healthy_but_not_ready()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var file = new SqliteConnectionStringBuilder(panel.Database).DataSource;
        File.Move(file, file + ".away");
        (await AskAsync(panel, "/healthz")).ShouldBe((HttpStatusCode.OK, "ok"));
        (await AskAsync(panel, "/readyz")).ShouldBe((HttpStatusCode.ServiceUnavailable, "the store does not answer"));
        File.Move(file + ".away", file);
        (await AskAsync(panel, "/readyz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_store_that_lost_its_tables_is_not_ready()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await using (var connection = new SqliteConnection(panel.Database))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE changes RENAME TO changes_away";
            await command.ExecuteNonQueryAsync();
        }

        (await AskAsync(panel, "/readyz")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(TestPanel panel, string path)
    {
        using var response = await panel.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Ends all connections to a database and lets none in, or lets them in again.</summary>
    private static async Task LockOutAsync(string database, bool shut)
    {
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Database = "postgres", Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"ALTER DATABASE {name} ALLOW_CONNECTIONS {(shut ? "false" : "true")}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'";
        await command.ExecuteNonQueryAsync();
    }
}
