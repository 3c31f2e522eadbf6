using System.Diagnostics;
using Shouldly;
using Tally.Billing;
using Tally.Catalog;
using Tally.Demo;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>Statuses are asked for no faster than 3,500 a second while orders come in, so that whoever orders does not wait for the sync.</summary>
public sealed class SyncPaceTests
{
    [Fact]
    public async Task While_nobody_orders_there_is_no_pause()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var pace = new SyncPace(panel.Get<OrderIntake>());
        for (var i = 0; i < 10; i++)
        {
            pace.Claimed(100_000);
            pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_order_that_came_in_makes_the_next_claim_wait_for_its_turn_and_one_alone_only_that()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var service = await panel.AddServiceAsync();
        var pace = new SyncPace(panel.Get<OrderIntake>());
        await pace.TurnAsync(CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        pace.Claimed(SyncPace.ASecond); // a second, of which a quarter may be caught up with
        await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        await pace.TurnAsync(CancellationToken.None);
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(740));

        pace.Claimed(SyncPace.ASecond);
        pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue("no other order came in");
    }

    [Fact]
    public async Task A_wait_ends_with_the_node()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var service = await panel.AddServiceAsync();
        var pace = new SyncPace(panel.Get<OrderIntake>());
        pace.Claimed(100_000);
        await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        using var stop = new CancellationTokenSource();
        var turn = pace.TurnAsync(stop.Token);
        turn.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(turn);
    }

    [Theory, BothStores]
    public async Task The_sync_keeps_to_it_while_orders_come_in(StoreKind kind)
    {
        const int Orders = 2_500;
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, upstream, service) = await turned.AddProviderAsync();
        var manual = await turned.Panel.AddServiceAsync(rate: "1");
        await turned.Panel.Get<CreditAccount>().RunAsync(turned.Panel.Customer.Id, Money.Parse("10000000"), "test", "test", CancellationToken.None);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Orders), new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (_, _) => await PlaceAsync(turned.Panel, service));
        await turned.Panel.ExecuteAsync(
            $"UPDATE orders SET send_state = {(int)SendState.Sent}, status = {(int)OrderStatus.Processing}, due_at = 1, provider_order = CAST(id AS TEXT) WHERE provider_id = {upstream.Id}");
        using var over = new CancellationTokenSource();
        var ordering = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await PlaceAsync(turned.Panel, manual);
            }
        });
        var started = Stopwatch.GetTimestamp();
        while (provider.Received.Of(SimulatedAction.Status).Sum(s => s.Parameters["orders"].Split(',').Length) < Orders)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMinutes(1));
            await turned.SyncAsync();
        }

        var took = Stopwatch.GetElapsedTime(started);
        await over.CancelAsync();
        await ordering;
        took.ShouldBeGreaterThan(TimeSpan.FromSeconds(((Orders - SyncOrders.LargestBatch) / (double)SyncPace.ASecond) - 0.25), "all claims but the first wait for their turn, and a quarter of a second may be caught up with");
        await turned.Panel.ShouldVerifyAsync();
    }

    // Not through the API, which would not let one key ask so fast.
    private static async Task PlaceAsync(TestPanel panel, Service service) =>
        (await panel.Get<PlaceOrder>().RunAsync(
            panel.Customer.Id, new OrderParameters { Service = service.Id.Text(), Link = Asked.Link, Quantity = "100", Own = _ => null }, CancellationToken.None)).ShouldBeOfType<PlaceOrderOutcome.Placed>();
}
