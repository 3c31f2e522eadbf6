using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;

namespace Tally.Tests.Orders.Workers;

/// <summary>A panel with its workers on and a provider that delivers for it. The provider's orders stand still: a test says where they go.</summary>
internal sealed class Delivery : IAsyncDisposable
{
    /// <summary>A service of the demo catalogue: Default, 50 to 20,000, with refill, cancel and drip-feed.</summary>
    public const int DemoService = 3;

    private Delivery(TestPanel panel, SimulatedProvider provider, Provider upstream, MovableClock clock) => (Panel, Provider, Upstream, Clock) = (panel, provider, upstream, clock);

    public TestPanel Panel { get; }

    public SimulatedProvider Provider { get; }

    /// <summary>The provider as the panel knows it.</summary>
    public Provider Upstream { get; }

    /// <summary>The panel's clock; the provider has its own.</summary>
    public MovableClock Clock { get; }

    /// <param name="references">Whether the provider knows <c>order_reference</c>, and the panel knows that it does.</param>
    public static async Task<Delivery> StartAsync(StoreKind kind, bool references = true, string balance = "1000000")
    {
        var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = references });
        provider.Freeze();
        var clock = new MovableClock();
        var panel = await TestPanel.StartAsync(kind, clock, NodeRoles.Web | NodeRoles.Worker, balance);
        await panel.SetAsync("sync_interval_ms", "100");
        return new Delivery(panel, provider, await panel.AddProviderAsync(provider.Url, provider.Key, references), clock);
    }

    /// <summary>Adds a service that the provider delivers, sold for 15,000 per 1,000.</summary>
    public Task<Service> ServiceAsync(int demo = DemoService, ServiceType type = ServiceType.Default, Func<Service, Service>? with = null) => Panel.AddServiceAsync(type, with: s =>
    {
        var bound = s with { ProviderId = Upstream.Id, ProviderService = Provider.ServiceFor(demo).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        return with?.Invoke(bound) ?? bound;
    });

    /// <summary>Orders 100 for 1,500.</summary>
    public Task<long> OrderAsync(Service service, string link = Asked.Link, params (string Name, string Value)[] more) =>
        Panel.AddAsync([("service", service.Id.Text()), ("link", link), ("quantity", "100"), .. more]);

    /// <summary>Waits until the provider has the order, and returns the provider's id of it.</summary>
    public async Task<int> SentAsync(long order) => int.Parse(
        (await Panel.UntilAsync(order, o => o.SendState == SendState.Sent, "the provider has the order")).ProviderOrder!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Lets the provider say where the order stands, and waits until the panel says so too.</summary>
    public async Task<Order> BecomesAsync(long order, OrderStatus status, long? remains = null, long? startCount = null)
    {
        Provider.SetStatus(await SentAsync(order), status.Word(), remains, startCount);
        return await Panel.UntilAsync(order, o => o.Status == status, "the panel has heard " + status.Word());
    }

    /// <summary>Waits until the provider has been asked this many times more.</summary>
    public async Task AskedAgainAsync(SimulatedAction action, int times)
    {
        var before = Provider.Received.Total(action);
        await TestPanel.WaitAsync(() => Task.FromResult(Provider.Received.Total(action) >= before + times), $"the provider is asked {times} times more ({action})", atMostSeconds: 120);
    }

    public async ValueTask DisposeAsync()
    {
        await Panel.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>The link's words refuse the order (OrderScript).</summary>
    public static string RefusedWith(string words) => $"{Asked.Link}#refuse={Uri.EscapeDataString(words)}";

    /// <summary>That nothing moved: the charge is taken, nothing went back, and the money adds up.</summary>
    public async Task ShouldStandAsync(params long[] orders)
    {
        foreach (var order in orders)
        {
            var row = await Panel.RowAsync(order);
            (row.Status.IsFinal(), row.Refunded).ShouldBe((false, 0), row.ToString());
        }

        await Panel.ShouldVerifyAsync();
    }
}
