using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

public sealed class CancelTests
{
    [Theory, BothStores]
    public async Task Before_it_is_sent_an_order_is_cancelled_and_paid_back_at_once(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        await delivery.Panel.SetAsync("send_delay_ms", "600000");
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        (await CancelAsync(delivery, order)).GetProperty("cancel").GetInt32().ShouldBe(1);
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
        (await delivery.Panel.StatusAsync(order)).ShouldBe("Canceled");
        (await CancelAsync(delivery, order)).GetProperty("cancel").GetProperty("code").GetString().ShouldBe("cancel_final");

        delivery.Clock.Move(TimeSpan.FromHours(1));
        await delivery.Panel.SetAsync("send_delay_ms", "0");
        await delivery.SentAsync(await delivery.OrderAsync(await delivery.ServiceAsync()));
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe(1, "the cancelled order is never sent");
        delivery.Provider.Received.Total(SimulatedAction.Cancel).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task After_it_is_sent_the_money_moves_only_with_the_providers_status(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var (all, part, none) = (await delivery.OrderAsync(service), await delivery.OrderAsync(service), await delivery.OrderAsync(service));
        foreach (var order in new[] { all, part, none })
        {
            await delivery.SentAsync(order);
            (await CancelAsync(delivery, order)).GetProperty("cancel").GetInt32().ShouldBe(1);
            (await CancelAsync(delivery, order)).GetProperty("cancel").GetProperty("code").GetString().ShouldBe("cancel_open");
            await TestPanel.WaitAsync(async () => (await delivery.Panel.CancelAsync(order)).State == CancelState.Forwarded, "the request is passed on");
        }

        await delivery.AskedAgainAsync(SimulatedAction.Status, 2);
        await delivery.ShouldStandAsync(all, part, none);
        (await delivery.Panel.BalanceAsync()).ShouldBe("995500");

        await delivery.BecomesAsync(all, OrderStatus.Canceled);
        await delivery.Panel.ShouldHoldAsync("997000", all, "1500");
        await delivery.BecomesAsync(part, OrderStatus.Partial, remains: 80);
        await delivery.Panel.ShouldHoldAsync("998200", part, "1200");
        await delivery.BecomesAsync(none, OrderStatus.Completed);
        await delivery.Panel.ShouldHoldAsync("998200", none, "0");
        foreach (var order in new[] { all, part, none })
        {
            (await delivery.Panel.CancelAsync(order)).State.ShouldBe(CancelState.Done);
        }
    }

    [Theory, BothStores]
    public async Task A_request_that_the_provider_refuses_ends_with_its_words_and_the_order_goes_on(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.SentAsync(order);
        delivery.Provider.CancelOutcome = CancelOutcome.Refused;
        await CancelAsync(delivery, order);
        await TestPanel.WaitAsync(async () => (await delivery.Panel.CancelAsync(order)).State == CancelState.Rejected, "the refusal is known");
        (await delivery.Panel.CancelAsync(order)).Note.ShouldBe("The order cannot be canceled");
        await delivery.ShouldStandAsync(order);

        // It may be asked for again.
        delivery.Provider.CancelOutcome = CancelOutcome.Canceled;
        (await CancelAsync(delivery, order)).GetProperty("cancel").GetInt32().ShouldBe(1);
        await TestPanel.WaitAsync(async () => (await delivery.Panel.CancelAsync(order)).State == CancelState.Forwarded, "the second request is passed on");
        delivery.Provider.Thaw();
        await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.Canceled, "the order is cancelled");
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
    }

    [Theory, BothStores]
    public async Task An_unclear_answer_to_a_cancel_is_asked_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.SentAsync(order);
        delivery.Provider.Faults.Next(SimulatedAction.Cancel, new Fault.Html());
        delivery.Provider.Faults.Next(SimulatedAction.Cancel, new Fault.TooManyRequests());
        await CancelAsync(delivery, order);
        await TestPanel.WaitAsync(
            async () =>
            {
                // Each question waits longer than the one before; the panel's clock need not.
                delivery.Clock.Move(TimeSpan.FromSeconds(1));
                return (await delivery.Panel.CancelAsync(order)).State == CancelState.Forwarded;
            },
            "the request is passed on at last",
            atMostSeconds: 60);
        delivery.Provider.Received.Total(SimulatedAction.Cancel).ShouldBe(3);
        await delivery.ShouldStandAsync(order);
    }

    [Theory, BothStores]
    public async Task A_request_that_meets_the_sending_is_passed_on_when_the_provider_has_the_order(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync(), Asked.Link + "#slow=3000");
        await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Sending, "the order is being sent");
        (await CancelAsync(delivery, order)).GetProperty("cancel").GetInt32().ShouldBe(1);
        await delivery.ShouldStandAsync(order);
        await delivery.SentAsync(order);
        await TestPanel.WaitAsync(async () => (await delivery.Panel.CancelAsync(order)).State == CancelState.Forwarded, "the request is passed on", atMostSeconds: 60);
        await delivery.BecomesAsync(order, OrderStatus.Canceled);
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
    }

    [Theory, BothStores]
    public async Task A_request_that_meets_a_sending_that_is_refused_pays_the_order_back(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync(), Delivery.RefusedWith("Not now") + "#slow=2000");
        await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Sending, "the order is being sent");
        (await CancelAsync(delivery, order)).GetProperty("cancel").GetInt32().ShouldBe(1);
        await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.Canceled, "the order is cancelled");
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
        (await delivery.Panel.CancelAsync(order)).State.ShouldBe(CancelState.Done);
    }

    [Theory, BothStores]
    public async Task An_order_that_comes_back_unsent_is_paid_back_at_once_whatever_another_cancel_waits_for(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var (panel, provider) = (delivery.Panel, delivery.Provider);
        var service = await delivery.ServiceAsync();
        var sent = await delivery.OrderAsync(service);
        await delivery.SentAsync(sent);
        provider.Faults.Next(SimulatedAction.Add, new Fault.Delay(TimeSpan.FromSeconds(3), new Fault.TooManyRequests()));
        var late = await delivery.OrderAsync(service);
        await panel.UntilAsync(late, o => o.SendState == SendState.Sending, "the second order is being sent");
        await panel.Get<ProviderBook>().PauseAsync(delivery.Upstream.Id, "a pause", CancellationToken.None);
        provider.Faults.Next(SimulatedAction.Cancel, new Fault.Delay(TimeSpan.FromSeconds(8)));
        await CancelAsync(delivery, late);
        await TestPanel.WaitAsync(async () => (await panel.QueryAsync<long>("SELECT id FROM cancels WHERE attempt > 0 AND lease_by IS NULL")).Count == 1, "the request was looked at");
        await CancelAsync(delivery, sent);
        await TestPanel.WaitAsync(() => Task.FromResult(provider.Received.Total(SimulatedAction.Cancel) == 1), "the other request is on its way");
        await delivery.ShouldStandAsync(sent);
        await panel.UntilAsync(late, o => o.Status == OrderStatus.Canceled, "the order that came back is cancelled");
        await panel.ShouldHoldAsync("998500", late, "1500");
        await TestPanel.WaitAsync(async () => (await panel.CancelAsync(sent)).State == CancelState.Forwarded, "the other request is passed on");
        await delivery.ShouldStandAsync(sent);
        provider.Received.Total(SimulatedAction.Add).ShouldBe(2, "the cancelled order is never sent again");
    }

    private static async Task<System.Text.Json.JsonElement> CancelAsync(Delivery delivery, long order) =>
        (await delivery.Panel.CallAsync("cancel", ("orders", order.Text())))[0];
}
