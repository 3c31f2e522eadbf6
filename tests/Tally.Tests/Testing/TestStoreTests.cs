using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Testing;

public sealed class TestStoreTests
{
    [Theory, BothStores]
    public async Task A_store_starts_empty_and_takes_tables(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        store.Kind.ShouldBe(kind);
        (await TablesAsync(store)).ShouldBe(0);

        await ExecuteAsync(store, "CREATE TABLE wallet (id BIGINT PRIMARY KEY)");

        (await TablesAsync(store)).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Two_stores_do_not_see_each_other(StoreKind kind)
    {
        await using var one = await TestStore.CreateAsync(kind);
        await using var other = await TestStore.CreateAsync(kind);

        await ExecuteAsync(one, "CREATE TABLE wallet (id BIGINT PRIMARY KEY)");

        (await TablesAsync(other)).ShouldBe(0);
    }

    [Fact]
    public async Task A_disposed_sqlite_store_leaves_no_folder()
    {
        var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        var folder = Path.GetDirectoryName(new SqliteConnectionStringBuilder(store.ConnectionString).DataSource);
        await ExecuteAsync(store, "CREATE TABLE wallet (id BIGINT PRIMARY KEY)");
        Directory.Exists(folder).ShouldBeTrue();

        await store.DisposeAsync();

        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_disposed_postgres_store_is_dropped_from_under_an_open_connection()
    {
        var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var left = await store.OpenAsync();

        await store.DisposeAsync();

        var gone = await Should.ThrowAsync<PostgresException>(store.OpenAsync);
        gone.SqlState.ShouldBe(PostgresErrorCodes.InvalidCatalogName);
    }

    [Fact]
    public void A_free_port_can_be_listened_on()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, LoopbackPort.Free());

        Should.NotThrow(listener.Start);
    }

    private static async Task ExecuteAsync(TestStore store, string sql)
    {
        await using var connection = await store.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> TablesAsync(TestStore store)
    {
        await using var connection = await store.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = store.Kind == StoreKind.Sqlite
            ? "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
            : "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
