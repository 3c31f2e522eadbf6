using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class SqlTests
{
    private const string Rows = "CREATE TABLE things (id BIGINT PRIMARY KEY)";

    [Theory, BothStores]
    public async Task Any_of_finds_exactly_the_rows_that_are_named(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Rows, "INSERT INTO things (id) VALUES (1), (2), (3), (9000000000000000000)");
        (await FindAsync(store, [])).ShouldBeEmpty();
        (await FindAsync(store, [2])).ShouldBe([2]);
        (await FindAsync(store, [3, 1, 3, 4, -1])).ShouldBe([1, 3]);
        (await FindAsync(store, [long.MaxValue, long.MinValue, 9_000_000_000_000_000_000])).ShouldBe([9_000_000_000_000_000_000]);
        (await FindAsync(store, [.. Enumerable.Range(1, 5_000).Select(i => (long)i)])).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Rows_that_another_transaction_holds_are_passed_over()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Rows, "INSERT INTO things (id) VALUES (1), (2), (3)");
        await store.Database.WriteAsync(
            async tx =>
            {
                (await ClaimAsync(tx, 2)).ShouldBe([1, 2]);
                await store.Database.WriteAsync(async other => (await ClaimAsync(other, 2)).ShouldBe([3]), default);
            },
            default);
    }

    [Fact]
    public async Task Rows_that_are_locked_for_update_make_others_wait()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Rows, "INSERT INTO things (id) VALUES (1)");
        const string Lock = "SELECT id FROM things WHERE id = 1";
        await store.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection.QueryAsync(Lock + Sql.ForUpdate(tx.Kind), transaction: tx.Transaction);
                var waited = await Should.ThrowAsync<Npgsql.PostgresException>(() => store.ExecuteAsync("SET LOCAL lock_timeout = '50ms'; " + Lock + Sql.ForUpdate(tx.Kind)));
                waited.SqlState.ShouldBe(Npgsql.PostgresErrorCodes.LockNotAvailable);
            },
            default);
    }

    [Fact]
    public void Sqlite_has_one_writer_and_needs_no_row_locks()
    {
        Sql.ForUpdate(DatabaseKind.Sqlite).ShouldBeEmpty();
        Sql.SkipLocked(DatabaseKind.Sqlite).ShouldBeEmpty();
    }

    private static async Task<IEnumerable<long>> ClaimAsync(WriteTransaction tx, int limit) =>
        await tx.Connection.QueryAsync<long>($"SELECT id FROM things ORDER BY id LIMIT {limit}{Sql.SkipLocked(tx.Kind)}", transaction: tx.Transaction);

    private static async Task<IEnumerable<long>> FindAsync(OpenStore store, long[] ids)
    {
        var kind = store.Database.Kind;
        await using var connection = await store.Database.OpenReadAsync(default);
        return await connection.QueryAsync<long>($"SELECT id FROM things WHERE {Sql.AnyOf(kind, "id", "ids")} ORDER BY id", new { ids = Sql.Ids(kind, ids) });
    }
}
