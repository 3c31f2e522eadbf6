using Dapper;
using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

public sealed class ReckonTimesTests
{
    private const long MinuteMs = 60_000;

    [Fact]
    public void The_time_is_the_middle_one_and_too_few_say_nothing()
    {
        ReckonTimes.Median([1, 2]).ShouldBeNull();
        ReckonTimes.Median([50, 1, 9_000_000]).ShouldBe(TimeSpan.FromMilliseconds(50));
        ReckonTimes.Median([4, 1, 3, 2]).ShouldBe(TimeSpan.FromMilliseconds(2));
    }

    [Theory, BothStores]
    public async Task Completed_orders_tell_how_long_a_service_takes_and_every_hour_anew(StoreKind kind)
    {
        var clock = new MovableClock();
        clock.Stop();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        var (quick, quiet) = (await panel.AddServiceAsync(), await panel.AddServiceAsync());
        await CompleteAsync(panel, clock, quick, 30, 10, 20);
        var reckon = new ReckonTimes(panel.Get<Database>(), panel.Get<Tally.Catalog.Catalog>(), panel.Get<CompletionTimes>(), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<ReckonTimes>.Instance);
        await reckon.RunOnceAsync(CancellationToken.None);
        await TestPanel.WaitAsync(() => Task.FromResult(panel.Get<CompletionTimes>().Of(quick.Id) == TimeSpan.FromMinutes(20)), "the copy in memory follows");
        panel.Get<CompletionTimes>().Of(quiet.Id).ShouldBeNull();

        await CompleteAsync(panel, clock, quick, 60, 60, 60);
        await reckon.RunOnceAsync(CancellationToken.None);
        (await panel.Get<CompletionTimes>().ReadAsync(CancellationToken.None))[quick.Id].Orders.ShouldBe(3, "within the hour it is not looked at again");
        clock.Move(TimeSpan.FromHours(1));
        await reckon.RunOnceAsync(CancellationToken.None);
        (await panel.Get<CompletionTimes>().ReadAsync(CancellationToken.None))[quick.Id].ShouldBe(
            new CompletionTime(TimeSpan.FromMinutes(30), 6, clock.GetUtcNow().ToUnixTimeMilliseconds()));

        clock.Move(TimeSpan.FromDays(31));
        await reckon.RunOnceAsync(CancellationToken.None);
        (await panel.Get<CompletionTimes>().ReadAsync(CancellationToken.None))[quick.Id].Median.ShouldBeNull("what is longer ago than 30 days does not count");
    }

    [Theory, BothStores]
    public async Task Reckoning_reads_the_index_alone_however_many_orders_there_are(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        await CompleteAsync(panel, new MovableClock(), service, 1, 2, 3);
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        const string Query = "SELECT completed_at - created_at FROM orders WHERE service_id = 1 AND completed_at IS NOT NULL AND runs IS NULL AND type <> 17 AND completed_at >= 5 ORDER BY completed_at DESC LIMIT 100";
        if (kind == StoreKind.Postgres)
        {
            await connection.ExecuteAsync("SET enable_seqscan = off");
        }

        var plan = string.Join('\n', (await connection.QueryAsync(kind == StoreKind.Postgres ? "EXPLAIN " + Query : "EXPLAIN QUERY PLAN " + Query)).SelectMany(r => ((IDictionary<string, object>)r).Values));
        plan.ShouldContain("orders_completed");
        plan.ShouldNotContain("Sort");
        plan.ShouldNotContain("TEMP B-TREE");
    }

    // Places orders and says that each took so many minutes, as a worker would find them.
    private static async Task CompleteAsync(TestPanel panel, TimeProvider clock, Service service, params int[] minutes)
    {
        foreach (var took in minutes)
        {
            var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
            await panel.SettleAsync(order, OrderStatus.Completed);
            await panel.Get<Database>().WriteAsync(
                tx => tx.Connection.ExecuteAsync("UPDATE orders SET created_at = completed_at - @took WHERE id = @order", new { took = took * MinuteMs, order }, tx.Transaction), CancellationToken.None);
        }
    }
}
