using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class IdAllocatorTests
{
    private const string Next = "SELECT next FROM id_blocks WHERE name = 'order'";

    [Theory, BothStores]
    public async Task Ids_begin_at_one_and_rise_without_gaps(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks);
        using var ids = new IdAllocator(store.Database, TimeProvider.System, "order");
        (await ids.TakeAsync(default)).ShouldBe(1);
        (await ids.TakeAsync(3, default)).ShouldBe([2, 3, 4]);
        (await ids.TakeAsync(2_500, default)).ShouldBe(Enumerable.Range(5, 2_500).Select(i => (long)i));
    }

    [Theory, BothStores]
    public async Task Ids_are_unique_over_parallel_callers_of_two_nodes_and_rise_for_each(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks);
        using var one = new IdAllocator(store.Database, TimeProvider.System, "order");
        using var other = new IdAllocator(store.Another(), TimeProvider.System, "order");
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 1; i <= 40; i++)
            {
                mine.AddRange(await (caller % 2 == 0 ? one : other).TakeAsync(1 + (i % 7), default));
            }

            return mine;
        })));
        taken.ShouldAllBe(mine => mine.Order().SequenceEqual(mine));
        var all = taken.SelectMany(mine => mine).ToList();
        all.Distinct().Count().ShouldBe(all.Count);
        all.Min().ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Names_count_by_themselves(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks);
        using var orders = new IdAllocator(store.Database, TimeProvider.System, "order");
        using var refills = new IdAllocator(store.Database, TimeProvider.System, "refill");
        (await orders.TakeAsync(5, default))[^1].ShouldBe(5);
        (await refills.TakeAsync(default)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Blocks_grow_while_they_are_used_up_quickly_and_shrink_when_it_is_quiet(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks);
        var time = new FakeTimeProvider();
        using var ids = new IdAllocator(store.Database, time, "order");
        var (blocks, before) = (new List<long>(), 1L);
        for (var block = 0; block < 10; block++)
        {
            await TakeBlockAsync();
        }

        blocks.ShouldBe([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
        blocks.Clear();
        for (var block = 0; block < 8; block++)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await TakeBlockAsync();
        }

        blocks.ShouldBe([500, 250, 125, 62, 31, 15, 10, 10]);

        async Task TakeBlockAsync()
        {
            (await ids.TakeAsync(default)).ShouldBe(before);
            var next = await store.ReadAsync<long>(Next);
            blocks.Add(next - before);
            await ids.TakeAsync((int)(next - before) - 1 is var rest and > 0 ? rest : 1, default);
            before = next;
        }
    }

    [Theory, BothStores]
    public async Task A_node_that_starts_again_never_gives_an_id_twice(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks);
        using (var before = new IdAllocator(store.Database, TimeProvider.System, "order"))
        {
            (await before.TakeAsync(3, default))[^1].ShouldBe(3);
        }

        using var after = new IdAllocator(store.Another(), TimeProvider.System, "order");
        (await after.TakeAsync(default)).ShouldBe(11, "a quiet panel wastes at most ten numbers");
    }

    [Theory, BothStores]
    public async Task The_end_of_the_ids_is_an_error_and_not_an_id_too_many(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.Blocks, $"INSERT INTO id_blocks (name, next) VALUES ('order', {int.MaxValue - 14})");
        using var ids = new IdAllocator(store.Database, new FakeTimeProvider(), "order");
        var last = (await ids.TakeAsync(10, default))[^1];
        last.ShouldBe(int.MaxValue - 5);
        for (var again = 0; again < 2; again++)
        {
            (await Should.ThrowAsync<InvalidOperationException>(async () => await ids.TakeAsync(10, default))).Message.ShouldContain("'order' have come to their end at 2147483647");
        }
    }

    [Theory, BothStores]
    public async Task A_store_that_fails_costs_no_ids_that_were_not_given(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        using var ids = new IdAllocator(store.Database, TimeProvider.System, "order");
        await Should.ThrowAsync<Exception>(async () => await ids.TakeAsync(default));
        await store.ExecuteAsync(OpenStore.Blocks);
        (await ids.TakeAsync(default)).ShouldBe(1);
    }

    [Fact]
    public async Task No_ids_at_all_cannot_be_asked_for()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, OpenStore.Blocks);
        using var ids = new IdAllocator(store.Database, TimeProvider.System, "order");
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await ids.TakeAsync(0, default));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await ids.TakeAsync(-1, default));
    }
}
