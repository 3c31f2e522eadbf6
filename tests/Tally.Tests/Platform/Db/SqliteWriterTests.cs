using Dapper;
using Microsoft.Data.Sqlite;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>Statements that the writing connection keeps prepared do what ADO.NET's own commands would.</summary>
public sealed class SqliteWriterTests
{
    private const string Things = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, size BIGINT CHECK (size < 100), raw BLOB, real REAL)";
    private const string Insert = "INSERT INTO things (id, name, size, raw) VALUES (@id, @name, @size, @raw)";

    [Fact]
    public async Task Values_of_every_kind_arrive_and_none_stays_for_the_next_run()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        await store.Database.WriteAsync(
            async tx =>
            {
                await using var command = tx.Command(Insert);
                foreach (var name in (string[])["id", "@name", "size", "raw"])
                {
                    BulkInsert.Add(command, name, DBNull.Value);
                }

                foreach (var (id, name, size, raw) in new (object, object?, object, object)[] { (1L, "Việt 🇻🇳", (short)5, new byte[] { 0, 255 }), (2, null, true, DBNull.Value), (long.MaxValue, "", DBNull.Value, Array.Empty<byte>()) })
                {
                    (command.Parameters[0].Value, command.Parameters[1].Value, command.Parameters[2].Value, command.Parameters[3].Value) = (id, name ?? DBNull.Value, size, raw);
                    (await command.ExecuteNonQueryAsync()).ShouldBe(1);
                }
            },
            default);
        await using var connection = await store.Database.OpenReadAsync(default);
        var rows = (await connection.QueryAsync<(long Id, string? Name, long? Size, byte[]? Raw)>("SELECT id, name, size, raw FROM things ORDER BY id")).ToList();
        rows.Select(r => (r.Id, r.Name, r.Size)).ShouldBe([(1, "Việt 🇻🇳", 5), (2, null, 1), (long.MaxValue, "", null)]);
        rows.Select(r => r.Raw).ToList().ShouldSatisfyAllConditions(r => r[0].ShouldBe([0, 255]), r => r[1].ShouldBeNull(), r => r[2].ShouldBeEmpty());
    }

    [Fact]
    public async Task It_says_how_many_rows_it_has_changed()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        for (var time = 1; time <= 3; time++)
        {
            (await RunAsync(store, "INSERT INTO things (id, size) VALUES (@a, 1), (@b, 2)", new { a = time * 10, b = (time * 10) + 1 })).ShouldBe(2);
            (await RunAsync(store, "UPDATE things SET name = @name WHERE id < @id", new { name = "x", id = (time * 10) + 1 })).ShouldBe((2 * time) - 1);
            (await RunAsync(store, "DELETE FROM things WHERE id = @id", new { id = 12345 })).ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_it_cannot_keep_goes_the_usual_way()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        (await RunAsync(store, "INSERT INTO things (id, real) VALUES (@id, @real)", new { id = 1, real = 1.5 })).ShouldBe(1);
        (await RunAsync(store, "INSERT INTO things (id) VALUES (@a); INSERT INTO things (id) VALUES (@b)", new { a = 2, b = 3 })).ShouldBe(2);
        (await Should.ThrowAsync<SqliteException>(() => RunAsync(store, "INSERT INTO nowhere (id) VALUES (1)"))).Message.ShouldContain("no such table");
        await Should.ThrowAsync<InvalidOperationException>(() => store.Database.WriteAsync(
            async tx =>
            {
                await using var command = tx.Command(Insert);
                BulkInsert.Add(command, "id", 9L);
                await command.ExecuteNonQueryAsync();
            },
            default));
        (await CountAsync(store)).ShouldBe(3);
    }

    [Fact]
    public async Task A_failure_is_the_same_as_ever_and_the_statement_works_again_afterwards()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        await AddAsync(1, 5);
        DatabaseFailure.Of(await Should.ThrowAsync<SqliteException>(() => AddAsync(1, 6))).ShouldBe(FailureKind.Conflict);
        (await Should.ThrowAsync<SqliteException>(() => AddAsync(2, 100))).Message.ShouldContain("CHECK constraint failed");
        await AddAsync(2, 7);
        (await CountAsync(store)).ShouldBe(2);

        Task AddAsync(long id, long size) => RunAsync(store, "INSERT INTO things (id, size) VALUES (@id, @size)", new { id, size });
    }

    [Fact]
    public async Task The_tables_may_change_under_a_statement_that_is_kept()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        await RunAsync(store, "INSERT INTO things (id) VALUES (@id)", new { id = 1 });
        await RunAsync(store, "ALTER TABLE things ADD COLUMN more TEXT NOT NULL DEFAULT 'm'");
        await RunAsync(store, "INSERT INTO things (id) VALUES (@id)", new { id = 2 });
        await RunAsync(store, "CREATE UNIQUE INDEX only_once ON things (more, id % 2)");
        await Should.ThrowAsync<SqliteException>(() => RunAsync(store, "INSERT INTO things (id) VALUES (@id)", new { id = 3 }));
        (await CountAsync(store)).ShouldBe(2);
    }

    [Fact]
    public async Task More_texts_than_it_keeps_all_work()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Things);
        for (var n = 0; n < 250; n++)
        {
            await RunAsync(store, $"INSERT INTO things (id, size) VALUES (@id, {n % 100})", new { id = n });
        }

        (await CountAsync(store)).ShouldBe(250);
    }

    private static Task<int> RunAsync(OpenStore store, string sql, object? values = null) =>
        store.Database.WriteAsync(tx => tx.Connection.ExecuteAsync(sql, values, tx.Transaction), default);

    private static async Task<long> CountAsync(OpenStore store)
    {
        await using var connection = await store.Database.OpenReadAsync(default);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM things");
    }
}
