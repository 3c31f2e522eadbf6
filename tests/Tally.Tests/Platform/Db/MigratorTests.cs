using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;
using static Tally.Tests.Platform.Db.PlantedMigrations;

namespace Tally.Tests.Platform.Db;

public sealed class MigratorTests
{
    private static readonly (string, string) First = ("0001-first/up.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY)");
    private static readonly (string, string) Second = ("0002-second/up.sql", "CREATE TABLE second (id BIGINT PRIMARY KEY); INSERT INTO second (id) VALUES (7)");

    [Theory, BothStores]
    public async Task An_empty_store_takes_all_steps_in_order_and_then_none(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        var migrator = Of(store.Database, Module("a", Second, First), Module("b", First with { Item2 = "CREATE TABLE of_b (id BIGINT PRIMARY KEY)" }));
        (await migrator.StateAsync(default)).Applied.ShouldBeEmpty();
        Names(await migrator.MigrateAsync(default)).ShouldBe(["a/0001-first", "a/0002-second", "b/0001-first"]);
        (await store.ReadAsync<long>("SELECT id FROM second")).ShouldBe(7);
        (await migrator.MigrateAsync(default)).ShouldBeEmpty();
        var state = await migrator.StateAsync(default);
        state.Pending.ShouldBeEmpty();
        Names(state.Applied).ShouldBe(["a/0001-first", "a/0002-second", "b/0001-first"]);
    }

    [Theory, BothStores]
    public async Task An_older_store_takes_what_is_new(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await Of(store.Database, Module("a", First)).MigrateAsync(default);
        var newer = Of(store.Another(), Module("a", First, Second));
        Names((await newer.StateAsync(default)).Pending).ShouldBe(["a/0002-second"]);
        Names(await newer.MigrateAsync(default)).ShouldBe(["a/0002-second"]);
    }

    [Theory, BothStores]
    public async Task Of_nodes_that_start_at_once_each_step_is_taken_by_one(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Of(store.Another(), Module("a", First, Second)).MigrateAsync(default))));
        Names([.. applied.SelectMany(a => a)]).ShouldBe(["a/0001-first", "a/0002-second"]);
        (await store.ReadAsync<long>("SELECT COUNT(*) FROM second")).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_step_that_fails_leaves_nothing_behind_also_of_those_before_it(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        var broken = Second with { Item2 = "CREATE TABLE second (id BIGINT PRIMARY KEY); INSERT INTO nowhere VALUES (1)" };
        await Should.ThrowAsync<Exception>(() => Of(store.Database, Module("a", First, broken)).MigrateAsync(default));
        (await Of(store.Database, Module("a", First, Second)).StateAsync(default)).Applied.ShouldBeEmpty();
        Names(await Of(store.Database, Module("a", First, Second)).MigrateAsync(default)).ShouldBe(["a/0001-first", "a/0002-second"], "the same tables can be made now");
    }

    [Theory, BothStores]
    public async Task A_step_in_another_form_than_it_was_taken_is_refused(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await Of(store.Database, Module("a", First)).MigrateAsync(default);
        var changed = Of(store.Database, Module("a", First with { Item2 = First.Item2 + "; CREATE TABLE more (id BIGINT PRIMARY KEY)" }, Second));
        (await Should.ThrowAsync<MigrationException>(() => changed.MigrateAsync(default))).Message.ShouldContain("a/0001-first");
        await Should.ThrowAsync<MigrationException>(() => changed.StateAsync(default));
        (await Of(store.Database, Module("a", First, Second)).StateAsync(default)).Pending.Count.ShouldBe(1, "nothing was done");
    }

    [Theory, BothStores]
    public async Task A_store_that_is_newer_than_the_build_is_refused(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await Of(store.Database, Module("a", First, Second)).MigrateAsync(default);
        var older = Of(store.Database, Module("a", First));
        (await Should.ThrowAsync<MigrationException>(() => older.MigrateAsync(default))).Message.ShouldContain("newer than this build: it has migration a/0002-second");
        await Should.ThrowAsync<MigrationException>(() => older.CheckAsync(default));
        await Should.ThrowAsync<MigrationException>(() => Of(store.Database, Module("other", First)).MigrateAsync(default));
    }

    [Theory, BothStores]
    public async Task Line_endings_do_not_change_what_a_step_is(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await Of(store.Database, Module("a", First with { Item2 = "CREATE TABLE first\n(id BIGINT PRIMARY KEY)\n" })).MigrateAsync(default);
        (await Of(store.Database, Module("a", First with { Item2 = "CREATE TABLE first\r\n(id BIGINT PRIMARY KEY)\r\n" })).MigrateAsync(default)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Each_store_takes_its_own_file_after_the_common_one(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        await Of(store.Database, Module(
            "a", ("0001-first/up.sql", "CREATE TABLE first (name TEXT NOT NULL);"),
            ("0001-first/up.postgres.sql", "INSERT INTO first (name) VALUES ('Postgres')"), ("0001-first/up.sqlite.sql", "INSERT INTO first (name) VALUES ('Sqlite')"))).MigrateAsync(default);
        (await store.ReadManyAsync<string>("SELECT name FROM first")).ShouldBe([kind.ToString()]);
    }

    [Theory, BothStores]
    public async Task Checks_of_applied_steps_tell_what_they_find_and_others_are_not_asked(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        var source = Module(
            "a", First, ("0001-first/check.sql", "SELECT 'row ' || id || ' is odd' FROM first WHERE id % 2 = 1 ORDER BY id"),
            Second, ("0002-second/check.sql", "SELECT 'row ' || id || ' is negative' FROM second WHERE id < 0"));
        (await Of(store.Database, source).CheckAsync(default)).ShouldBeEmpty("nothing is applied, so there is nothing to ask");
        await Of(store.Database, source).MigrateAsync(default);
        (await Of(store.Database, source).CheckAsync(default)).ShouldBeEmpty();
        await store.ExecuteAsync("INSERT INTO first (id) VALUES (4), (5); INSERT INTO second (id) VALUES (-3)");
        (await Of(store.Database, source).CheckAsync(default)).ShouldBe(["a/0001-first: row 5 is odd", "a/0002-second: row -3 is negative"]);
    }

    [Theory, BothStores]
    public async Task The_panels_own_steps_make_a_store_whose_checks_hold(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        var migrator = new Migrator(store.Database, TimeProvider.System, Modules.Store);
        (await migrator.MigrateAsync(default)).Select(m => m.Module).Distinct().ShouldBe(["ledger", "tally"]);
        (await migrator.MigrateAsync(default)).ShouldBeEmpty();
        (await migrator.CheckAsync(default)).ShouldBeEmpty();
        (await migrator.StateAsync(default)).Applied.ShouldAllBe(m => m.Check != null, "every step of ours has a check");
    }

    [Theory, BothStores]
    public async Task Asking_for_the_state_changes_nothing(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind);
        Names((await Of(store.Database, Module("a", First)).StateAsync(default)).Pending).ShouldBe(["a/0001-first"]);
        await Should.ThrowAsync<Exception>(() => store.ReadAsync<long>("SELECT COUNT(*) FROM schema_migrations"));
    }

    private static Migrator Of(Database database, params MigrationSource[] sources) => new(database, TimeProvider.System, sources);

    private static IEnumerable<string> Names(IReadOnlyList<Migration> migrations) => migrations.Select(m => $"{m.Module}/{m.Name}");
}
