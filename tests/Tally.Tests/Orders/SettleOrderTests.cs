using Shouldly;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>An operator settles manual orders, and the money follows. Each order of 100 costs 1,500 of a million.</summary>
public sealed class SettleOrderTests
{
    [Theory, BothStores]
    public async Task Completed_earns_the_charge_and_a_replay_does_nothing(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        await panel.ShouldHoldAsync("998500", order, "0");
        for (var i = 0; i < 3; i++)
        {
            await panel.SettleAsync(order, OrderStatus.Completed, startCount: 40);
            await panel.ShouldHoldAsync("998500", order, "0");
        }

        var answer = await panel.AnswerAsync(order);
        answer.GetProperty("status").GetString().ShouldBe("Completed");
        answer.GetProperty("charge").GetString().ShouldBe("1500");
        answer.GetProperty("start_count").GetString().ShouldBe("40");
        answer.GetProperty("remains").GetString().ShouldBe("0");
    }

    [Theory, BothStores]
    public async Task Partial_then_more_partial_then_canceled_pays_back_each_time_only_what_is_still_owed(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 40);
        await panel.ShouldHoldAsync("999100", order, "600");
        (await panel.AnswerAsync(order)).GetProperty("charge").GetString().ShouldBe("900");
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 40);
        await panel.ShouldHoldAsync("999100", order, "600");
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 10);
        await panel.ShouldHoldAsync("999100", order, "600");
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 55);
        await panel.ShouldHoldAsync("999325", order, "825");
        await panel.SettleAsync(order, OrderStatus.Canceled);
        await panel.ShouldHoldAsync("1000000", order, "1500");
        await panel.SettleAsync(order, OrderStatus.Canceled);
        await panel.ShouldHoldAsync("1000000", order, "1500");
        (await panel.AnswerAsync(order)).GetProperty("charge").GetString().ShouldBe("0");
        (await panel.AnswerAsync(order)).GetProperty("remains").GetString().ShouldBe("55");
    }

    [Theory, BothStores]
    public async Task Completed_is_corrected_to_in_progress_partial_and_canceled(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        await panel.SettleAsync(order, OrderStatus.Completed);
        await panel.SettleAsync(order, OrderStatus.InProgress, remains: 60);
        await panel.ShouldHoldAsync("998500", order, "0");
        await panel.SettleAsync(order, OrderStatus.Completed);
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 60);
        await panel.ShouldHoldAsync("999400", order, "900");
        await panel.SettleAsync(order, OrderStatus.Canceled);
        await panel.ShouldHoldAsync("1000000", order, "1500");

        var second = await OrderAsync(panel);
        await panel.SettleAsync(second, OrderStatus.Completed);
        await panel.SettleAsync(second, OrderStatus.Canceled);
        await panel.ShouldHoldAsync("1000000", second, "1500");
    }

    [Theory, BothStores]
    public async Task A_partial_refund_is_rounded_down_to_the_last_unit(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "0.00123");
        var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "30"));
        await panel.ShouldHoldAsync("999999.99996", order, "0");
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 29);
        await panel.ShouldHoldAsync("999999.99999", order, "0.00003");
    }

    [Theory, BothStores]
    public async Task A_free_order_moves_no_money_wherever_it_goes(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "0");
        var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "30"));
        foreach (var status in new[] { OrderStatus.InProgress, OrderStatus.Completed, OrderStatus.Partial, OrderStatus.Canceled })
        {
            await panel.SettleAsync(order, status, remains: 10);
            await panel.ShouldHoldAsync("1000000", order, "0");
        }
    }

    [Theory, BothStores]
    public async Task What_cannot_be_is_refused_with_words_and_changes_nothing(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var settle = panel.Get<SettleOrder>();
        var order = await OrderAsync(panel);
        (await Refused(order, OrderStatus.Partial, null)).ShouldContain("--remains");
        (await Refused(order + 1_000, OrderStatus.Completed, null)).ShouldContain("no order");
        (await Refused(order, OrderStatus.Completed, null, reason: " ")).ShouldContain("reason");
        (await Refused(order, OrderStatus.Expired, null)).ShouldContain("cannot become Expired");
        await panel.SettleAsync(order, OrderStatus.Canceled);
        var before = await panel.RowAsync(order);
        foreach (var status in Enum.GetValues<OrderStatus>().Where(s => s != OrderStatus.Canceled))
        {
            (await Refused(order, status, 10)).ShouldContain("cannot become " + status.Word());
        }

        (await panel.RowAsync(order)).ShouldBe(before);
        await panel.ShouldHoldAsync("1000000", order, "1500");

        async Task<string> Refused(long id, OrderStatus status, long? remains, string reason = "test") =>
            (await Should.ThrowAsync<InvalidInputException>(settle.RunAsync(id, status, remains, null, reason, "test", CancellationToken.None))).Message;
    }

    [Theory, BothStores]
    public async Task Who_did_it_and_why_stays_in_the_audit_log(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        await panel.Get<SettleOrder>().RunAsync(order, OrderStatus.Partial, 25, null, "the page went private", "lan", CancellationToken.None);
        var rows = await panel.QueryAsync<(string Actor, string Subject, string Detail)>("SELECT actor, subject, detail FROM audit WHERE action = 'order status'");
        rows.ShouldBe([("lan", "order " + order.Text(), "Pending → Partial, remains 25: the page went private")]);
    }

    [Theory, BothStores]
    public async Task A_manual_order_that_is_to_be_cancelled_waits_for_the_operator(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await OrderAsync(panel);
        (await panel.Get<CancelOrder>().RunAsync(panel.Customer.Id, order, CancellationToken.None)).ShouldBeNull();
        await panel.ShouldHoldAsync("998500", order, "0");
        (await panel.CancelAsync(order)).State.ShouldBe(CancelState.Open);
        (await panel.Get<CancelOrder>().RunAsync(panel.Customer.Id, order, CancellationToken.None)).ShouldBe(Refusal.CancelOpen);
        (await panel.Get<CancelOrder>().RunAsync(panel.Customer.Id + 1, order, CancellationToken.None)).ShouldBe(Refusal.IncorrectOrder);

        await panel.SettleAsync(order, OrderStatus.Canceled);
        (await panel.CancelAsync(order)).State.ShouldBe(CancelState.Done);
        await panel.ShouldHoldAsync("1000000", order, "1500");
        (await panel.Get<CancelOrder>().RunAsync(panel.Customer.Id, order, CancellationToken.None)).ShouldBe(Refusal.CancelFinal);
    }

    private static async Task<long> OrderAsync(TestPanel panel)
    {
        var service = await panel.AddServiceAsync();
        return await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
    }
}
