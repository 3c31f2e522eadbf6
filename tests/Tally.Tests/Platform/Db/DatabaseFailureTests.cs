using System.Net.Sockets;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>What the two drivers really throw, and what it means.</summary>
public sealed class DatabaseFailureTests
{
    private const string Table = "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, small BIGINT NOT NULL DEFAULT 0 CHECK (small < 10))";

    [Theory, BothStores]
    public async Task A_unique_key_that_is_taken_is_a_conflict(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Table, "INSERT INTO t (id, name) VALUES (1, 'a')");
        (await KindOfAsync(() => store.ExecuteAsync("INSERT INTO t (id, name) VALUES (1, 'b')"))).ShouldBe(FailureKind.Conflict);
        (await KindOfAsync(() => store.ExecuteAsync("INSERT INTO t (id, name) VALUES (2, 'a')"))).ShouldBe(FailureKind.Conflict);
    }

    [Theory, BothStores]
    public async Task A_fault_in_the_work_itself_is_neither_conflict_nor_outage(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Table);
        (await KindOfAsync(() => store.ExecuteAsync("INSERT INTO t (id) VALUES (1)"))).ShouldBe(FailureKind.Other);
        (await KindOfAsync(() => store.ExecuteAsync("INSERT INTO t (id, name, small) VALUES (1, 'a', 11)"))).ShouldBe(FailureKind.Other);
        (await KindOfAsync(() => store.ExecuteAsync("SELECT * FROM nowhere"))).ShouldBe(FailureKind.Other);
        (await KindOfAsync(() => store.ExecuteAsync("this is no SQL"))).ShouldBe(FailureKind.Other);
    }

    [Fact]
    public async Task Of_two_transactions_in_a_deadlock_one_is_told_of_a_conflict()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Table, "INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b')");
        using var both = new Barrier(2);
        var failures = new List<Exception>();
        await Task.WhenAll(Crossing(1, 2), Crossing(2, 1));
        failures.ShouldHaveSingleItem();
        DatabaseFailure.Of(failures[0]).ShouldBe(FailureKind.Conflict);

        Task Crossing(long first, long second) => Task.Run(async () =>
        {
            try
            {
                await store.Database.WriteAsync(
                    async tx =>
                    {
                        await tx.Connection.ExecuteAsync("UPDATE t SET small = 1 WHERE id = @first", new { first }, tx.Transaction);
                        both.SignalAndWait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
                        await tx.Connection.ExecuteAsync("UPDATE t SET small = 2 WHERE id = @second", new { second }, tx.Transaction);
                    },
                    default);
            }
            catch (PostgresException e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
            }
        });
    }

    [Fact]
    public async Task A_lock_that_is_not_given_in_time_is_an_outage()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Table, "INSERT INTO t (id, name) VALUES (1, 'a')");
        await store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync("UPDATE t SET small = 1", transaction: tx.Transaction);
                (await KindOfAsync(() => store.ExecuteAsync("SET LOCAL lock_timeout = '50ms'; UPDATE t SET small = 2"))).ShouldBe(FailureKind.Unavailable);
            },
            default);
    }

    [Fact]
    public async Task A_postgres_that_cannot_be_reached_is_an_outage()
    {
        (await KindOfAsync(() => ReadAsync($"Host=127.0.0.1;Port={LoopbackPort.Free()};Username=tally;Database=panel"))).ShouldBe(FailureKind.Unavailable);
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres);
        (await KindOfAsync(() => ReadAsync(With(store, s => s.Database = "tally_no_such_database")))).ShouldBe(FailureKind.Unavailable);
        (await KindOfAsync(() => ReadAsync(With(store, s => s.Username = "tally_no_such_role")))).ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_postgres_pool_without_a_free_connection_is_an_outage()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres);
        await using var small = Database.Open(With(store, s => (s.MaxPoolSize, s.Timeout) = (1, 1)));
        await using var held = await small.OpenReadAsync(default);
        (await KindOfAsync(async () => await small.OpenReadAsync(default))).ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_postgres_that_only_reads_is_an_outage_for_writers()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Table);
        (await KindOfAsync(() => store.ExecuteAsync("SET TRANSACTION READ ONLY; INSERT INTO t (id, name) VALUES (1, 'a')"))).ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_sqlite_that_another_process_keeps_busy_is_an_outage()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Table);
        using var other = store.Sqlite();
        using var waiting = store.Sqlite();
        await using var held = other.BeginTransaction(deferred: false);
        var caught = Should.Throw<SqliteException>(() => waiting.BeginTransaction(deferred: false));
        caught.SqliteErrorCode.ShouldBe(5, "SQLITE_BUSY");
        DatabaseFailure.Of(caught).ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_sqlite_file_that_only_can_be_read_is_an_outage_for_writers()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Table);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder(store.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();
        (await KindOfAsync(() => connection.ExecuteAsync("INSERT INTO t (id, name) VALUES (1, 'a')"))).ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_sqlite_path_that_is_no_store_is_an_outage()
    {
        var folder = Directory.CreateTempSubdirectory("tally-test-");
        try
        {
            var file = Path.Combine(folder.FullName, "letter.txt");
            await File.WriteAllTextAsync(file, new string('x', 5_000));
            (await KindOfAsync(() => ReadAsync(file))).ShouldBe(FailureKind.Unavailable, "not a database");
            (await KindOfAsync(() => ReadAsync(Path.Combine(file, "tally.db")))).ShouldBe(FailureKind.Unavailable, "its folder is a file");
            (await KindOfAsync(() => ReadAsync(folder.FullName))).ShouldBe(FailureKind.Unavailable, "a folder");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_no_failure_of_a_store_is_other()
    {
        DatabaseFailure.Of(new InvalidOperationException()).ShouldBe(FailureKind.Other);
        DatabaseFailure.Of(new OperationCanceledException()).ShouldBe(FailureKind.Other);
        DatabaseFailure.Of(new SocketException(104)).ShouldBe(FailureKind.Unavailable);
        DatabaseFailure.Of(new TimeoutException()).ShouldBe(FailureKind.Unavailable);
        DatabaseFailure.Of(new StoreUnavailableException("full", null)).ShouldBe(FailureKind.Unavailable);
        DatabaseFailure.Of(new PostgresException("", "", "", PostgresErrorCodes.SerializationFailure)).ShouldBe(FailureKind.Conflict);
        DatabaseFailure.Of(new PostgresException("", "", "", PostgresErrorCodes.DiskFull)).ShouldBe(FailureKind.Unavailable);
        DatabaseFailure.Of(new PostgresException("", "", "", PostgresErrorCodes.CannotConnectNow)).ShouldBe(FailureKind.Unavailable);
        DatabaseFailure.Of(new PostgresException("", "", "", PostgresErrorCodes.CheckViolation)).ShouldBe(FailureKind.Other);
    }

    private static string With(OpenStore store, Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(store.ConnectionString);
        change(builder);
        return builder.ToString();
    }

    private static async Task ReadAsync(string option)
    {
        await using var database = Database.Open(option);
        await using var connection = await database.OpenReadAsync(default);
        await connection.ExecuteScalarAsync<long>("SELECT 1");
    }

    private static async Task<FailureKind> KindOfAsync(Func<Task> work) => DatabaseFailure.Of(await Should.ThrowAsync<Exception>(work));
}
