using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>Statuses are asked for no faster than 3,500 a second while orders come in, so that whoever orders does not wait for the sync.</summary>
public sealed class SyncPaceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_nobody_orders_there_is_no_pause_and_none_is_owed()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var pace = new SyncPace(panel.Get<OrderIntake>(), new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
        {
            pace.Taken(100_000);
            pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }

        await OrderAsync(panel);
        pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task An_order_that_came_in_makes_the_next_batch_wait_for_its_turn_and_one_alone_only_that()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var clock = new FakeTimeProvider();
        var pace = new SyncPace(panel.Get<OrderIntake>(), clock);
        pace.Taken(SyncPace.ASecond); // a second, of which a quarter is caught up with
        await OrderAsync(panel);
        var turn = pace.TurnAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(745));
        turn.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await turn.WaitAsync(Patience);

        pace.Taken(SyncPace.ASecond);
        pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue("no other order came in");
    }

    [Fact]
    public async Task What_was_missed_is_caught_up_with_for_a_quarter_of_a_second_and_no_more()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var clock = new FakeTimeProvider();
        var pace = new SyncPace(panel.Get<OrderIntake>(), clock);
        pace.Taken(100);
        clock.Advance(TimeSpan.FromHours(1));
        pace.Taken(SyncPace.ASecond / 5);
        await OrderAsync(panel);
        pace.TurnAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        pace.Taken(SyncPace.ASecond / 5);
        await OrderAsync(panel);
        pace.TurnAsync(CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_wait_ends_with_the_node()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var pace = new SyncPace(panel.Get<OrderIntake>(), new FakeTimeProvider());
        pace.Taken(100_000);
        await OrderAsync(panel);
        using var stop = new CancellationTokenSource();
        var turn = pace.TurnAsync(stop.Token);
        turn.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(turn);
    }

    [Theory, BothStores]
    public async Task The_sync_waits_for_its_turn_before_it_takes_orders_and_tells_how_many(StoreKind kind)
    {
        var clock = new FakeTimeProvider();
        await using var turned = await TurnedPanel.StartAsync(
            kind, builder => builder.Services.Replace(ServiceDescriptor.Singleton(panel => new SyncPace(panel.GetRequiredService<OrderIntake>(), clock))));
        var (provider, _, service) = await turned.AddProviderAsync();
        for (var i = 0; i < 10; i++)
        {
            await turned.SentAsync(service);
        }

        await turned.Panel.ExecuteAsync($"UPDATE orders SET due_at = 1 WHERE send_state = {(int)SendState.Sent}");
        var pace = turned.Panel.Get<SyncPace>();
        pace.Taken(SyncPace.ASecond);
        await OrderAsync(turned.Panel);
        var sync = turned.SyncAsync();
        (await Task.WhenAny(sync, Task.Delay(TimeSpan.FromSeconds(1)))).ShouldNotBe(sync);
        provider.Received.Total(SimulatedAction.Status).ShouldBe(0);

        clock.Advance(TimeSpan.FromSeconds(0.75));
        await sync.WaitAsync(Patience);
        provider.Received.Total(SimulatedAction.Status).ShouldBe(1);

        // The ten orders that were taken take 3 ms of the pace.
        await OrderAsync(turned.Panel);
        var next = pace.TurnAsync(CancellationToken.None);
        next.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(3));
        await next.WaitAsync(Patience);
    }

    private static async Task OrderAsync(TestPanel panel) =>
        await panel.AddAsync(("service", (await panel.AddServiceAsync()).Id.Text()), ("link", Asked.Link), ("quantity", "100"));
}
