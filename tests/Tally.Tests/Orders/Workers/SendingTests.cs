using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>A provider that says no, or nothing for now: what was definitely not taken is held, paid back, or sent later.</summary>
public sealed class SendingTests
{
    [Theory, BothStores]
    public async Task A_refused_order_is_held_with_the_providers_words(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync(), Delivery.RefusedWith("The page is private"));
        var row = await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Held, "the order is held");
        (row.Note, row.DueAt, row.LeaseBy, row.Attempt).ShouldBe(("The page is private", null, null, 1));
        await delivery.ShouldStandAsync(order);
        (await delivery.Panel.BalanceAsync()).ShouldBe("998500");

        // The customer may still cancel it, and it is paid back at once.
        (await delivery.Panel.Get<CancelOrder>().RunAsync(delivery.Panel.Customer.Id, order, CancellationToken.None)).ShouldBeNull();
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
        delivery.Provider.OrdersTaken.Count.ShouldBe(0);
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_refused_order_is_cancelled_and_paid_back_where_the_service_says_so(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync(Delivery.DemoService, with: s => s with { OnRefusal = OnRefusal.Cancel }), Delivery.RefusedWith("The page is private"));
        var row = await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.Canceled, "the order is cancelled");
        (row.Note, row.SendState, row.Remains).ShouldBe(("The page is private", SendState.None, 100));
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
    }

    [Theory, BothStores]
    public async Task Whatever_words_a_provider_refuses_with_the_order_is_held(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        foreach (var words in new[] { "with a \0 in it", new string('x', 998) + "👍👍", "đã có đơn hàng" })
        {
            var order = await delivery.OrderAsync(await delivery.ServiceAsync(), Delivery.RefusedWith(words));
            var row = await delivery.Panel.UntilAsync(order, o => o.SendState != SendState.Sending && o.Attempt == 1, "the order was sent");
            row.SendState.ShouldBe(SendState.Held);
            row.Note!.ShouldStartWith(words[..4]);
        }
    }

    [Theory, BothStores]
    public async Task A_provider_without_our_funds_is_paused_and_its_orders_wait(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var (panel, provider) = (delivery.Panel, delivery.Provider);
        var service = await delivery.ServiceAsync();
        provider.Balance = 10;
        var first = await delivery.OrderAsync(service);
        await TestPanel.WaitAsync(() => Task.FromResult(panel.Get<ProviderBook>().Current[delivery.Upstream.Id].Paused), "the provider is paused");
        panel.Get<ProviderBook>().Current[delivery.Upstream.Id].PauseReason.ShouldBe("Not enough funds on balance");
        var row = await panel.UntilAsync(first, o => o.SendState == SendState.Ready, "the order waits");
        row.Note.ShouldBe("Not enough funds on balance");

        var calls = provider.Received.Total(SimulatedAction.Add);
        var second = await delivery.OrderAsync(service);
        await Task.Delay(1_500);
        provider.Received.Total(SimulatedAction.Add).ShouldBe(calls, "nothing is sent to a paused provider");
        await delivery.ShouldStandAsync(first, second);

        provider.Balance = 1_000_000;
        await panel.Get<ProviderBook>().PauseAsync(delivery.Upstream.Id, null, CancellationToken.None);
        await delivery.SentAsync(first);
        await delivery.SentAsync(second);
        provider.OrdersTaken.Count.ShouldBe(2);
    }

    [Theory, BothStores]
    public async Task Flood_control_and_maintenance_are_waited_out(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind, references: false);
        delivery.Provider.Faults.Next(SimulatedAction.Add, new Fault.TooManyRequests(), calls: 2);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.SentAsync(order);
        (await delivery.Panel.RowAsync(order)).Attempt.ShouldBe(3);
        delivery.Provider.OrdersTaken.Count.ShouldBe(1);
        await delivery.ShouldStandAsync(order);
    }

    [Theory, BothStores]
    public async Task An_order_that_is_settled_while_it_is_being_sent_is_not_sent_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var settled = new List<long>();
        foreach (var answer in new Fault[] { new Fault.TooManyRequests(), new Fault.Html() })
        {
            delivery.Provider.Faults.Next(SimulatedAction.Add, new Fault.Delay(TimeSpan.FromSeconds(2), answer));
            var order = await delivery.OrderAsync(service);
            await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Sending, "the order is being sent");
            await delivery.Panel.SettleAsync(order, OrderStatus.Canceled);
            await delivery.Panel.UntilAsync(order, o => o.SendState != SendState.Sending, "the provider has answered");
            settled.Add(order);
        }

        delivery.Clock.Move(TimeSpan.FromHours(1));
        await delivery.SentAsync(await delivery.OrderAsync(service));
        await Task.Delay(2_500);
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe(3, "what is paid back is not ordered any more");
        foreach (var order in settled)
        {
            (await delivery.Panel.RowAsync(order)).DueAt.ShouldBeNull();
            await delivery.Panel.ShouldHoldAsync("998500", order, "1500");
        }

        (await delivery.Panel.Get<AttendOrder>().ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_provider_that_cannot_be_reached_gets_its_orders_when_it_is_back(StoreKind kind)
    {
        var port = LoopbackPort.Free();
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        await panel.SetAsync("sync_interval_ms", "100");
        var options = new SimulatedProviderOptions { Port = port, SupportsReference = false };
        var upstream = await panel.AddProviderAsync(new Uri($"http://127.0.0.1:{port}/api/v2"), options.Key);
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = upstream.Id, ProviderService = "503" });
        var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        var row = await panel.UntilAsync(order, o => o is { SendState: SendState.Ready, Attempt: >= 1 }, "the order waits for its provider");
        row.Note.ShouldNotBeNullOrEmpty();
        row.Status.IsFinal().ShouldBeFalse();

        await using var provider = await SimulatedProvider.StartAsync(options);
        await panel.UntilAsync(order, o => o.SendState == SendState.Sent, "the order is sent");
        provider.OrdersTaken.Count.ShouldBe(1);
        await panel.ShouldHoldAsync("998500", order, "0");
    }
}
