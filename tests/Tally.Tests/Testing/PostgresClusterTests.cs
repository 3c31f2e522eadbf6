using System.Runtime.Versioning;
using Npgsql;
using Shouldly;
using Tally.Testing;
using Xunit;
using Xunit.Sdk;

namespace Tally.Tests.Testing;

[UnsupportedOSPlatform("windows")]
public sealed class PostgresClusterTests
{
    [Fact]
    public async Task A_cluster_ends_and_leaves_nothing_when_its_process_lets_go_of_it()
    {
        var programs = await PostgresPrograms.FindAsync() ?? throw PostgresPrograms.Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");
        var cluster = await PostgresCluster.StartAsync(programs);
        var unpooled = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Pooling = false }.ToString();
        await using (var connection = new NpgsqlConnection(unpooled))
        {
            await connection.OpenAsync();
            connection.PostgreSqlVersion.Major.ShouldBeGreaterThanOrEqualTo(PostgresPrograms.OldestMajor);
        }

        Directory.Exists(cluster.Folder).ShouldBeTrue();

        cluster.Stop();

        Directory.Exists(cluster.Folder).ShouldBeFalse();
        await using var refused = new NpgsqlConnection(unpooled);
        await Should.ThrowAsync<NpgsqlException>(refused.OpenAsync);
    }

    [Fact]
    public async Task A_durable_cluster_comes_back_from_a_crash_with_what_it_had_committed()
    {
        _ = await PostgresPrograms.FindAsync() ?? throw PostgresPrograms.Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");
        var cluster = await PostgresCluster.StartDurableAsync("/tmp", "checkpoint_timeout = 1h");
        try
        {
            var unpooled = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Pooling = false }.ToString();
            await RunAsync(unpooled, "CREATE TABLE kept AS SELECT 1 AS one");
            await cluster.CrashAsync();
            await Should.ThrowAsync<NpgsqlException>(() => RunAsync(unpooled, "SELECT 1"));

            await cluster.RestartAsync();

            (await RunAsync(unpooled, "SELECT COUNT(*) FROM kept")).ShouldBe(1L);
            foreach (var safe in new[] { "fsync", "full_page_writes", "synchronous_commit" })
            {
                (await RunAsync(unpooled, $"SHOW {safe}")).ShouldBe("on");
            }

            await cluster.RestartAsync(); // it runs already
        }
        finally
        {
            cluster.Stop();
        }
    }

    [Fact]
    public async Task A_cluster_that_cannot_start_says_why()
    {
        using var programs = new TemporaryFolder();
        programs.Program("initdb", "echo 'could not create directory: the disk is full' >&2; exit 1");

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => PostgresCluster.StartAsync(programs.Path));

        failure.Message.ShouldContain("the disk is full");
    }

    [Fact]
    public async Task The_server_programs_in_PATH_come_first()
    {
        using var inPath = Installed("initdb (PostgreSQL) 16.2");
        using var debian = new TemporaryFolder();
        debian.Program("17/bin/initdb", "exit 1");
        debian.Program("17/bin/pg_ctl", "exit 1");

        (await PostgresPrograms.FindAsync(inPath.Path, debian.Path)).ShouldBe(inPath.Path);
    }

    [Fact]
    public async Task Programs_too_old_are_passed_over_for_the_newest_that_Debian_has()
    {
        using var inPath = Installed("initdb (PostgreSQL) 14.11 (Debian 14.11-1)");
        using var debian = new TemporaryFolder();
        foreach (var major in (string[])["9.6", "14", "15", "17"])
        {
            debian.Program($"{major}/bin/initdb", "exit 1");
            debian.Program($"{major}/bin/pg_ctl", "exit 1");
        }

        // A client package leaves a folder with no server in it.
        debian.Program("18/bin/psql", "exit 1");

        (await PostgresPrograms.FindAsync(inPath.Path, debian.Path)).ShouldBe(Path.Combine(debian.Path, "17", "bin"));
    }

    [Fact]
    public async Task No_programs_are_found_where_there_are_none()
    {
        using var empty = new TemporaryFolder();

        (await PostgresPrograms.FindAsync(empty.Path, Path.Combine(empty.Path, "nowhere"))).ShouldBeNull();
    }

    [Fact]
    public void Without_PostgreSQL_a_laptop_skips_and_CI_fails()
    {
        PostgresPrograms.Missing(ci: false).ShouldBeOfType<SkipException>().Message.ShouldContain("./dev test");
        PostgresPrograms.Missing(ci: true).ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("./dev setup");
    }

    private static TemporaryFolder Installed(string version)
    {
        var folder = new TemporaryFolder();
        folder.Program("initdb", $"echo '{version}'");
        folder.Program("pg_ctl", "exit 1");
        return folder;
    }

    private static async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
