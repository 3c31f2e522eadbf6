using Shouldly;
using Tally.Demo;
using Tally.Operations;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using RefillOutcome = Tally.Orders.RefillOutcome;

namespace Tally.Tests.Processes;

/// <summary>
/// The process dies at each step of asking for refills, of following them, and of passing requests to cancel on; another goes on: no refill is asked for twice, every request comes to its end, and
/// the money adds up.
/// </summary>
[Collection(ProcessesCollection.Name)]
public sealed class RequestFaultPointTests
{
    private const int Orders = 8;

    /// <summary>At which point, and whether refills are in doubt then: claimed, and nothing written.</summary>
    public static readonly TheoryData<FaultPoint, bool> RefillPoints = new()
    {
        { FaultPoint.RefillClaiming, false },
        { FaultPoint.RefillClaimed, true },
        { FaultPoint.RefillCalling, true },
        { FaultPoint.RefillAnswered, true },
        { FaultPoint.RefillWriting, true },
        { FaultPoint.RefillWritten, true },
    };

    public static readonly TheoryData<FaultPoint> CancelPoints =
        [FaultPoint.CancelClaiming, FaultPoint.CancelClaimed, FaultPoint.CancelAnswered, FaultPoint.CancelWriting, FaultPoint.CancelWritten];

    [Theory]
    [MemberData(nameof(RefillPoints))]
    public Task Refills_on_SQLite(FaultPoint point, bool leavesDoubt) => RefillsAsync(StoreKind.Sqlite, point, leavesDoubt);

    [Theory]
    [MemberData(nameof(RefillPoints))]
    public Task Refills_on_PostgreSQL(FaultPoint point, bool leavesDoubt) => RefillsAsync(StoreKind.Postgres, point, leavesDoubt);

    [Theory]
    [MemberData(nameof(CancelPoints))]
    public Task Cancels_on_SQLite(FaultPoint point) => CancelsAsync(StoreKind.Sqlite, point);

    [Theory]
    [MemberData(nameof(CancelPoints))]
    public Task Cancels_on_PostgreSQL(FaultPoint point) => CancelsAsync(StoreKind.Postgres, point);

    [Theory, BothStores]
    public async Task A_node_that_dies_again_and_again_while_it_follows_refills_loses_none(StoreKind kind)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        await AskForRefillsAsync(dispatch);
        await using (var node = await dispatch.Panel.ServeAsync("--roles", "worker"))
        {
            await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE provider_refill IS NOT NULL") == Orders, "the provider has all", 60);
        }

        CompleteRefills(dispatch);
        foreach (var point in new[] { FaultPoint.RefillClaiming, FaultPoint.RefillClaimed, FaultPoint.RefillAnswered, FaultPoint.RefillWriting })
        {
            await EverythingIsDueAsync(dispatch);
            await dispatch.Panel.DieAsync(point.ToString());
            (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE ended_at IS NULL")).ShouldBe(Orders, "it died at another step");
        }

        await EverythingIsDueAsync(dispatch);
        await using var survivor = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE status = 2") == Orders, "all are completed", 60);
        dispatch.Upstream.Received.Total(SimulatedAction.Refill).ShouldBe(Orders);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(Orders);
    }

    private static async Task RefillsAsync(StoreKind kind, FaultPoint point, bool leavesDoubt)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        await AskForRefillsAsync(dispatch);
        await dispatch.Panel.DieAsync(point.ToString());
        var claimed = await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE call_state = 1");
        var known = await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE provider_refill IS NOT NULL");
        (claimed + known > 0).ShouldBe(leavesDoubt, "the process died at another step");
        claimed.ShouldBeLessThanOrEqualTo(4, "more are in doubt than were asked for at once");
        await dispatch.LetLeasesEndAsync();
        await using var node = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(
            async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE ended_at IS NULL AND provider_refill IS NULL") == 0, "each is asked for or in doubt", 60);

        // Exactly those that were claimed and not written are in doubt, and none of them was asked for once more.
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE status = 4 AND call_state = 2 AND note LIKE '%has gone%'")).ShouldBe(claimed);
        dispatch.Upstream.Received.Of(SimulatedAction.Refill).Select(c => c.Parameters["order"]).ShouldBeUnique();

        CompleteRefills(dispatch);
        await EverythingIsDueAsync(dispatch);
        await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE ended_at IS NULL") == 0, "every refill has ended", 60);
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM refills WHERE status = 2")).ShouldBe(Orders - claimed);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(Orders);
    }

    private static async Task CancelsAsync(StoreKind kind, FaultPoint point)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        var orders = await SentAsync(dispatch);
        foreach (var order in orders)
        {
            (await dispatch.Panel.Get<CancelOrder>().RunAsync(dispatch.Customer, order, CancellationToken.None)).ShouldBeNull();
        }

        dispatch.Upstream.CancelOutcome = CancelOutcome.Canceled;
        await dispatch.Panel.DieAsync(point.ToString());
        await dispatch.LetLeasesEndAsync();
        await using var node = await dispatch.Panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM cancels WHERE state = 1") == Orders, "all requests are passed on", 60);
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE refunded > 0")).ShouldBe(0, "money moved without the provider's word");

        dispatch.Upstream.Thaw();
        await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE status = 5 AND refunded = charge") == Orders, "all orders are cancelled and paid back", 60);
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM cancels WHERE state = 2 AND ended_at IS NOT NULL")).ShouldBe(Orders);
        (await dispatch.Panel.VerifyAsync()).ShouldBe(Orders);
    }

    /// <summary>Orders that the provider has. A node in this process sends them, and is gone again.</summary>
    private static async Task<IReadOnlyList<long>> SentAsync(Dispatch dispatch, bool completed = false)
    {
        var orders = await dispatch.PlaceAsync(Orders);
        await using var node = await TestPanel.JoinAsync(dispatch.Panel.Database, roles: NodeRoles.Worker | NodeRoles.Web);
        await TestPanel.WaitAsync(async () => await dispatch.CountAsync(SendState.Sent) == Orders, "all orders are sent", 60);
        if (completed)
        {
            foreach (var taken in dispatch.Upstream.OrdersTaken)
            {
                dispatch.Upstream.SetStatus(taken.Id, "Completed");
            }

            await TestPanel.WaitAsync(async () => await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE status = 3") == Orders, "all orders are completed", 60);
        }

        return orders;
    }

    private static async Task AskForRefillsAsync(Dispatch dispatch)
    {
        var orders = await SentAsync(dispatch, completed: true);
        await dispatch.Panel.ExecuteAsync("UPDATE orders SET completed_at = completed_at - 90000000");
        foreach (var order in orders)
        {
            (await dispatch.Panel.Get<RefillOrder>().RunAsync(dispatch.Customer, order, CancellationToken.None)).ShouldBeOfType<RefillOutcome.Accepted>();
        }
    }

    // Each call that arrives makes a refill there, from 1 up.
    private static void CompleteRefills(Dispatch dispatch)
    {
        for (var refill = 1; refill <= dispatch.Upstream.Received.Total(SimulatedAction.Refill); refill++)
        {
            dispatch.Upstream.SetRefillStatus(refill, "Completed");
        }
    }

    // How long it waits between two questions is another test's.
    private static Task EverythingIsDueAsync(Dispatch dispatch) => dispatch.Panel.ExecuteAsync("UPDATE refills SET due_at = 1 WHERE ended_at IS NULL AND call_state = 0");
}
