using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class ChangesTests
{
    [Theory, BothStores]
    public async Task Versions_begin_at_one_and_rise_by_one_for_each_topic(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.ChangeCounters);
        (await Changes.ReadAsync(store.Database, default)).ShouldBeEmpty();
        (await BumpAsync(store.Database, "services")).ShouldBe(1);
        (await BumpAsync(store.Another(), "services")).ShouldBe(2);
        (await BumpAsync(store.Database, "accounts")).ShouldBe(1);
        var versions = await Changes.ReadAsync(store.Database, default);
        versions.ShouldBe(new Dictionary<string, long> { ["services"] = 2, ["accounts"] = 1 }, ignoreOrder: true);
    }

    [Theory, BothStores]
    public async Task A_change_that_is_undone_takes_its_version_back(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.ChangeCounters);
        await BumpAsync(store.Database, "services");
        await Should.ThrowAsync<InvalidOperationException>(() => store.Database.WriteAsync(
            async tx =>
            {
                (await Changes.BumpAsync(tx, "services")).ShouldBe(2);
                throw new InvalidOperationException();
            },
            default));
        (await BumpAsync(store.Database, "services")).ShouldBe(2);
    }

    [Theory, BothStores]
    public async Task Whoever_reads_the_version_and_then_the_rows_above_the_last_misses_none(StoreKind kind)
    {
        const int Writers = 4, Each = 30;
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.ChangeCounters, "CREATE TABLE rows (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)");
        Database[] nodes = [store.Database, store.Another()];
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await nodes[writer % 2].WriteAsync(tx => ChangeAsync(tx, (writer * Each) + i), default);
            }
        })));
        var (copy, seen) = (new HashSet<long>(), 0L);
        while (seen < Writers * Each)
        {
            var done = writing.IsCompleted;
            var version = (await Changes.ReadAsync(store.Database, default)).GetValueOrDefault("rows");
            foreach (var id in await store.ReadManyAsync<long>($"SELECT id FROM rows WHERE version > {seen}"))
            {
                copy.Add(id);
            }

            copy.Count.ShouldBeGreaterThanOrEqualTo((int)version, "each version up to the one read has its row");
            seen = version;
            (done && seen < Writers * Each).ShouldBeFalse("all writers are done, so all versions are there");
        }

        await writing;
        copy.Count.ShouldBe(Writers * Each);
        (await store.ReadManyAsync<long>("SELECT version FROM rows ORDER BY version")).ShouldBe(Enumerable.Range(1, Writers * Each).Select(i => (long)i), "no version is skipped or given twice");
    }

    private static async Task ChangeAsync(WriteTransaction tx, long id)
    {
        var version = await Changes.BumpAsync(tx, "rows");
        await tx.Connection.ExecuteAsync("INSERT INTO rows (id, version) VALUES (@id, @version)", new { id, version }, tx.Transaction);
    }

    private static Task<long> BumpAsync(Database database, string topic) => database.WriteAsync(tx => Changes.BumpAsync(tx, topic), default);
}
