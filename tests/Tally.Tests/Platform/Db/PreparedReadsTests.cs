using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>Statements that stay prepared are for the store inside the process only.</summary>
public sealed class PreparedReadsTests
{
    private const string Words = "CREATE TABLE words (id BIGINT PRIMARY KEY, length BIGINT, word TEXT)", Rows = "INSERT INTO words (id, length, word) VALUES (1, 10, 'Việt 🇻🇳'), (2, 20, NULL)";
    private const string Query = "SELECT length, word FROM words WHERE id = @id";

    [Fact]
    public async Task A_query_is_run_again_and_again_with_other_values()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        (await LengthAsync(reads, 1)).ShouldBe(10);
        (await LengthAsync(reads, 2)).ShouldBe(20);
        (await LengthAsync(reads, 3)).ShouldBeNull();
        await store.ExecuteAsync("UPDATE words SET length = 11 WHERE id = 1");
        (await LengthAsync(reads, 1)).ShouldBe(11, "each reading sees what is committed by then");
    }

    [Fact]
    public async Task Values_of_every_kind_go_in_and_come_out()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        const string ByWord = "SELECT id FROM words WHERE word = ?1", All = "SELECT word, length FROM words ORDER BY id";
        using var reads = new PreparedReads(store.Database);
        var longest = new string('ế', 5_000);
        await store.ExecuteAsync($"INSERT INTO words (id, length, word) VALUES (3, {long.MinValue}, '{longest}'), (4, NULL, '')");
        foreach (var (word, id) in new (string?, long?)[] { ("Việt 🇻🇳", 1), (longest, 3), ("", 4), (null, null), ("Viet", null) })
        {
            (await reads.UseAsync(ByWord, word, First, default)).ShouldBe(id, word);
        }

        (await reads.UseAsync(All, 0, static (statement, _) =>
        {
            var rows = new List<(string?, long?)>();
            while (statement.Step())
            {
                rows.Add((statement.IsNull(0) ? null : statement.Text(0), statement.IsNull(1) ? null : statement.Int64(1)));
            }

            return rows;
        }, default)).ShouldBe([("Việt 🇻🇳", 10), (null, 20), (longest, long.MinValue), ("", null)]);

        static long? First(SqliteStatement statement, string? word)
        {
            statement.Bind(1, word);
            return statement.Step() ? statement.Int64(0) : null;
        }
    }

    [Fact]
    public async Task Readings_together_see_one_state_of_the_store()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        for (var time = 0; time < 2; time++)
        {
            var (first, second) = await reads.UseAsync(Query, store, static (statement, store) =>
            {
                var first = Length(statement, 1);
                statement.Reset();
                Task.Run(() => store.ExecuteAsync("UPDATE words SET length = length + 5")).Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
                return (first, Length(statement, 2));
            }, default);
            (first, second).ShouldBe((10 + (5 * time), 20 + (5 * time)));
        }

        (await LengthAsync(reads, 1)).ShouldBe(20, "the next reading sees what was committed meanwhile");
    }

    [Fact]
    public async Task Parallel_callers_inside_the_process_do_not_get_in_each_others_way()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        var lengths = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => LengthAsync(reads, 1 + (i % 2)))));
        lengths.ShouldBe(Enumerable.Range(0, 400).Select(i => (long?)(10 * (1 + (i % 2)))));
    }

    [Fact]
    public async Task Readings_that_take_long_do_not_keep_another_one_waiting()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        using var goOn = new ManualResetEventSlim();
        using var inside = new CountdownEvent(Environment.ProcessorCount + 3);
        var slow = Enumerable.Range(0, inside.InitialCount).Select(_ => Task.Factory.StartNew(
            () => reads.UseAsync(
                Query,
                1L,
                (statement, id) =>
                {
                    inside.Signal();
                    goOn.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
                    return Length(statement, id);
                },
                default).AsTask(),
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToArray();
        inside.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue("each of them has a reader of its own");
        (await LengthAsync(reads, 2).WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(20);
        goOn.Set();
        (await Task.WhenAll(slow)).ShouldAllBe(length => length == 10);
    }

    [Fact]
    public async Task What_another_process_commits_is_seen_a_moment_later()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        (await LengthAsync(reads, 1)).ShouldBe(10);
        await store.Another().WriteAsync(tx => tx.Connection.ExecuteAsync("UPDATE words SET length = 12 WHERE id = 1", transaction: tx.Transaction), default);
        await Task.Delay(TimeSpan.FromMilliseconds(15));
        (await LengthAsync(reads, 1)).ShouldBe(12);
    }

    [Fact]
    public async Task A_reading_that_fails_hurts_only_itself()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        await LengthAsync(reads, 1);
        Func<SqliteStatement, int, int> fails = (_, _) => throw new InvalidOperationException();
        await Should.ThrowAsync<InvalidOperationException>(async () => await reads.UseAsync(Query, 0, fails, default));
        (await LengthAsync(reads, 2)).ShouldBe(20);
        await store.ExecuteAsync("UPDATE words SET length = 21 WHERE id = 2");
        (await LengthAsync(reads, 2)).ShouldBe(21);
    }

    [Fact]
    public async Task A_table_that_is_away_for_a_while_is_read_again_once_it_is_back()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        await LengthAsync(reads, 1);
        await store.ExecuteAsync("ALTER TABLE words RENAME TO away");
        (await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(() => LengthAsync(reads, 1))).Message.ShouldContain("no such table");
        await store.ExecuteAsync("ALTER TABLE away RENAME TO words");
        (await LengthAsync(reads, 1)).ShouldBe(10);
    }

    [Fact]
    public async Task Closing_closes_also_a_reading_under_way()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        var reads = new PreparedReads(store.Database);
        SqliteStatement? used = null;
        var inside = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        var reading = Task.Run(async () => await reads.UseAsync(
            Query,
            1L,
            (statement, id) =>
            {
                used = statement;
                inside.SetResult();
                goOn.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
                return Length(statement, id);
            },
            default));
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(60));
        reads.Dispose();
        goOn.Set();
        (await reading.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(10);
        Should.Throw<ObjectDisposedException>(() => used.ShouldNotBeNull().Step());
    }

    [Theory, BothStores]
    public async Task A_store_that_let_go_of_what_it_remembers_is_read_and_written_as_before(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        for (var time = 1; time <= 2; time++)
        {
            await store.Database.ShrinkAsync(default);
            await store.ExecuteAsync("UPDATE words SET length = length + 1 WHERE id = 1");
            await using var connection = await store.Database.OpenReadAsync(default);
            (await connection.ExecuteScalarAsync<long>("SELECT length FROM words WHERE id = 1")).ShouldBe(10 + time);
            if (kind == StoreKind.Sqlite)
            {
                (await LengthAsync(reads, 1)).ShouldBe(10 + time);
            }
        }
    }

    [Fact]
    public async Task A_reader_lets_go_of_the_pages_it_remembers_unless_it_is_used()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        await store.ExecuteAsync("WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO words (id, word) SELECT i, hex(zeroblob(1900)) FROM n");
        using var reader = await store.Database.OpenReaderAsync(default);
        reader.TryEnter().ShouldBeTrue();
        reader.Begin();
        var all = reader.Statement("SELECT COUNT(word) FROM words WHERE word <> 'x'");
        all.Step().ShouldBeTrue();
        all.Int64(0).ShouldBe(299);
        all.Reset();
        var remembered = reader.RememberedBytes;
        remembered.ShouldBeGreaterThan(1 << 20);
        await store.Database.ShrinkAsync(default);
        reader.RememberedBytes.ShouldBe(remembered, "somebody has it");
        reader.Leave();
        await store.Database.ShrinkAsync(default);
        reader.RememberedBytes.ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task PostgreSQL_has_no_readers_inside_the_process()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Words, Rows);
        using var reads = new PreparedReads(store.Database);
        await Should.ThrowAsync<NotSupportedException>(() => LengthAsync(reads, 1));
    }

    private static async Task<long?> LengthAsync(PreparedReads reads, long id) => await reads.UseAsync(Query, id, Length, default);

    private static long? Length(SqliteStatement statement, long id)
    {
        statement.Bind(1, id);
        return statement.Step() ? statement.Int64(0) : null;
    }
}
