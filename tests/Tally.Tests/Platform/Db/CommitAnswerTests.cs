using Dapper;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>Which answers to COMMIT are believed. What is believed is acknowledged to customers, so it must survive the server.</summary>
public sealed class CommitAnswerTests
{
    private const string Raise = "UPDATE counter SET value = value + 1";
    private static readonly string[] s_counter = ["CREATE TABLE counter (value BIGINT NOT NULL)", "INSERT INTO counter VALUES (0)"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_commit_whose_wait_for_the_standby_was_cancelled_is_not_believed()
    {
        await using var waits = await WaitsForStandby.StartAsync();
        await using var database = Database.Open(waits.ConnectionString);
        var commit = database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default);
        await TestPanel.WaitAsync(async () => await waits.WaitingAsync() == 1, "the commit waits for the standby");
        commit.IsCompleted.ShouldBeFalse();

        await waits.ExecuteAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

        var caught = await Should.ThrowAsync<CommitUnknownException>(() => commit.WaitAsync(Patience));
        caught.Message.ShouldContain("synchronous replication");
        (await waits.ValueAsync()).ShouldBe(1, "PostgreSQL has committed it here, and nowhere else");
    }

    [Fact]
    public async Task A_commit_that_waits_for_the_standby_longer_than_a_command_may_is_not_believed()
    {
        await using var waits = await WaitsForStandby.StartAsync();
        await using var database = Database.Open(waits.ConnectionString + ";Command Timeout=1");
        await Should.ThrowAsync<CommitUnknownException>(
            () => database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default).WaitAsync(Patience));
        (await waits.ValueAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_pooler_that_lost_the_server_at_the_commit_leaves_the_outcome_unknown()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, s_counter);
        await using var pooler = new LosingPooler(store.ConnectionString);
        await using var database = Database.Open(pooler.ConnectionString);
        pooler.LoseCommitAfter(Raise);

        var caught = await Should.ThrowAsync<CommitUnknownException>(() => database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default));

        caught.InnerException.ShouldBeOfType<PostgresException>().SqlState.ShouldBe("08P01");
        (await store.ReadAsync<long>("SELECT value FROM counter")).ShouldBe(1, "the server had committed it");
    }

    [Fact]
    public async Task A_commit_that_the_server_refuses_did_not_happen()
    {
        await using var store = await OpenStore.CreateAsync(
            StoreKind.Postgres, [.. s_counter, "ALTER TABLE counter ADD CONSTRAINT once UNIQUE (value) DEFERRABLE INITIALLY DEFERRED"]);
        var caught = await Should.ThrowAsync<PostgresException>(() => store.ExecuteAsync("INSERT INTO counter VALUES (0)"));
        DatabaseFailure.Of(caught).ShouldBe(FailureKind.Conflict);
        (await store.ReadAsync<long>("SELECT COUNT(*) FROM counter")).ShouldBe(1);
    }

    /// <summary>A server whose synchronous standby is not there: whoever commits with <c>synchronous_commit</c> on waits for it.</summary>
    private sealed class WaitsForStandby : IAsyncDisposable
    {
        private readonly PostgresCluster _cluster;
        private readonly NpgsqlConnection _own;

        private WaitsForStandby(PostgresCluster cluster, NpgsqlConnection own) => (_cluster, _own) = (cluster, own);

        public string ConnectionString => _cluster.ConnectionString + ";Pooling=false;Options=-c synchronous_commit=on";

        public static async Task<WaitsForStandby> StartAsync()
        {
            var programs = await PostgresPrograms.FindAsync() ?? throw PostgresPrograms.Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");
            var cluster = await PostgresCluster.StartAsync(programs);
            var own = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
            await own.OpenAsync();
            var waits = new WaitsForStandby(cluster, own);
            foreach (var statement in (string[])[.. s_counter, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"])
            {
                await waits.ExecuteAsync(statement);
            }

            await TestPanel.WaitAsync(async () => await own.ExecuteScalarAsync<string>("SHOW synchronous_standby_names") == "nobody", "the setting holds");
            return waits;
        }

        public Task ExecuteAsync(string sql) => _own.ExecuteAsync(sql);

        public Task<long> WaitingAsync() => _own.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

        public Task<long> ValueAsync() => _own.ExecuteScalarAsync<long>("SELECT value FROM counter");

        public async ValueTask DisposeAsync()
        {
            await _own.DisposeAsync();
            _cluster.Stop();
        }
    }
}
