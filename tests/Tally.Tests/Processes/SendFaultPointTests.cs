using Shouldly;
using Tally.Operations;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>
/// The process dies at each step of sending, one test for each (lifecycle.md section 3): every order ends as sent once, unconfirmed or not sent, never sent twice. A
/// provider that knows references gets every order exactly once.
/// </summary>
[Collection(ProcessesCollection.Name)]
public sealed class SendFaultPointTests
{
    private const int Orders = 12;

    /// <summary>At which point, and whether the provider may then have orders of which we do not know.</summary>
    public static readonly TheoryData<FaultPoint, bool> Points = new()
    {
        { FaultPoint.SendClaiming, false },
        { FaultPoint.SendClaimed, true },
        { FaultPoint.SendAnswered, true },
        { FaultPoint.SendWriting, true },
        { FaultPoint.SendWritten, true },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public Task Without_references_on_SQLite(FaultPoint point, bool leavesDoubt) => WithoutReferencesAsync(StoreKind.Sqlite, point, leavesDoubt);

    [Theory]
    [MemberData(nameof(Points))]
    public Task Without_references_on_PostgreSQL(FaultPoint point, bool leavesDoubt) => WithoutReferencesAsync(StoreKind.Postgres, point, leavesDoubt);

    [Theory]
    [MemberData(nameof(Points))]
    public Task With_references_on_SQLite(FaultPoint point, bool leavesDoubt) => WithReferencesAsync(StoreKind.Sqlite, point, leavesDoubt);

    [Theory]
    [MemberData(nameof(Points))]
    public Task With_references_on_PostgreSQL(FaultPoint point, bool leavesDoubt) => WithReferencesAsync(StoreKind.Postgres, point, leavesDoubt);

    [Theory, BothStores]
    public async Task A_survivor_that_dies_while_it_takes_over_leaves_the_next_one_as_much(StoreKind kind)
    {
        foreach (var point in new[] { FaultPoint.TakeoverWriting, FaultPoint.TakenOver })
        {
            await using var dispatch = await Dispatch.CreateAsync(kind, references: false);
            await dispatch.PlaceAsync(Orders);
            await dispatch.Panel.DieAsync(nameof(FaultPoint.SendClaimed));
            var inDoubt = await dispatch.CountAsync(SendState.Sending);
            inDoubt.ShouldBeGreaterThan(0);
            await dispatch.LetLeasesEndAsync();
            await dispatch.Panel.DieAsync(point.ToString());
            await dispatch.LetLeasesEndAsync();
            await SettleAsync(dispatch);
            (await dispatch.ShouldBeSoundAsync(Orders)).ShouldBe((int)inDoubt);
        }
    }

    private static async Task WithoutReferencesAsync(StoreKind kind, FaultPoint point, bool leavesDoubt)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: false);
        await dispatch.PlaceAsync(Orders);
        await dispatch.Panel.DieAsync(point.ToString());
        var claimed = await dispatch.CountAsync(SendState.Sending);
        var known = await dispatch.CountAsync(SendState.Sent);
        (claimed > 0 || known > 0).ShouldBe(leavesDoubt, "the process died at another step");
        await dispatch.LetLeasesEndAsync();
        await SettleAsync(dispatch);

        // Exactly those that were claimed and not written are in doubt, and none of them was sent once more.
        (await dispatch.ShouldBeSoundAsync(Orders)).ShouldBe((int)claimed);
        var adds = dispatch.Upstream.Received.Total(Tally.Demo.SimulatedAction.Add);
        adds.ShouldBe(dispatch.Upstream.OrdersTaken.Count, "a call more than orders: something was sent again");
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE send_state = 4 AND due_at IS NOT NULL")).ShouldBe(0, "an unconfirmed order is due by itself");
    }

    private static async Task WithReferencesAsync(StoreKind kind, FaultPoint point, bool leavesDoubt)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        await dispatch.PlaceAsync(Orders);
        await dispatch.Panel.DieAsync(point.ToString());
        (await dispatch.CountAsync(SendState.Sending) + await dispatch.CountAsync(SendState.Sent) > 0).ShouldBe(leavesDoubt, "the process died at another step");
        await dispatch.LetLeasesEndAsync();
        await using var node = await dispatch.Panel.ServeAsync();
        await TestPanel.WaitAsync(async () => await dispatch.CountAsync(SendState.Sent) == Orders, "all orders are sent", 60);
        (await dispatch.ShouldBeSoundAsync(Orders)).ShouldBe(0);
        dispatch.Upstream.OrdersTaken.Count.ShouldBe(Orders);
    }

    // A node that lives: everything that can be sent is, and the rest is unconfirmed.
    private static async Task SettleAsync(Dispatch dispatch)
    {
        await using var node = await dispatch.Panel.ServeAsync();
        await TestPanel.WaitAsync(
            async () => await dispatch.CountAsync(SendState.Ready) + await dispatch.CountAsync(SendState.Sending) == 0, "everything is sent or in doubt", 60);
    }
}
