using System.Data.Common;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class PreparedReadsTests
{
    private const string Words = "CREATE TABLE words (id BIGINT PRIMARY KEY, length BIGINT NOT NULL)", Rows = "INSERT INTO words (id, length) VALUES (1, 10), (2, 20)";
    private const string Query = "SELECT length FROM words WHERE id = @id";

    [Theory, BothStores]
    public async Task A_query_is_run_again_and_again_with_other_values(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Words, Rows);
        await using var reads = new PreparedReads(store.Database, Query, "id");
        (await LengthAsync(reads, 1)).ShouldBe(10);
        (await LengthAsync(reads, 2)).ShouldBe(20);
        (await LengthAsync(reads, 3)).ShouldBeNull();
        await store.ExecuteAsync("UPDATE words SET length = 11 WHERE id = 1");
        (await LengthAsync(reads, 1)).ShouldBe(11, "each reading sees what is committed by then");
    }

    [Fact]
    public async Task Parallel_callers_inside_the_process_do_not_get_in_each_others_way()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Words, Rows);
        await using var reads = new PreparedReads(store.Database, Query, "id");
        var lengths = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => LengthAsync(reads, 1 + (i % 2)))));
        lengths.ShouldBe(Enumerable.Range(0, 400).Select(i => (long?)(10 * (1 + (i % 2)))));
    }

    [Theory, BothStores]
    public async Task A_reading_that_fails_hurts_only_itself(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Words, Rows);
        await using var reads = new PreparedReads(store.Database, Query, "id");
        await LengthAsync(reads, 1);
        await Should.ThrowAsync<InvalidOperationException>(async () => await reads.UseAsync<int, int>(0, (_, _) => throw new InvalidOperationException(), default));
        (await LengthAsync(reads, 2)).ShouldBe(20);
    }

    [Fact]
    public async Task After_the_connection_has_died_reading_goes_on_with_another()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Postgres, Words, Rows);
        await using var reads = new PreparedReads(store.Database, Query, "id");
        await LengthAsync(reads, 1);
        await store.KillConnectionsAsync();
        DatabaseFailure.Of(await Should.ThrowAsync<Exception>(() => LengthAsync(reads, 1))).ShouldBe(FailureKind.Unavailable);
        (await LengthAsync(reads, 1)).ShouldBe(10);
    }

    [Theory, BothStores]
    public async Task Closing_closes_the_connections_also_of_a_reading_under_way(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Words, Rows);
        var reads = new PreparedReads(store.Database, Query, "id");
        DbConnection? used = null;
        var inside = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        var reading = Task.Run(async () => await reads.UseAsync(
            1L,
            (command, id) =>
            {
                used = command.Connection;
                inside.SetResult();
                goOn.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
                return Length(command, id);
            },
            default));
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await reads.DisposeAsync();
        goOn.Set();
        (await reading.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(10);
        used.ShouldNotBeNull().State.ShouldBe(System.Data.ConnectionState.Closed);
    }

    private static async Task<long?> LengthAsync(PreparedReads reads, long id) => await reads.UseAsync(id, Length, default);

    private static long? Length(DbCommand command, long id)
    {
        command.Parameters[0].Value = id;
        return (long?)command.ExecuteScalar();
    }
}
