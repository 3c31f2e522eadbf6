using System.Data.Common;
using Dapper;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class ReadBatcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Keys_that_come_while_a_query_runs_are_read_by_the_next_one_each_once()
    {
        var held = new HeldWork<int>();
        await using var reads = Held(held);
        var first = reads.ReadAsync(1);
        await held.BegunAsync();
        var others = new[] { 2, 3, 2, 4, 2 }.Select(reads.ReadAsync).ToList();
        held.LetGo(2);
        (await first.WaitAsync(Patience)).ShouldBe("1!");
        (await Task.WhenAll(others).WaitAsync(Patience)).ShouldBe(["2!", "3!", "2!", "4!", "2!"]);
        held.Batches.Select(b => b.Order().ToArray()).ShouldBe([[1], [2, 3, 4]]);
    }

    [Fact]
    public async Task No_query_takes_more_keys_than_it_may()
    {
        var held = new HeldWork<int>();
        await using var reads = Held(held, maxBatch: 3);
        var all = new List<Task<string>> { reads.ReadAsync(0) };
        await held.BegunAsync();
        all.AddRange(Enumerable.Range(1, 7).Select(reads.ReadAsync));
        held.LetGo(4);
        await Task.WhenAll(all).WaitAsync(Patience);
        held.Batches.Select(b => b.Length).ShouldBe([1, 3, 3, 1]);
    }

    [Fact]
    public async Task What_is_not_there_is_answered_as_was_said_and_fails_nobody_elses_read()
    {
        var held = new HeldWork<long>();
        await using var reads = new ReadBatcher<long, string>(
            keys =>
            {
                held.Hold(keys);
                return new Dictionary<long, string> { [1] = "one" };
            },
            key => key == 2 ? "none" : throw new KeyNotFoundException($"No {key}"));
        var first = reads.ReadAsync(1);
        await held.BegunAsync();
        var (missing, unheardOf, there) = (reads.ReadAsync(2), reads.ReadAsync(3), reads.ReadAsync(1));
        held.LetGo(2);
        (await Task.WhenAll(first, missing, there).WaitAsync(Patience)).ShouldBe(["one", "none", "one"]);
        (await Should.ThrowAsync<KeyNotFoundException>(() => unheardOf.WaitAsync(Patience))).Message.ShouldBe("No 3");
        held.Batches.Select(b => b.Order().ToArray()).ShouldBe([[1], [1, 2, 3]]);
    }

    [Fact]
    public async Task An_outage_and_a_fault_are_told_to_those_of_the_batch_and_later_ones_are_read()
    {
        Exception? failure = new NpgsqlException("gone", new IOException());
        await using var reads = new ReadBatcher<int, string>(
            keys => failure is null ? keys.ToDictionary(k => k, k => k + "!") : throw failure,
            Missing);
        (await Should.ThrowAsync<StoreUnavailableException>(() => reads.ReadAsync(1).WaitAsync(Patience))).InnerException.ShouldBeSameAs(failure);
        failure = new InvalidOperationException("fault");
        (await Should.ThrowAsync<InvalidOperationException>(() => reads.ReadAsync(1).WaitAsync(Patience))).ShouldBeSameAs(failure);
        failure = null;
        (await reads.ReadAsync(1).WaitAsync(Patience)).ShouldBe("1!");
    }

    [Fact]
    public async Task Too_many_keys_are_refused_at_once()
    {
        var held = new HeldWork<int>();
        await using var reads = Held(held, capacity: 2);
        var all = new List<Task<string>> { reads.ReadAsync(0) };
        await held.BegunAsync();
        all.AddRange(new[] { 1, 2 }.Select(reads.ReadAsync));
        var refused = reads.ReadAsync(3);
        refused.IsFaulted.ShouldBeTrue("nobody waits to be refused");
        await Should.ThrowAsync<StoreUnavailableException>(() => refused);
        held.LetGo(3);
        await Task.WhenAll(all).WaitAsync(Patience);
    }

    [Fact]
    public async Task Closing_answers_those_who_wait_and_takes_no_more()
    {
        var held = new HeldWork<int>();
        var reads = Held(held);
        var first = reads.ReadAsync(1);
        await held.BegunAsync();
        var second = reads.ReadAsync(2);
        var closing = reads.DisposeAsync().AsTask();
        await Should.ThrowAsync<StoreUnavailableException>(() => reads.ReadAsync(3));
        held.LetGo(2);
        await closing.WaitAsync(Patience);
        (await Task.WhenAll(first, second)).ShouldBe(["1!", "2!"]);
    }

    [Theory, BothStores]
    public async Task Many_callers_over_a_real_store_each_get_the_row_of_their_key(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, "CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT NOT NULL)");
        long[] ids = [.. Enumerable.Range(1, 200).Select(i => (long)i)];
        await store.Database.WriteAsync(
            tx => BulkInsert.IntoAsync(tx, "words", default, new BulkColumn("id", ids), new BulkColumn("word", ids.Select(i => "word " + i).ToArray())), default);
        await using var reads = new ReadBatcher<long, string?>(
            keys =>
            {
                using var connection = Open(store.Database);
                var rows = connection.Query<(long Id, string Word)>(
                    $"SELECT id, word FROM words WHERE {Sql.AnyOf(store.Database.Kind, "id", "ids")}", new { ids = Sql.Ids(store.Database.Kind, keys) });
                return rows.ToDictionary(r => r.Id, string? (r) => r.Word);
            },
            _ => null, maxBatch: 20);
        var asked = Enumerable.Range(0, 600).Select(i => (long)(i * 7 % 300)).ToList();
        var answers = await Task.WhenAll(asked.Select(key => Task.Run(() => reads.ReadAsync(key).WaitAsync(Patience))));
        answers.ShouldBe(asked.Select(key => key is >= 1 and <= 200 ? "word " + key : null));
    }

    [Fact]
    public async Task A_connection_that_has_been_cut_is_an_unavailable_store_and_later_reads_take_another_one()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, "CREATE TABLE words (id BIGINT PRIMARY KEY)", "INSERT INTO words VALUES (1)");
        await using var reads = new ReadBatcher<long, long>(
            keys =>
            {
                using var connection = Open(store.Database);
                return connection.Query<long>("SELECT id FROM words WHERE id = ANY(@keys)", new { keys = keys.ToArray() }).ToDictionary(id => id);
            },
            static _ => -1);
        (await Task.WhenAll(reads.ReadAsync(1), reads.ReadAsync(2)).WaitAsync(Patience)).ShouldBe([1, -1]);
        await store.KillConnectionsAsync();
        await Should.ThrowAsync<StoreUnavailableException>(() => reads.ReadAsync(1).WaitAsync(Patience));
        await TestPanel.WaitAsync(async () => await AnswersAsync(reads), "reads are answered again");

        static async Task<bool> AnswersAsync(ReadBatcher<long, long> reads)
        {
            try
            {
                return await reads.ReadAsync(1).WaitAsync(Patience) == 1;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        }
    }

    // On the batcher's thread.
    private static DbConnection Open(Database database) =>
        database.Kind == DatabaseKind.Postgres ? database.OpenBlocking() : database.OpenReadAsync(default).AsTask().GetAwaiter().GetResult();

    private static ReadBatcher<int, string> Held(HeldWork<int> held, int maxBatch = 100, int capacity = 1_000) => new(
        keys =>
        {
            held.Hold(keys);
            return keys.ToDictionary(k => k, k => k + "!");
        },
        Missing, maxBatch, capacity);

    private static string Missing(int key) => throw new KeyNotFoundException($"No {key}");
}
