using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>Three runs of 100, an hour apart, for 4,500 in all.</summary>
public sealed class DripfeedTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromMinutes(60);

    [Theory, BothStores]
    public async Task Runs_start_when_they_are_due_and_the_parent_counts_them(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var panel = delivery.Panel;
        var parent = await DripAsync(delivery);
        (await panel.BalanceAsync()).ShouldBe("995500");
        var first = await RunAsync(delivery, parent, 1);
        (first.Quantity, first.Charge, first.ParentId, first.Run).ShouldBe((100, 150_000_000, parent, 1));
        await panel.UntilAsync(parent, o => o.Status == OrderStatus.InProgress, "the drip-feed has begun");

        await delivery.BecomesAsync(first.Id, OrderStatus.Completed, startCount: 5_000);
        await panel.UntilAsync(parent, o => o.Remains == 200, "the parent counts its first run");
        delivery.Clock.Move(Hour - TimeSpan.FromMinutes(2));
        await Task.Delay(1_500);
        (await panel.RunsAsync(parent)).Count.ShouldBe(1, "the second run is not due");
        delivery.Clock.Move(TimeSpan.FromMinutes(3));
        var second = await RunAsync(delivery, parent, 2);
        delivery.Clock.Move(Hour);
        var third = await RunAsync(delivery, parent, 3);

        var answer = await panel.AnswerAsync(parent);
        answer.GetProperty("status").GetString().ShouldBe("In progress");
        answer.GetProperty("charge").GetString().ShouldBe("4500");
        answer.GetProperty("start_count").GetString().ShouldBe("5000");
        answer.GetProperty("runs").ToString().ShouldBe("3");
        answer.GetProperty("interval").ToString().ShouldBe("60");
        answer.GetProperty("orders").EnumerateArray().Select(o => o.GetInt64()).ShouldBe([first.Id, second.Id, third.Id]);
        answer.GetProperty("orders").EnumerateArray().Count().ShouldBe(3);

        await delivery.BecomesAsync(second.Id, OrderStatus.Completed);
        await delivery.BecomesAsync(third.Id, OrderStatus.Completed);
        await panel.UntilAsync(parent, o => o.Status == OrderStatus.Completed, "the drip-feed is completed");
        await panel.ShouldHoldAsync("995500", parent, "0");
        (await panel.RunsAsync(parent)).Count.ShouldBe(3);
        delivery.Provider.OrdersTaken.Select(o => o.Quantity).ShouldBe([100, 100, 100]);
    }

    [Theory, BothStores]
    public async Task A_cancel_pays_back_the_runs_to_come_and_a_run_under_way_settles_itself(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var panel = delivery.Panel;
        var parent = await DripAsync(delivery);
        var first = await RunAsync(delivery, parent, 1);
        await delivery.BecomesAsync(first.Id, OrderStatus.Completed);
        delivery.Clock.Move(Hour);
        var second = await RunAsync(delivery, parent, 2);

        (await panel.CallAsync("cancel", ("orders", parent.Text())))[0].GetProperty("cancel").GetInt32().ShouldBe(1);
        await panel.ShouldHoldAsync("997000", parent, "1500");
        (await panel.StatusAsync(parent)).ShouldBe("In progress");
        (await panel.AnswerAsync(parent)).GetProperty("charge").GetString().ShouldBe("3000");
        delivery.Clock.Move(Hour + Hour);
        await Task.Delay(1_500);
        (await panel.RunsAsync(parent)).Count.ShouldBe(2, "no run starts any more");

        await delivery.BecomesAsync(second.Id, OrderStatus.Partial, remains: 40);
        await panel.UntilAsync(parent, o => o.Status == OrderStatus.Partial, "the drip-feed ends Partial");
        await panel.ShouldHoldAsync("997600", parent, "1500");
        var answer = await panel.AnswerAsync(parent);
        answer.GetProperty("charge").GetString().ShouldBe("2400");
        answer.GetProperty("remains").GetString().ShouldBe("140");
        (await panel.CancelAsync(parent)).State.ShouldBe(CancelState.Done);
        delivery.Provider.Received.Total(Tally.Demo.SimulatedAction.Cancel).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Runs_that_fall_short_pay_back_by_themselves_and_the_parent_is_partial_or_canceled(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var panel = delivery.Panel;
        var service = await delivery.ServiceAsync();
        var (partial, canceled) = (await DripAsync(delivery, service, runs: 2), await DripAsync(delivery, service, runs: 2));
        (await panel.BalanceAsync()).ShouldBe("994000");
        foreach (var run in new[] { 1, 2 })
        {
            var (here, there) = (await RunAsync(delivery, partial, run), await RunAsync(delivery, canceled, run));
            await delivery.BecomesAsync(here.Id, run == 1 ? OrderStatus.Partial : OrderStatus.Completed, remains: run == 1 ? 30 : 0);
            await delivery.BecomesAsync(there.Id, OrderStatus.Canceled);
            delivery.Clock.Move(Hour);
        }

        await panel.UntilAsync(partial, o => o.Status == OrderStatus.Partial, "the first ends Partial");
        await panel.UntilAsync(canceled, o => o.Status == OrderStatus.Canceled, "the second ends Canceled");
        (await panel.AnswerAsync(partial)).GetProperty("charge").GetString().ShouldBe("2550");
        (await panel.AnswerAsync(canceled)).GetProperty("charge").GetString().ShouldBe("0");
        (await panel.AnswerAsync(partial)).GetProperty("remains").GetString().ShouldBe("30");
        await panel.ShouldHoldAsync("997450", canceled, "0");
    }

    [Theory, BothStores]
    public async Task A_charge_that_does_not_divide_is_shared_to_the_last_unit(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync(with: s => s with { Rate = Money.Parse("0.00123"), Min = 1 });
        var parent = await delivery.Panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "50"), ("runs", "3"), ("interval", "1"));
        (await delivery.Panel.BalanceAsync()).ShouldBe("999999.99981");
        for (var run = 1; run <= 3; run++)
        {
            await RunAsync(delivery, parent, run);
            await delivery.Panel.ShouldVerifyAsync();
            delivery.Clock.Move(TimeSpan.FromMinutes(2));
        }

        (await delivery.Panel.RunsAsync(parent)).Select(r => r.Charge).ShouldBe([6, 6, 7]);
    }

    [Theory, BothStores]
    public async Task The_same_reference_answers_the_first_drip_feed_and_takes_nothing(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        (string, string)[] asked = [("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", "3"), ("order_reference", "drip")];
        var parent = await delivery.Panel.AddAsync(asked);
        var run = await RunAsync(delivery, parent, 1);
        (await delivery.Panel.AddAsync([.. asked, ("interval", "60")])).ShouldBe(parent);
        var conflict = await delivery.Panel.CallAsync("add", [.. asked, ("interval", "30")]);
        conflict.GetProperty("code").GetString().ShouldBe("reference_conflict");
        conflict.GetProperty("order").GetInt64().ShouldBe(parent);
        (await delivery.Panel.QueryAsync<long>("SELECT id FROM orders ORDER BY id")).ShouldBe([parent, run.Id], ignoreOrder: true);
        await delivery.Panel.ShouldHoldAsync("995500", parent, "0");
    }

    [Theory, BothStores]
    public async Task A_manual_drip_feed_is_worked_off_run_by_run(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.Panel.AddServiceAsync();
        var parent = await DripAsync(delivery, service, runs: 2);
        var first = await RunAsync(delivery, parent, 1);
        (first.SendState, first.DueAt, first.Status).ShouldBe((SendState.None, null, OrderStatus.Pending));
        await delivery.Panel.SettleAsync(first.Id, OrderStatus.Completed);
        delivery.Clock.Move(Hour);
        await delivery.Panel.SettleAsync((await RunAsync(delivery, parent, 2)).Id, OrderStatus.Canceled);
        await delivery.Panel.UntilAsync(parent, o => o.Status == OrderStatus.Partial, "the drip-feed ends Partial");
        (await delivery.Panel.AnswerAsync(parent)).GetProperty("charge").GetString().ShouldBe("1500");
        await delivery.Panel.ShouldHoldAsync("998500", parent, "0");
    }

    [Theory, BothStores]
    public async Task Cancelled_before_its_first_run_it_costs_nothing(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        var parent = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", "3"));
        (await panel.CallAsync("cancel", ("orders", parent.Text())))[0].GetProperty("cancel").GetInt32().ShouldBe(1);
        await panel.ShouldHoldAsync("1000000", parent, "4500");

        await using var worker = await TestPanel.JoinAsync(panel.Database, roles: NodeRoles.Worker);
        await panel.UntilAsync(parent, o => o.Status == OrderStatus.Canceled, "the drip-feed is canceled");
        (await panel.RunsAsync(parent)).ShouldBeEmpty();
        await panel.ShouldHoldAsync("1000000", parent, "4500");
    }

    [Theory, BothStores]
    public async Task Runs_are_settled_while_their_drip_feeds_are_cancelled(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var panel = delivery.Panel;
        var service = await panel.AddServiceAsync();
        var parents = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            parents.Add(await DripAsync(delivery, service));
        }

        var runs = new List<Order>();
        foreach (var parent in parents)
        {
            runs.Add(await RunAsync(delivery, parent, 1));
        }

        // The provider's or the operator's word about a run and the customer's about the whole meet in the same rows and the same wallet.
        await Task.WhenAll(
        [
            .. parents.Select(parent => panel.Get<CancelOrder>().RunAsync(panel.Customer.Id, parent, CancellationToken.None)),
            .. runs.Select(run => (Task)panel.SettleAsync(run.Id, OrderStatus.Partial, remains: 50)),
        ]);
        foreach (var parent in parents)
        {
            await panel.UntilAsync(parent, o => o.Status == OrderStatus.Partial, "the drip-feed ends Partial");
        }

        (await panel.BalanceAsync()).ShouldBe("985000");
        await panel.ShouldVerifyAsync();
    }

    private static async Task<long> DripAsync(Delivery delivery, Service? service = null, int runs = 3)
    {
        service ??= await delivery.ServiceAsync();
        return await delivery.Panel.AddAsync(
            ("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", runs.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("interval", "60"));
    }

    /// <summary>Waits until the run has begun and, where a provider delivers it, until the provider has it.</summary>
    private static async Task<Order> RunAsync(Delivery delivery, long parent, int run)
    {
        Order? found = null;
        await TestPanel.WaitAsync(async () => (found = (await delivery.Panel.RunsAsync(parent)).FirstOrDefault(r => r.Run == run)) is not null, $"run {run} begins", atMostSeconds: 60);
        if (found!.ProviderId is not null)
        {
            await delivery.SentAsync(found.Id);
        }

        return await delivery.Panel.RowAsync(found.Id);
    }
}
