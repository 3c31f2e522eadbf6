using System.Globalization;
using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Ledger;
using Tally.Operations;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Xunit;
using Route = Tally.Catalog.Route;

namespace Tally.Tests.Orders.Workers;

/// <summary>A service with more than one provider: an order goes to the next when one has definitely refused it or does not work, never to two.</summary>
public sealed class RouteTests
{
    [Theory, BothStores]
    public async Task A_refused_order_goes_to_the_next_provider(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind);
        two.First.Provider.ScriptService(two.First.Provider.ServiceFor(Delivery.DemoService), OrderScript.Parse(Delivery.RefusedWith("No more followers today")));
        var order = await two.First.OrderAsync(await two.ServiceAsync());
        var row = await two.First.Panel.UntilAsync(order, o => o.SendState == SendState.Sent, "the second provider has it");
        (row.ProviderId, row.Tried, row.Attempt).ShouldBe((two.Second.Id, $"{two.First.Upstream.Id} {two.First.Provider.ServiceFor(Delivery.DemoService)}\n", 2));
        two.First.Provider.OrdersTaken.ShouldBeEmpty();
        two.Other.OrdersTaken.ShouldHaveSingleItem().Id.ToString(CultureInfo.InvariantCulture).ShouldBe(row.ProviderOrder);
        await two.First.ShouldStandAsync(order);
    }

    [Theory, BothStores]
    public async Task An_order_that_all_providers_refuse_is_held_with_the_last_ones_words_and_may_be_sent_again(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind);
        var order = await two.First.OrderAsync(await two.ServiceAsync(), Delivery.RefusedWith("The page is private"));
        var row = await two.First.Panel.UntilAsync(order, o => o.SendState == SendState.Held, "the order is held");
        (row.Note, row.Attempt, row.Tried!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length).ShouldBe(("The page is private", 2, 2));
        await two.First.ShouldStandAsync(order);

        await two.First.Panel.Get<AttendOrder>().RunAsync(order, new Attention.Resend(), "it is public now", "test", CancellationToken.None);
        row = await two.First.Panel.UntilAsync(order, o => o is { SendState: SendState.Held, Attempt: 4 }, "both were asked again");
        (two.First.Provider.Received.Total(SimulatedAction.Add), two.Other.Received.Total(SimulatedAction.Add)).ShouldBe((2, 2));
    }

    [Theory, BothStores]
    public async Task An_unconfirmed_order_never_goes_to_another_provider(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind, references: false);
        two.First.Provider.Faults.Next(SimulatedAction.Add, new Fault.ResetAfterTaking());
        var order = await two.First.OrderAsync(await two.ServiceAsync());
        await two.First.Panel.UntilAsync(order, o => o.SendState == SendState.Unconfirmed, "nobody knows");
        await two.First.Panel.Get<ProviderBook>().PauseAsync(two.First.Upstream.Id, "test", CancellationToken.None);
        await Task.Delay(2_500);
        (await two.First.Panel.RowAsync(order)).SendState.ShouldBe(SendState.Unconfirmed);
        two.Other.Received.Total(SimulatedAction.Add).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task While_a_provider_is_paused_its_orders_go_to_another_and_those_without_another_wait(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind);
        var (panel, first) = (two.First.Panel, two.First.Upstream);
        await panel.Get<ProviderBook>().PauseAsync(first.Id, "test", CancellationToken.None);
        await panel.SetAsync("send_delay_ms", "0");
        var routed = await two.ServiceAsync();
        var alone = await two.First.ServiceAsync(4);
        var (moves, waits) = (await two.First.OrderAsync(routed), await two.First.OrderAsync(alone));
        (await panel.UntilAsync(moves, o => o.SendState == SendState.Sent, "the other provider has it")).ProviderId.ShouldBe(two.Second.Id);
        (await panel.RowAsync(waits)).SendState.ShouldBe(SendState.Ready);
        two.First.Provider.Received.Total(SimulatedAction.Add).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Orders_that_waited_when_their_provider_ran_out_of_our_money_go_to_another(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind);
        two.First.Provider.Balance = 0;
        var service = await two.ServiceAsync();
        var orders = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => two.First.OrderAsync(service, $"{Asked.Link}{n}")));
        foreach (var order in orders)
        {
            (await two.First.Panel.UntilAsync(order, o => o.SendState == SendState.Sent, "it is sent")).ProviderId.ShouldBe(two.Second.Id);
        }

        two.Other.OrdersTaken.Count.ShouldBe(20);
        two.First.Provider.OrdersTaken.ShouldBeEmpty();
        await two.First.ShouldStandAsync(orders);
    }

    [Theory, BothStores]
    public async Task A_route_at_a_loss_is_not_taken_even_when_the_other_refuses(StoreKind kind)
    {
        await using var two = await TwoProviders.StartAsync(kind);
        var order = await two.First.OrderAsync(await two.ServiceAsync(cost: "15001"), Delivery.RefusedWith("no"));
        await two.First.Panel.UntilAsync(order, o => o.SendState == SendState.Held, "the order is held");
        two.Other.Received.Total(SimulatedAction.Add).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_refused_key_pauses_the_provider_and_fails_no_order(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var (book, save) = (delivery.Panel.Get<ProviderBook>(), delivery.Panel.Get<SaveProvider>());
        await save.MoveAsync(delivery.Upstream.Id, delivery.Upstream.Url, "no-longer-valid", CancellationToken.None);
        var service = await delivery.ServiceAsync(Delivery.DemoService, with: s => s with { OnRefusal = OnRefusal.Cancel });
        var orders = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => delivery.OrderAsync(service)));
        await TestPanel.WaitAsync(() => Task.FromResult(book.Current[delivery.Upstream.Id].Paused), "the provider is paused");
        foreach (var order in orders)
        {
            await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Ready, "the order waits");
        }

        await save.MoveAsync(delivery.Upstream.Id, delivery.Upstream.Url, delivery.Provider.Key, CancellationToken.None);
        foreach (var order in orders)
        {
            await delivery.SentAsync(order);
        }

        await delivery.ShouldStandAsync(orders);
    }

    [Theory, BothStores]
    public async Task What_waits_for_a_person_is_an_alert_until_it_does_not(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var alerts = delivery.Panel.Get<Alerts>();
        var order = await delivery.OrderAsync(await delivery.ServiceAsync(), Delivery.RefusedWith("no"));
        await TestPanel.WaitAsync(async () => (await alerts.ListAsync(false, CancellationToken.None)).Any(a => a is { Kind: AlertKind.Attention, Times: 1 }), "an alert is open");
        (await alerts.ListAsync(false, CancellationToken.None)).ShouldHaveSingleItem().Text.ShouldStartWith("0 unconfirmed and 1 held");
        await delivery.Panel.Get<AttendOrder>().RunAsync(order, new Attention.Cancel(), "test", "test", CancellationToken.None);
        await TestPanel.WaitAsync(async () => (await alerts.ListAsync(false, CancellationToken.None)).Count == 0, "the alert is over");
        (await alerts.ListAsync(true, CancellationToken.None)).ShouldHaveSingleItem().ClearedAt.ShouldNotBeNull();
    }

    /// <summary>A delivery with a second provider of the same service.</summary>
    private sealed class TwoProviders : IAsyncDisposable
    {
        private TwoProviders(Delivery first, SimulatedProvider other, Provider second) => (First, Other, Second) = (first, other, second);

        public Delivery First { get; }

        public SimulatedProvider Other { get; }

        public Provider Second { get; }

        public static async Task<TwoProviders> StartAsync(StoreKind kind, bool references = true)
        {
            var first = await Delivery.StartAsync(kind, references);
            var other = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = references, Seed = 2 });
            other.Freeze();
            return new TwoProviders(first, other, await first.Panel.AddProviderAsync(other.Url, other.Key, references, "other"));
        }

        /// <summary>The service with the second provider as its second route.</summary>
        public Task<Service> ServiceAsync(string? cost = null) => First.ServiceAsync(Delivery.DemoService, with: s => s with
        {
            FurtherRoutes = [new Route(Second.Id, Other.ServiceFor(Delivery.DemoService).ToString(CultureInfo.InvariantCulture), cost is null ? null : Money.Parse(cost))],
        });

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Other.DisposeAsync();
        }
    }
}
