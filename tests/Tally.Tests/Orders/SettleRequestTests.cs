using Shouldly;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Orders.Workers;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>An operator ends refills and rejects requests to cancel, with a reason that stays.</summary>
public sealed class SettleRequestTests
{
    private static readonly TimeSpan MoreThanADay = TimeSpan.FromHours(25);

    [Theory, BothStores]
    public async Task A_manual_refill_is_brought_to_its_end_and_the_next_may_be_asked_for_a_day_later(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        var order = await OrderAsync(panel);
        await panel.SettleAsync(order, OrderStatus.Completed);
        foreach (var end in new[] { RefillStatus.Completed, RefillStatus.Rejected, RefillStatus.Error })
        {
            clock.Move(MoreThanADay);
            var refill = (await panel.Get<RefillOrder>().RunAsync(panel.Customer.Id, order, CancellationToken.None)).ShouldBeOfType<RefillOutcome.Accepted>().Refill;
            (await panel.Get<ReadRefills>().ListAsync(open: true, null, CancellationToken.None)).ShouldHaveSingleItem().WaitsForOperator.ShouldBeTrue();
            var settled = await panel.Get<SettleRefill>().RunAsync(refill, end, "looked at " + end, "lan", CancellationToken.None);
            (settled.Status, settled.Note, settled.WaitsForOperator).ShouldBe((end, "looked at " + end, false));
            (await panel.CallAsync("refill_status", ("refill", refill.Text()))).GetProperty("status").GetString().ShouldBe(end.Word());
            (await panel.Get<ReadRefills>().ListAsync(open: true, null, CancellationToken.None)).ShouldBeEmpty();
            (await Refused(panel, refill, RefillStatus.Completed, "x")).ShouldContain("already");
        }

        (await panel.QueryAsync<(string Actor, string Subject, string Detail)>("SELECT actor, subject, detail FROM audit WHERE action = 'refill status' ORDER BY id")).ShouldBe(
            [("lan", "refill 1", "Pending → Completed: looked at Completed"), ("lan", "refill 2", "Pending → Rejected: looked at Rejected"), ("lan", "refill 3", "Pending → Error: looked at Error")]);
        (await panel.Get<ReadRefills>().ListAsync(open: false, order, CancellationToken.None)).Select(r => r.Id).ShouldBe([1, 2, 3]);
        (await panel.Get<ReadRefills>().ListAsync(open: false, order + 1, CancellationToken.None)).ShouldBeEmpty();
        await panel.ShouldHoldAsync("998500", order, "0");
    }

    [Theory, BothStores]
    public async Task What_cannot_become_of_a_refill_is_refused(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        (await Refused(panel, 99, RefillStatus.Completed, "x")).ShouldContain("no refill 99");
        (await Refused(panel, 99, RefillStatus.Completed, " ")).ShouldContain("reason");
    }

    [Fact]
    public void A_refill_that_is_being_asked_for_or_has_ended_is_not_settled()
    {
        SettleRefill.Decide(new Refill(), RefillStatus.Rejected).ShouldBeNull();
        SettleRefill.Decide(new Refill { CallState = RefillCall.Unclear }, RefillStatus.Completed).ShouldBeNull();
        SettleRefill.Decide(new Refill(), RefillStatus.InProgress)!.ShouldContain("Completed, Rejected or Error");
        SettleRefill.Decide(new Refill { CallState = RefillCall.Calling }, RefillStatus.Completed)!.ShouldContain("at this moment");
        SettleRefill.Decide(new Refill { EndedAt = 1 }, RefillStatus.Completed)!.ShouldContain("already");
    }

    [Theory, BothStores]
    public async Task A_rejected_request_to_cancel_lets_the_order_go_on_and_may_come_again(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        for (var i = 1; i <= 2; i++)
        {
            (await panel.Get<CancelOrder>().RunAsync(panel.Customer.Id, order, CancellationToken.None)).ShouldBeNull();
            var open = (await panel.Get<ReadCancels>().ListAsync(open: true, CancellationToken.None)).ShouldHaveSingleItem();
            (open.WaitsForOperator, open.ProviderId).ShouldBe((true, null));
            await panel.Get<RejectCancel>().RunAsync(open.Id, "it has begun", "lan", CancellationToken.None);
            (await panel.CancelAsync(order)).ShouldBe((CancelState.Rejected, "it has begun"));
            (await Should.ThrowAsync<InvalidInputException>(panel.Get<RejectCancel>().RunAsync(open.Id, "x", "lan", CancellationToken.None))).Message.ShouldContain("ended already");
        }

        await panel.ShouldHoldAsync("998500", order, "0");
        (await panel.StatusAsync(order)).ShouldBe("Pending");
        (await panel.QueryAsync<(string Actor, string Subject, string Detail)>("SELECT actor, subject, detail FROM audit WHERE action = 'cancel reject' ORDER BY id")).ShouldBe(
            [("lan", "order " + order.Text(), "request 1: it has begun"), ("lan", "order " + order.Text(), "request 2: it has begun")]);
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<RejectCancel>().RunAsync(99, "x", "lan", CancellationToken.None))).Message.ShouldContain("99");
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<RejectCancel>().RunAsync(1, "", "lan", CancellationToken.None))).Message.ShouldContain("reason");
    }

    [Theory, BothStores]
    public async Task A_drip_feed_whose_runs_were_stopped_waits_for_nobody_and_is_not_rejected(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (_, _, service) = await turned.AddProviderAsync();
        var parent = await turned.Panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", "3"), ("interval", "30"));
        await turned.CancelAsync(parent);
        var row = await turned.CancelRowAsync(parent);
        (row.Stopped, row.WaitsForOperator).ShouldBe((true, false));
        (await turned.Panel.Get<ReadCancels>().CountWaitingAsync(CancellationToken.None)).ShouldBe(0);
        (await Should.ThrowAsync<InvalidInputException>(turned.Panel.Get<RejectCancel>().RunAsync(row.Id, "x", "lan", CancellationToken.None))).Message.ShouldContain("drip-feed");
    }

    private static async Task<string> Refused(TestPanel panel, long refill, RefillStatus status, string reason) =>
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<SettleRefill>().RunAsync(refill, status, reason, "lan", CancellationToken.None))).Message;

    private static async Task<long> OrderAsync(TestPanel panel)
    {
        var service = await panel.AddServiceAsync();
        return await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
    }
}
