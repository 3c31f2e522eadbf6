using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Testing;
using Tally.Tests.Platform.Db;
using Xunit;

namespace Tally.Tests.Platform.Jobs;

public sealed class LeasesTests
{
    private const string Tasks = "CREATE TABLE tasks (id BIGINT PRIMARY KEY, state BIGINT NOT NULL, due_at BIGINT NULL, lease_by TEXT NULL, tries BIGINT NOT NULL DEFAULT 0)";

    [Theory, BothStores]
    public async Task The_oldest_due_rows_are_claimed_and_no_others(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Tasks, "INSERT INTO tasks (id, state, due_at) VALUES (1, 1, 30), (2, 1, 10), (3, 1, 20), (4, 1, 101), (5, 2, 5), (6, 1, NULL)");
        (await ClaimAsync(store.Database, "a", now: 100, atMost: 2)).ShouldBe([2, 3], ignoreOrder: true);
        (await ClaimAsync(store.Database, "b", now: 100, atMost: 10)).ShouldBe([1]);
        (await ClaimAsync(store.Database, "b", now: 100, atMost: 10)).ShouldBeEmpty();
        (await store.ReadManyAsync<string>("SELECT lease_by FROM tasks WHERE lease_by IS NOT NULL ORDER BY id")).ShouldBe(["b", "a", "a"]);
        (await store.ReadAsync<long>("SELECT SUM(tries) FROM tasks")).ShouldBe(3, "the claim's own changes are made with it");
    }

    [Theory, BothStores]
    public async Task A_dead_nodes_rows_are_due_again_when_its_lease_has_run_out(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Tasks, "INSERT INTO tasks (id, state, due_at) VALUES (1, 1, 0)");
        (await ClaimAsync(store.Database, "dead", now: 100, atMost: 1)).ShouldBe([1]);
        (await ClaimAsync(store.Database, "heir", now: 149, atMost: 1)).ShouldBeEmpty();
        (await ClaimAsync(store.Database, "heir", now: 150, atMost: 1)).ShouldBe([1]);
    }

    [Theory, BothStores]
    public async Task Two_nodes_at_once_never_claim_the_same_row(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Tasks);
        long[] ids = [.. Enumerable.Range(1, 200).Select(i => (long)i)];
        await store.Database.WriteAsync(
            tx => BulkInsert.IntoAsync(tx, "tasks", default, new BulkColumn("id", ids), new BulkColumn("state", ids.Select(_ => 1L).ToArray()), new BulkColumn("due_at", ids)), default);
        Database[] nodes = [store.Database, store.Another()];
        var claimed = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var tries = 0; tries < 40; tries++)
            {
                mine.AddRange(await ClaimAsync(nodes[worker % 2], "w" + worker, now: 1_000, atMost: 7));
            }

            return mine;
        })));
        claimed.SelectMany(c => c).Order().ShouldBe(ids);
    }

    private static Task<IEnumerable<long>> ClaimAsync(Database database, string node, long now, int atMost) => database.WriteAsync(
        tx => tx.Connection.QueryAsync<long>(
            Leases.ClaimSql(tx.Kind, "tasks", "state = @state", "tries = tries + 1", "id"), new { state = 1, now, until = now + 50, node, atMost }, tx.Transaction),
        default);
}
