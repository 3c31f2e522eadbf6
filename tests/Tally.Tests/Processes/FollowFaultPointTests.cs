using Shouldly;
using Tally.Operations;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>
/// The process dies at each step of following orders, of starting the runs of a drip-feed, and of importing a subscription's orders; another goes on: what a provider says is applied once, a run
/// is started once, and an order of a subscription is charged once.
/// </summary>
[Collection(ProcessesCollection.Name)]
public sealed class FollowFaultPointTests
{
    private const int Orders = 6;

    public static readonly TheoryData<FaultPoint> SyncPoints =
        [FaultPoint.SyncTurnTaking, FaultPoint.SyncTaken, FaultPoint.SyncAnswered, FaultPoint.SyncWriting, FaultPoint.SyncWritten];

    public static readonly TheoryData<FaultPoint> RunPoints = [FaultPoint.RunWriting, FaultPoint.RunWritten];

    public static readonly TheoryData<FaultPoint> ChildPoints = [FaultPoint.ChildWriting, FaultPoint.ChildWritten];

    [Theory]
    [MemberData(nameof(SyncPoints))]
    public Task Statuses_on_SQLite(FaultPoint point) => StatusesAsync(StoreKind.Sqlite, point);

    [Theory]
    [MemberData(nameof(SyncPoints))]
    public Task Statuses_on_PostgreSQL(FaultPoint point) => StatusesAsync(StoreKind.Postgres, point);

    [Theory]
    [MemberData(nameof(RunPoints))]
    public Task Runs_on_SQLite(FaultPoint point) => RunsAsync(StoreKind.Sqlite, point);

    [Theory]
    [MemberData(nameof(RunPoints))]
    public Task Runs_on_PostgreSQL(FaultPoint point) => RunsAsync(StoreKind.Postgres, point);

    [Theory]
    [MemberData(nameof(ChildPoints))]
    public Task Subscriptions_on_SQLite(FaultPoint point) => SubscriptionsAsync(StoreKind.Sqlite, point);

    [Theory]
    [MemberData(nameof(ChildPoints))]
    public Task Subscriptions_on_PostgreSQL(FaultPoint point) => SubscriptionsAsync(StoreKind.Postgres, point);

    [Fact]
    public void Every_point_of_the_enumeration_has_its_test()
    {
        FaultPoint[] takeover = [FaultPoint.TakeoverWriting, FaultPoint.TakenOver];
        var tested = SendFaultPointTests.Points.Select(p => p.Data.Item1).Concat(RequestFaultPointTests.RefillPoints.Select(p => p.Data.Item1))
            .Concat(RequestFaultPointTests.CancelPoints.Select(p => p.Data)).Concat(SyncPoints.Select(p => p.Data)).Concat(RunPoints.Select(p => p.Data)).Concat(ChildPoints.Select(p => p.Data))
            .Concat(CatalogueFaultPointTests.Points.Select(p => p.Data)).Concat(takeover)
            .Concat(PaymentFaultPointTests.Points.Select(p => p.Data.Item2).Distinct());
        tested.ShouldBe(Enum.GetValues<FaultPoint>(), ignoreOrder: true);
    }

    private static async Task StatusesAsync(StoreKind kind, FaultPoint point)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        await dispatch.PlaceAsync(Orders);
        await using (var node = await dispatch.Panel.ServeAsync("--roles", "worker"))
        {
            await TestPanel.WaitAsync(async () => await dispatch.CountAsync(SendState.Sent) == Orders, "all orders are sent", 60);
            (await node.StopAsync()).ShouldBe(0);
        }

        var there = dispatch.Upstream.OrdersTaken.Select(o => o.Id).ToList();
        for (var i = 0; i < there.Count; i++)
        {
            dispatch.Upstream.SetStatus(there[i], (i % 3) switch { 0 => "Completed", 1 => "Partial", _ => "Canceled" }, remains: i % 3 == 1 ? 40 : null);
        }

        await dispatch.LetLeasesEndAsync();
        await dispatch.Panel.ExecuteAsync("UPDATE orders SET due_at = 1 WHERE send_state = 3");
        await dispatch.Panel.DieAsync(point.ToString());
        await dispatch.LetLeasesEndAsync();
        await using var survivor = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE status IN (3, 4, 5)") == Orders, "all orders have ended", 60);

        // Of 10 each: nothing, 40 of 100, all.
        var refunded = await dispatch.Panel.QueryAsync<long>("SELECT refunded FROM orders ORDER BY id");
        refunded.Order().ShouldBe([0, 0, 400_000, 400_000, 1_000_000, 1_000_000]);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(Orders);
    }

    private static async Task RunsAsync(StoreKind kind, FaultPoint point)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        var parent = await dispatch.PlaceAsync(null, ("link", Dispatch.Link("run", 1)), ("quantity", "100"), ("runs", "3"), ("interval", "60"));
        await dispatch.Panel.DieAsync(point.ToString());
        await dispatch.LetLeasesEndAsync();
        await using var survivor = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(async () => await dispatch.CountAsync(SendState.Sent) == 1, "the first run is sent", 60);
        (await dispatch.Panel.QueryAsync<(long, int)>("SELECT parent_id, run FROM orders WHERE parent_id IS NOT NULL")).ShouldBe([(parent, 1)]);
        (await dispatch.Panel.CountAsync("SELECT run FROM orders WHERE id = @parent", new { parent })).ShouldBe(1);
        dispatch.Upstream.OrdersTaken.Count.ShouldBe(1);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(2);
    }

    private static async Task SubscriptionsAsync(StoreKind kind, FaultPoint point)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true, frozen: false);
        var service = await dispatch.AddSubscriptionsAsync();
        var subscription = await dispatch.PlaceAsync(service, ("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "0"), ("posts", "3"));
        await dispatch.Panel.DieAsync(point.ToString());
        await dispatch.LetLeasesEndAsync();
        await using var survivor = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(
            async () => await dispatch.Panel.CountAsync("SELECT status FROM orders WHERE id = @subscription", new { subscription }) == (int)OrderStatus.Completed, "the subscription is completed", 90);
        var children = await dispatch.Panel.QueryAsync<(string There, long Quantity, long Charge)>("SELECT provider_order, quantity, charge FROM orders WHERE parent_id IS NOT NULL");
        children.Count.ShouldBe(3);
        children.Select(c => c.There).ShouldBeUnique();
        var rate = await dispatch.Panel.CountAsync("SELECT rate FROM services WHERE id = @service", new { service = long.Parse(service, System.Globalization.CultureInfo.InvariantCulture) });
        children.ShouldAllBe(c => c.Charge == c.Quantity * rate);
        var paid = await dispatch.Panel.CountAsync("SELECT SUM(charge) - SUM(refunded) FROM orders");
        (await dispatch.Panel.Get<Tally.Billing.ReadBalance>().RunAsync(dispatch.Customer, CancellationToken.None)).Units.ShouldBe((1_000_000L * 100_000) - paid);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(4);
    }
}
