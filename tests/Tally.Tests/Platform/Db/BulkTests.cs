using CsCheck;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class BulkTests
{
    private const string Things =
        """
        CREATE TABLE things (
          id BIGINT PRIMARY KEY, amount BIGINT NOT NULL, maybe BIGINT NULL, run INTEGER NULL, runs INTEGER NOT NULL, flag SMALLINT NOT NULL,
          name TEXT NOT NULL, note TEXT NULL, version BIGINT NOT NULL DEFAULT 0)
        """;

    private const string Select = "SELECT id, amount, maybe, run, runs, flag, name, note FROM things ORDER BY id";

    private static readonly Thing[] Some =
    [
        new(1, long.MaxValue, null, null, int.MinValue, 0, "", null),
        new(2, long.MinValue, 0, 0, 0, 1, "it's \"quoted\", {braced}, \\ and NULL", ""),
        new(3, 0, long.MinValue, int.MaxValue, int.MaxValue, short.MaxValue, "Việt 🇻🇳\r\nline\t", "NULL"),
        new(4, -1, -1, -1, -1, short.MinValue, new string('x', 100_000), new string('đ', 3_000)),
    ];

    [Theory, BothStores]
    public async Task Every_kind_of_column_arrives_as_it_was_given(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await InsertAsync(store, Some);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe(Some);
    }

    [Theory, BothStores]
    public async Task Many_rows_arrive_in_one_go(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        var rows = Enumerable.Range(1, 3_000).Select(i => new Thing(i, i, i % 3 == 0 ? null : i, i % 2 == 0 ? null : i, i, 1, "n" + i, i % 5 == 0 ? null : "x")).ToArray();
        await InsertAsync(store, rows);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe(rows);
    }

    [Theory, BothStores]
    public async Task Updates_change_the_named_rows_and_tell_how_many_there_were(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await InsertAsync(store, Some);
        var changed = await store.Database.WriteAsync(
            tx => BulkUpdate.ByIdAsync(
                tx, "things", [3, 99, 1], "version = version + 1", default, new BulkColumn("maybe", new long?[] { null, 5, 7 }),
                new BulkColumn("flag", new short[] { 2, 3, 4 }), new BulkColumn("note", new[] { null, "nobody", "ba'ck" })),
            default);
        changed.ShouldBe(2);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe(
            [Some[0] with { Maybe = 7, Flag = 4, Note = "ba'ck" }, Some[1], Some[2] with { Maybe = null, Flag = 2, Note = null }, Some[3]]);
        (await store.ReadManyAsync<long>("SELECT version FROM things ORDER BY id")).ShouldBe([1, 0, 1, 0]);
    }

    [Theory, BothStores]
    public async Task Updates_without_a_tail_change_only_the_columns(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await InsertAsync(store, Some);
        (await store.Database.WriteAsync(tx => BulkUpdate.ByIdAsync(tx, "things", [2], null, default, new BulkColumn("amount", new long[] { 5 })), default)).ShouldBe(1);
        (await store.ReadManyAsync<Thing>(Select))[1].ShouldBe(Some[1] with { Amount = 5 });
    }

    [Theory, BothStores]
    public async Task What_is_said_to_stay_as_it_is_stays_and_the_rest_is_written(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        var value = Gen.Select(Gen.Long[0, 2], Gen.Long[0, 1].Nullable(), Gen.Short[0, 1], Gen.Int[0, 2].Select(i => i == 0 ? null : "n" + i));
        await Gen.Select(value, value).Array[1, 12].SampleAsync(
            async given =>
            {
                await store.ExecuteAsync("DELETE FROM things");
                var before = given.Select((g, i) => Of(i, g.Item1)).ToArray();
                var after = given.Select((g, i) => Of(i, g.Item2)).ToArray();
                await InsertAsync(store, before);
                var changed = await store.Database.WriteAsync(
                    tx => BulkUpdate.ByIdAsync(
                        tx, "things", [.. before.Select(b => b.Id)], "version = version + 1", default, Compared(before, after, "amount", t => t.Amount), Compared(before, after, "maybe", t => t.Maybe),
                        Compared(before, after, "flag", t => t.Flag), Compared(before, after, "note", t => t.Note)),
                    default);
                changed.ShouldBe(before.Length);
                (await store.ReadManyAsync<Thing>(Select)).ShouldBe(after);
                (await store.ReadManyAsync<long>("SELECT version FROM things")).ShouldAllBe(v => v == 1);
            },
            iter: 40,
            threads: 1);

        static Thing Of(int id, (long Amount, long? Maybe, short Flag, string? Note) v) => new(id, v.Amount, v.Maybe, null, 0, v.Flag, "n", v.Note);
    }

    [Theory, BothStores]
    public async Task A_row_in_which_nothing_changes_and_nothing_is_added_is_there_all_the_same(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await InsertAsync(store, Some);
        var same = new BulkColumn("amount", new[] { Some[0].Amount, 5 }) { Changed = [false, false] };
        (await store.Database.WriteAsync(tx => BulkUpdate.ByIdAsync(tx, "things", [1, 99], null, default, same), default)).ShouldBe(1);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe(Some);
    }

    [Theory, BothStores]
    public async Task Updates_leave_a_row_alone_in_which_a_column_is_no_longer_what_it_was(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await InsertAsync(store, Some);
        await store.ExecuteAsync("UPDATE things SET version = 7 WHERE id = 2");
        var changed = await store.Database.WriteAsync(
            tx => BulkUpdate.ByIdAsync(
                tx, "things", [1, 2, 3, 99], new BulkColumn("version", new long[] { 0, 0, 1, 0 }), default, new BulkColumn("maybe", new long?[] { null, 5, 6, 7 }),
                new BulkColumn("note", new[] { "a", "b", "c", null })),
            default);
        changed.ShouldBe(1);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe([Some[0] with { Maybe = null, Note = "a" }, Some[1], Some[2], Some[3]]);
        (await store.ReadManyAsync<long>("SELECT version FROM things ORDER BY id")).ShouldBe([0, 7, 0, 0]);

        var still = new BulkColumn("version", new long[] { 0 });
        await Should.ThrowAsync<ArgumentException>(() => store.Database.WriteAsync(
            tx => BulkUpdate.ByIdAsync(tx, "things", [1, 3], still, default, new BulkColumn("maybe", new long?[] { 1, 2 })), default));
    }

    [Fact]
    public async Task On_SQLite_a_column_that_stays_as_it_is_is_not_even_named()
    {
        // A trigger of SQLite's fires when its column is named, and so does the work on every index that has the column.
        await using var store = await OpenStore.CreateAsync(
            StoreKind.Sqlite, Things, "CREATE TABLE named (id BIGINT NOT NULL, name TEXT NOT NULL)",
            "CREATE TRIGGER flagged AFTER UPDATE OF flag ON things BEGIN INSERT INTO named VALUES (NEW.id, 'flag'); END",
            "CREATE TRIGGER noted AFTER UPDATE OF note ON things BEGIN INSERT INTO named VALUES (NEW.id, 'note'); END");
        await InsertAsync(store, Some);
        await store.Database.WriteAsync(
            tx => BulkUpdate.ByIdAsync(
                tx, "things", [1, 2, 3], "version = version + 1", default, new BulkColumn("flag", new short[] { 9, 1, 9 }) { Changed = [true, false, true] },
                new BulkColumn("note", new[] { null, "", "new" }) { Changed = [false, false, true] }),
            default);
        (await store.ReadManyAsync<string>("SELECT id || name FROM named ORDER BY 1")).ShouldBe(["1flag", "3flag", "3note"]);
        (await store.ReadManyAsync<Thing>(Select)).ShouldBe([Some[0] with { Flag = 9 }, Some[1], Some[2] with { Flag = 9, Note = "new" }, Some[3]]);
    }

    [Theory, BothStores]
    public async Task No_row_is_no_statement(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await store.Database.WriteAsync(tx => BulkInsert.IntoAsync(tx, "nowhere", default, new BulkColumn("id", Array.Empty<long>())), default);
        (await store.Database.WriteAsync(tx => BulkUpdate.ByIdAsync(tx, "nowhere", [], null, default, new BulkColumn("v", Array.Empty<long>())), default)).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Columns_of_other_lengths_are_refused_before_anything_is_written(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, "CREATE TABLE pairs (id BIGINT PRIMARY KEY, v BIGINT NULL)");
        (long[] Ids, long[] Values)[] lopsided = [([1, 2], [1]), ([1], [1, 2]), ([], [1]), ([1], [])];
        foreach (var (ids, values) in lopsided)
        {
            await Should.ThrowAsync<ArgumentException>(() => store.Database.WriteAsync(
                tx => BulkInsert.IntoAsync(tx, "pairs", default, new BulkColumn("id", ids), new BulkColumn("v", values)), default));
            await Should.ThrowAsync<ArgumentException>(() => store.Database.WriteAsync(tx => BulkUpdate.ByIdAsync(tx, "pairs", ids, null, default, new BulkColumn("v", values)), default));
        }

        var told = new BulkColumn("v", new long[] { 1, 2 }) { Changed = [true] };
        await Should.ThrowAsync<ArgumentException>(() => store.Database.WriteAsync(tx => BulkUpdate.ByIdAsync(tx, "pairs", [1, 2], null, default, told), default));
        (await store.ReadAsync<long>("SELECT COUNT(*) FROM pairs")).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task One_row_that_cannot_be_inserted_keeps_all_out(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        await Should.ThrowAsync<Exception>(() => InsertAsync(store, [Some[0], Some[1], Some[0]]));
        (await store.ReadAsync<long>("SELECT COUNT(*) FROM things")).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Whatever_rows_are_written_are_read_back(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Things);
        var text = Gen.String[Gen.Char["aZ09 '\"\\{},;\n\réđ€\u2028"], 0, 12];
        var row = Gen.Select(Gen.Long, Gen.Long.Nullable(), Gen.Int.Nullable(), Gen.Short, text, text.Null());
        await row.Array[0, 20].SampleAsync(
            async given =>
            {
                await store.ExecuteAsync("DELETE FROM things");
                var rows = given.Select((g, i) => new Thing(i, g.Item1, g.Item2, g.Item3, i, g.Item4, g.Item5, g.Item6)).ToArray();
                await InsertAsync(store, rows);
                (await store.ReadManyAsync<Thing>(Select)).ShouldBe(rows);
            },
            iter: 40,
            threads: 1);
    }

    private static BulkColumn Compared<T>(Thing[] before, Thing[] after, string name, Func<Thing, T> value) =>
        new(name, after.Select(value).ToArray()) { Changed = [.. before.Zip(after, (b, a) => !Equals(value(b), value(a)))] };

    private static Task InsertAsync(OpenStore store, Thing[] rows) => store.Database.WriteAsync(
        tx => BulkInsert.IntoAsync(
            tx, "things", default, new BulkColumn("id", rows.Select(r => r.Id).ToArray()), new BulkColumn("amount", rows.Select(r => r.Amount).ToArray()),
            new BulkColumn("maybe", rows.Select(r => r.Maybe).ToArray()), new BulkColumn("run", rows.Select(r => r.Run).ToArray()),
            new BulkColumn("runs", rows.Select(r => r.Runs).ToArray()), new BulkColumn("flag", rows.Select(r => r.Flag).ToArray()),
            new BulkColumn("name", rows.Select(r => r.Name).ToArray()), new BulkColumn("note", rows.Select(r => r.Note).ToArray())),
        default);

    private sealed record Thing
    {
        public Thing()
        {
        }

        public Thing(long id, long amount, long? maybe, int? run, int runs, short flag, string name, string? note) =>
            (Id, Amount, Maybe, Run, Runs, Flag, Name, Note) = (id, amount, maybe, run, runs, flag, name, note);

        public long Id { get; init; }

        public long Amount { get; init; }

        public long? Maybe { get; init; }

        public int? Run { get; init; }

        public int Runs { get; init; }

        public short Flag { get; init; }

        public string Name { get; init; } = "";

        public string? Note { get; init; }
    }
}
