using Dapper;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class DatabaseTests
{
    private const string Counter = "CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)", OneRow = "INSERT INTO counter (id, value) VALUES (1, 0)";
    private const string Value = "SELECT value FROM counter WHERE id = 1", Raise = "UPDATE counter SET value = value + 1 WHERE id = 1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, BothStores]
    public async Task Work_that_returns_is_committed(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        (await store.Database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default)).ShouldBe(1);
        (await store.ReadAsync<long>(Value)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Work_that_throws_is_undone_and_its_exception_comes_through(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        var thrown = new InvalidOperationException("on purpose");
        var caught = await Should.ThrowAsync<InvalidOperationException>(() => store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
                throw thrown;
            },
            default));
        caught.ShouldBeSameAs(thrown);
        (await store.ReadAsync<long>(Value)).ShouldBe(0);
        (await store.ExecuteAsync(Raise)).ShouldBe(1, "the store goes on after it");
    }

    [Theory, BothStores]
    public async Task A_statement_that_fails_undoes_those_before_it(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        var caught = await Should.ThrowAsync<Exception>(() => store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
                await tx.Connection.ExecuteAsync(OneRow, transaction: tx.Transaction);
            },
            default));
        DatabaseFailure.Of(caught).ShouldBe(FailureKind.Conflict);
        (await store.ReadAsync<long>(Value)).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Nothing_of_unfinished_work_can_be_read(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        await store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
                (await store.ReadAsync<long>(Value)).ShouldBe(0);
            },
            default);
        (await store.ReadAsync<long>(Value)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_snapshot_sees_nothing_that_is_written_after_its_first_look(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        await store.Database.SnapshotAsync(
            async connection =>
            {
                (await connection.ExecuteScalarAsync<long>(Value)).ShouldBe(0);
                await store.ExecuteAsync(Raise).WaitAsync(Patience);
                await store.ExecuteAsync("INSERT INTO counter (id, value) VALUES (2, 0)").WaitAsync(Patience);
                (await connection.ExecuteScalarAsync<long>(Value)).ShouldBe(0);
                return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM counter");
            },
            default).ShouldBeAsync(1);
        (await store.ReadAsync<long>(Value)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Parallel_writers_of_two_nodes_lose_no_update(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        Database[] nodes = [store.Database, store.Another()];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await nodes[writer % 2].WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default);
            }
        })));
        (await store.ReadAsync<long>(Value)).ShouldBe(200);
    }

    [Theory, BothStores]
    public async Task Whoever_is_cancelled_before_writing_writes_nothing(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        await Should.ThrowAsync<OperationCanceledException>(() => store.Database.WriteAsync(
            tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), new CancellationToken(canceled: true)));
        (await store.ReadAsync<long>(Value)).ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_that_dies_before_the_commit_leaves_the_outcome_unknown_and_nothing_behind()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Counter, OneRow);
        var caught = await Should.ThrowAsync<CommitUnknownException>(() => store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
                await store.KillConnectionsAsync();
            },
            default));
        DatabaseFailure.Of(caught).ShouldBe(FailureKind.CommitUnknown);
        caught.InnerException.ShouldBeAssignableTo<NpgsqlException>();
        (await store.ReadAsync<long>(Value)).ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_that_dies_in_the_middle_of_work_is_an_unavailable_store_that_comes_back()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Counter, OneRow);
        var caught = await Should.ThrowAsync<Exception>(() => store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
                await store.KillConnectionsAsync();
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
            },
            default));
        DatabaseFailure.Of(caught).ShouldBe(FailureKind.Unavailable);
        await TestPanel.WaitAsync(async () => await RaisedAsync(store), "the store takes work again");
        (await store.ReadAsync<long>(Value)).ShouldBe(1);
    }

    [Fact]
    public async Task Of_connections_that_threads_wait_on_there_are_as_many_as_was_said_whatever_the_pool_may_hold()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Counter, OneRow);
        await using var database = Database.Open(store.ConnectionString + ";Minimum Pool Size=5;Timeout=1");
        var held = Enumerable.Range(0, PostgresDatabase.BlockingConnections).Select(_ => database.OpenBlocking()).ToList();
        held.ConvertAll(c => c.ExecuteScalar<long>(Value)).ShouldAllBe(value => value == 0);
        DatabaseFailure.Of(Should.Throw<Exception>(database.OpenBlocking)).ShouldBe(FailureKind.Unavailable);
        held.ForEach(c => c.Dispose());
        using var again = database.OpenBlocking();
        again.ExecuteScalar<long>(Value).ShouldBe(0);
        await using var inside = await OpenStore.CreateAsync(StoreKind.Sqlite);
        Should.Throw<NotSupportedException>(inside.Database.OpenBlocking);
    }

    [Fact]
    public async Task What_we_want_of_postgres_holds_unless_the_operator_says_otherwise()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Counter, OneRow);
        Assert.SkipWhen(new NpgsqlConnectionStringBuilder(store.ConnectionString).ShouldSerialize("Max Auto Prepare"), "These tests run behind PgBouncer, which wants another choice.");
        await using var ours = Database.Open(store.ConnectionString + ";Maximum Pool Size=1");
        (await LookAsync(ours)).ShouldBe(("tally", 1, "kept"));
        await using var operators = Database.Open(store.ConnectionString + ";Maximum Pool Size=1;Max Auto Prepare=0;No Reset On Close=false;Application Name=mine");
        (await LookAsync(operators)).ShouldBe(("mine", 0, ""));

        // The session's name, how many statements it has prepared of one that was asked three times, and what it still knows after it was given back to the pool.
        static async Task<(string? Name, long Prepared, string? Kept)> LookAsync(Database database)
        {
            string? name;
            long prepared;
            await using (var connection = await database.OpenReadAsync(default))
            {
                for (var time = 0; time < 3; time++)
                {
                    await connection.ExecuteScalarAsync<long>(Value);
                }

                await connection.ExecuteAsync("SELECT set_config('tally.note', 'kept', false)");
                name = await connection.ExecuteScalarAsync<string>("SELECT current_setting('application_name')");
                prepared = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement = @Value", new { Value });
            }

            await using var again = await database.OpenReadAsync(default);
            return (name, prepared, await again.ExecuteScalarAsync<string>("SELECT COALESCE(current_setting('tally.note', true), '')"));
        }
    }

    [Fact]
    public async Task Sqlite_writes_to_a_log_which_is_synced_by_us()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Counter);
        await store.Database.WriteAsync(
            async tx =>
            {
                (await tx.Connection.ExecuteScalarAsync<string>("PRAGMA journal_mode", transaction: tx.Transaction)).ShouldBe("wal");
                (await tx.Connection.ExecuteScalarAsync<long>("PRAGMA synchronous", transaction: tx.Transaction)).ShouldBe(1, "NORMAL: SqliteLogTests holds that every commit is on the disk before anybody hears of it");
                (await tx.Connection.ExecuteScalarAsync<long>("PRAGMA foreign_keys", transaction: tx.Transaction)).ShouldBe(1);
            },
            default);
    }

    [Fact]
    public async Task A_new_sqlite_store_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights.");
        var folder = Directory.CreateTempSubdirectory("tally-rights-");
        try
        {
            await using var database = new SqliteDatabase(Path.Combine(folder.FullName, "tally.db"));
            await database.WriteAsync(tx => tx.Connection.ExecuteAsync(Counter, transaction: tx.Transaction), default);
            var files = folder.GetFiles();
            files.Length.ShouldBe(3, "the store, its log, and what its readers share");
            files.ShouldAllBe(f => f.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_writer_that_waits_while_sqlite_closes_is_told_so_and_does_not_hang()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Counter, OneRow);
        var database = store.Another();
        var (inside, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = database.WriteAsync(
            async tx =>
            {
                inside.SetResult();
                await goOn.Task;
                await tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction);
            },
            default);
        await inside.Task.WaitAsync(Patience);
        var closing = database.DisposeAsync().AsTask();
        var late = database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default);
        goOn.SetResult();
        await first.WaitAsync(Patience);
        await closing.WaitAsync(Patience);
        await Should.ThrowAsync<ObjectDisposedException>(() => late.WaitAsync(Patience));
        (await store.ReadAsync<long>(Value)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_closed_store_takes_no_more_work_and_may_be_closed_again(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Counter, OneRow);
        var database = store.Another();
        await database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default);
        await database.DisposeAsync();
        await database.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => database.WriteAsync(tx => tx.Connection.ExecuteAsync(Raise, transaction: tx.Transaction), default));
    }

    [Fact]
    public async Task A_store_describes_itself_without_secrets()
    {
        await using var postgres = Database.Open("Host=db.internal;Port=6432;Username=tally;Password=hush;Database=panel");
        postgres.Description.ShouldBe("PostgreSQL db.internal:6432/panel");
        await using var sqlite = Database.Open("some.db");
        sqlite.Description.ShouldBe("SQLite " + Path.GetFullPath("some.db"));
        File.Exists("some.db").ShouldBeFalse("opening is lazy");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("postgres://tally:hush@db.internal/panel")]
    [InlineData("postgresql://db.internal/panel")]
    [InlineData("Server=db.internal;Database=panel")]
    [InlineData("Host=db.internal;Databose=panel")]
    public void What_is_neither_a_file_nor_a_connection_string_is_refused(string option) =>
        Should.Throw<ArgumentException>(() => Database.Open(option)).Message.ShouldNotContain("hush");

    private static async Task<bool> RaisedAsync(OpenStore store)
    {
        try
        {
            return await store.ExecuteAsync(Raise) == 1;
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Unavailable)
        {
            return false;
        }
    }
}

file static class Awaited
{
    public static async Task ShouldBeAsync(this Task<long> actual, long expected) => (await actual).ShouldBe(expected);
}
