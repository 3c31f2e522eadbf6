using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Jobs;
using Tally.Providers;
using Tally.Testing;

namespace Tally.Tests.Orders.Workers;

/// <summary>A panel whose workers run only when a test turns them, so that nothing happens between two lines of it.</summary>
internal sealed class TurnedPanel : IAsyncDisposable
{
    private readonly Dictionary<Type, WorkLoop> _workers = [];
    private readonly List<SimulatedProvider> _providers = [];

    private TurnedPanel(TestPanel panel, MovableClock clock) => (Panel, Clock) = (panel, clock);

    public TestPanel Panel { get; }

    /// <summary>The panel's clock; the providers have their own.</summary>
    public MovableClock Clock { get; }

    public static async Task<TurnedPanel> StartAsync(StoreKind kind, Action<WebApplicationBuilder>? also = null)
    {
        var clock = new MovableClock();
        return new TurnedPanel(await TestPanel.StartAsync(kind, clock, also: also), clock);
    }

    /// <summary>Adds a provider whose orders stand still, and a service that it delivers.</summary>
    public async Task<(SimulatedProvider Provider, Provider Upstream, Service Service)> AddProviderAsync(string name = "upstream")
    {
        var provider = await SimulatedProvider.StartAsync();
        provider.Freeze();
        _providers.Add(provider);
        var upstream = await Panel.AddProviderAsync(provider.Url, provider.Key, references: true, name);
        var service = await Panel.AddServiceAsync(with: s => s with { ProviderId = upstream.Id, ProviderService = provider.ServiceFor(Delivery.DemoService).ToString(CultureInfo.InvariantCulture) });
        return (provider, upstream, service);
    }

    /// <summary>An order that its provider has.</summary>
    public async Task<Order> SentAsync(Service service)
    {
        var order = await Panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        var sender = Worker<SendOrders>();
        await sender.RunOnceAsync(CancellationToken.None);
        await sender.IdleAsync();
        var row = await Panel.RowAsync(order);
        row.SendState.ShouldBe(SendState.Sent);
        return row;
    }

    /// <summary>A refill of an order that was completed a day ago; nobody has asked the provider for it yet.</summary>
    public async Task<long> RefillAsync(SimulatedProvider provider, Service service)
    {
        var order = await SentAsync(service);
        provider.SetStatus(int.Parse(order.ProviderOrder!, CultureInfo.InvariantCulture), "Completed");
        await Panel.SettleAsync(order.Id, OrderStatus.Completed);
        Clock.Move(TimeSpan.FromHours(25));
        return await AskAsync(order.Id);
    }

    /// <summary>The customer asks for a refill.</summary>
    public async Task<long> AskAsync(long order) =>
        (await Panel.Get<RefillOrder>().RunAsync(Panel.Customer.Id, order, CancellationToken.None)).ShouldBeOfType<Tally.Orders.RefillOutcome.Accepted>().Refill;

    /// <summary>The customer asks to cancel an order, which is accepted.</summary>
    public async Task CancelAsync(long order) => (await Panel.Get<CancelOrder>().RunAsync(Panel.Customer.Id, order, CancellationToken.None)).ShouldBeNull();

    /// <summary>Lets the providers be asked for what is due, and waits until their answers are applied.</summary>
    public async Task SyncAsync()
    {
        var sync = Worker<SyncOrders>();
        await sync.RunOnceAsync(CancellationToken.None);
        await sync.IdleAsync();
    }

    /// <summary>Turns a worker once.</summary>
    public Task TurnAsync<T>()
        where T : WorkLoop => Worker<T>().RunOnceAsync(CancellationToken.None);

    /// <summary>The refill's row.</summary>
    public async Task<Refill> RowAsync(long refill) => (await Panel.Get<ReadRefills>().ListAsync(open: false, null, CancellationToken.None)).Single(r => r.Id == refill);

    /// <summary>The order's last request to cancel.</summary>
    public async Task<CancelTask> CancelRowAsync(long order) => (await Panel.Get<ReadCancels>().ListAsync(open: false, CancellationToken.None)).Last(c => c.OrderId == order);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.Values)
        {
            worker.Dispose();
        }

        await Panel.DisposeAsync();
        foreach (var provider in _providers)
        {
            await provider.DisposeAsync();
        }
    }

    private T Worker<T>()
        where T : WorkLoop
    {
        if (!_workers.TryGetValue(typeof(T), out var worker))
        {
            _workers[typeof(T)] = worker = ActivatorUtilities.CreateInstance<T>(Panel.Services);
        }

        return (T)worker;
    }
}
