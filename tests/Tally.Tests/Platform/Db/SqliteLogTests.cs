using System.Collections.Concurrent;
using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>On SQLite the disk is waited for beside the writer: what is told is on the disk all the same, and a disk that refuses ends the writing.</summary>
public sealed class SqliteLogTests : IDisposable
{
    private const string Words = "CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-log-");

    private string Store => Path.Combine(_folder.FullName, "store.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_write_ends_when_the_disk_has_it_and_the_next_ones_are_written_meanwhile()
    {
        var (syncs, disk) = (0, new ManualResetEventSlim(true));
        await using var database = new SqliteDatabase(Store, file =>
        {
            Interlocked.Increment(ref syncs);
            disk.Wait(Patience).ShouldBeTrue();
            FileSync.ToDisk(file);
        });
        await ExecuteAsync(database, Words);
        disk.Reset();
        var before = syncs;
        var first = InsertAsync(database, 1);
        await TestPanel.WaitAsync(() => Task.FromResult(Volatile.Read(ref syncs) == before + 1), "the disk is asked");
        var ahead = await database.WriteAheadAsync(tx => tx.Connection.ExecuteScalarAsync<long>("INSERT INTO words (id) SELECT COUNT(*) + 1 FROM words RETURNING id", transaction: tx.Transaction), default);
        var others = Enumerable.Range(3, 20).Select(id => InsertAsync(database, id)).ToList();
        ahead.Result.ShouldBe(2, "the next transaction sees the one before");
        await using (var connection = await database.OpenReadAsync(default))
        {
            await TestPanel.WaitAsync(async () => await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM words") == 22, "all are written");
        }

        var read = database.DurableAsync(default);
        await Task.Delay(100);
        (first.IsCompleted, ahead.Durable.IsCompleted, read.IsCompleted, others.Exists(o => o.IsCompleted)).ShouldBe((false, false, false, false));
        disk.Set();
        await Task.WhenAll([first, ahead.Durable, read, .. others]).WaitAsync(Patience);
        syncs.ShouldBe(before + 2, "one was under way, and all others share the next");
    }

    /// <summary>What the disk holds after each sync is kept aside; whatever was told must be in what it held then, as after a power cut.</summary>
    [Fact]
    public async Task Whatever_was_told_is_on_the_disk()
    {
        var held = 0;
        await using (var database = new SqliteDatabase(Store, file =>
        {
            FileSync.ToDisk(file);
            var copy = Directory.CreateDirectory(Path.Combine(_folder.FullName, $"disk{held + 1}")).FullName;
            File.Copy(Store, Path.Combine(copy, "store.db"));
            File.Copy(Store + "-wal", Path.Combine(copy, "store.db-wal"));
            Interlocked.Increment(ref held);
        }))
        {
            await ExecuteAsync(database, Words);
            var told = new ConcurrentBag<(long Id, int Disk)>();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; i < 25; i++)
                {
                    var id = (caller * 1_000) + i;
                    await InsertAsync(database, id);
                    told.Add((id, Volatile.Read(ref held)));
                }
            })));
            told.Count.ShouldBe(200);
            foreach (var disk in told.GroupBy(t => t.Disk))
            {
                await using var restored = Database.Open(Path.Combine(_folder.FullName, $"disk{disk.Key}", "store.db"));
                await using var connection = await restored.OpenReadAsync(default);
                var there = (await connection.QueryAsync<long>("SELECT id FROM words")).ToHashSet();
                disk.Select(t => t.Id).Where(id => !there.Contains(id)).ShouldBeEmpty();
            }
        }

        held.ShouldBeInRange(2, 201);
    }

    [Fact]
    public async Task A_disk_that_refuses_makes_the_commit_unknown_and_nothing_is_written_until_the_store_is_opened_anew()
    {
        var full = false;
        await using (var database = new SqliteDatabase(Store, file =>
        {
            if (Volatile.Read(ref full))
            {
                throw new IOException("planted");
            }

            FileSync.ToDisk(file);
        }))
        {
            await ExecuteAsync(database, Words);
            await InsertAsync(database, 1);
            Volatile.Write(ref full, true);
            (await Should.ThrowAsync<CommitUnknownException>(() => InsertAsync(database, 2))).Message.ShouldContain("until the node is started again");
            Volatile.Write(ref full, false);
            DatabaseFailure.Of(await Should.ThrowAsync<StoreUnavailableException>(() => InsertAsync(database, 3))).ShouldBe(FailureKind.Unavailable, "the system may say that all is well the second time, though it has dropped what it could not write");
            await Should.ThrowAsync<CommitUnknownException>(() => database.DurableAsync(default));
        }

        await using var anew = Database.Open(Store);
        await InsertAsync(anew, 4);
        await using var connection = await anew.OpenReadAsync(default);
        (await connection.QueryAsync<long>("SELECT id FROM words WHERE id <> 2 ORDER BY id")).ShouldBe([1, 4]);
    }

    /// <summary>By a connection that has read nothing before, which to SQLite is one that has no log.</summary>
    [Fact]
    public async Task A_long_log_is_copied_without_the_writer()
    {
        await using var database = new SqliteDatabase(Store);
        await ExecuteAsync(database, Words);
        await ExecuteAsync(database, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO words (id, word) SELECT i, hex(zeroblob(1900)) FROM n");
        await TestPanel.WaitAsync(() => Task.FromResult(new FileInfo(Store).Length > 20_000 * 3_800L), "nothing is written any more, and all is copied all the same");
    }

    /// <summary>The readers that stay in a state of the store must not keep the log from being emptied: it would grow without end.</summary>
    [Fact]
    public async Task The_log_is_emptied_while_readers_read_all_the_time()
    {
        await using var database = new SqliteDatabase(Store);
        const string Query = "SELECT COUNT(*) FROM words WHERE id = ?1";
        using var reads = new PreparedReads(database);
        await ExecuteAsync(database, Words);
        using var end = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await reads.UseAsync(Query, 7L, One, default);
            }
        })).ToList();
        const int Rows = 120_000; // a page of 4 KiB each: seven times what makes the log be copied
        for (var id = 0; id < Rows; id += 200)
        {
            await ExecuteAsync(database, $"WITH RECURSIVE n (i) AS (SELECT {id} UNION ALL SELECT i + 1 FROM n WHERE i < {id + 199}) INSERT INTO words (id, word) SELECT i, hex(zeroblob(1900)) FROM n");
        }

        await end.CancelAsync();
        await Task.WhenAll(reading);
        (await reads.UseAsync(Query, (long)Rows - 1, One, default)).ShouldBe(1);
        new FileInfo(Store + "-wal").Length.ShouldBeLessThan(230L << 20, "of 490 MiB: 64, or where disk and readers are slow, three times as much");

        static long One(SqliteStatement statement, long id)
        {
            statement.Bind(1, id);
            return statement.Step() ? statement.Int64(0) : -1;
        }
    }

    private static Task ExecuteAsync(Database database, string sql) => database.WriteAsync(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Transaction), default);

    private static Task InsertAsync(Database database, long id) => database.WriteAsync(tx => tx.Connection.ExecuteAsync("INSERT INTO words (id) VALUES (@id)", new { id }, tx.Transaction), default);
}
