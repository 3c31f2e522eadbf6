using System.Globalization;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>A panel of processes whose provider is simulated in this one, so that it counts whatever becomes of them.</summary>
internal sealed class Dispatch : IAsyncDisposable
{
    /// <summary>A service of the demo catalogue: Default, 50 to 20,000, with refill, cancel and drip-feed.</summary>
    private const int DemoService = 3;

    private readonly string _service;

    private Dispatch(ProcessPanel panel, SimulatedProvider upstream, long customer, string service) => (Panel, Upstream, Customer, _service) = (panel, upstream, customer, service);

    public ProcessPanel Panel { get; }

    public SimulatedProvider Upstream { get; }

    public long Customer { get; }

    /// <param name="references">Whether the provider knows <c>order_reference</c>.</param>
    /// <param name="frozen">Whether the provider's orders stand still.</param>
    public static async Task<Dispatch> CreateAsync(StoreKind kind, bool references, bool frozen = true)
    {
        var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = references, Balance = 1_000_000_000m, PostEvery = TimeSpan.FromMilliseconds(300) });
        if (frozen)
        {
            upstream.Freeze();
        }

        var panel = await ProcessPanel.CreateAsync(kind);
        await panel.SetAsync("sync_interval_ms", "200");
        var provider = await panel.Get<SaveProvider>().AddAsync("upstream", upstream.Url.ToString(), upstream.Key, references, allowPrivate: true, CancellationToken.None);
        var customer = await panel.OpenAccountAsync("customer@example.com");
        var service = await panel.AddServiceAsync("100", s => s with { ProviderId = provider.Id, ProviderService = upstream.ServiceFor(DemoService).ToString(CultureInfo.InvariantCulture) });
        await panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        return new Dispatch(panel, upstream, customer.Id, service);
    }

    /// <summary>Places orders through the use case; no node runs yet, or another process's node sends them. Each has a link of its own.</summary>
    public async Task<IReadOnlyList<long>> PlaceAsync(int count, string prefix = "o")
    {
        var placed = await Task.WhenAll(Enumerable.Range(0, count).Select(n => Panel.Get<PlaceOrder>().RunAsync(
            Customer, new OrderParameters { Service = _service, Link = Link(prefix, n), Quantity = "100", Own = _ => null }, CancellationToken.None)));
        return [.. placed.Select(p => p.ShouldBeOfType<PlaceOrderOutcome.Placed>().Order)];
    }

    /// <summary>Places one order of the provider's service, or of another one, with other parameters.</summary>
    public async Task<long> PlaceAsync(string? service, params (string Name, string Value)[] parameters)
    {
        var all = parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        var placed = await Panel.Get<PlaceOrder>().RunAsync(
            Customer,
            new OrderParameters
            {
                Service = service ?? _service,
                Link = all.GetValueOrDefault("link"),
                Quantity = all.GetValueOrDefault("quantity"),
                Runs = all.GetValueOrDefault("runs"),
                Interval = all.GetValueOrDefault("interval"),
                Own = name => all.GetValueOrDefault(name),
            },
            CancellationToken.None);
        return placed.ShouldBeOfType<PlaceOrderOutcome.Placed>().Order;
    }

    /// <summary>Adds a service for subscriptions that the provider delivers, at its own rate.</summary>
    public async Task<string> AddSubscriptionsAsync()
    {
        var demo = Upstream.Services.First(s => s.Type == "Subscriptions");
        var service = await Panel.AddServiceAsync("1", s => s with
        {
            Type = Tally.Catalog.ServiceType.Subscriptions,
            Dripfeed = false,
            ProviderId = Panel.Get<ProviderBook>().Current.Keys.Single(),
            ProviderService = demo.Id.ToString(CultureInfo.InvariantCulture),

            // What is delivered already when a node comes back is known by what it cost.
            Rate = new Tally.Ledger.Money((long)(demo.Rate * 100_000)),
            ProviderRate = new Tally.Ledger.Money((long)(demo.Rate * 100_000)),
        });
        await Panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        return service;
    }

    public static string Link(string prefix, int n) => string.Create(CultureInfo.InvariantCulture, $"https://example.com/{prefix}{n}");

    /// <summary>How many orders stand so.</summary>
    public Task<long> CountAsync(SendState state) => Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE send_state = @state", new { state = (int)state });

    /// <summary>What a dead node had leased is free at once: how soon a survivor finds out by itself is another test's.</summary>
    public async Task LetLeasesEndAsync()
    {
        foreach (var table in new[] { "orders", "refills", "cancels" })
        {
            await Panel.ExecuteAsync($"UPDATE {table} SET due_at = 1 WHERE lease_by IS NOT NULL AND due_at IS NOT NULL");
        }
    }

    /// <summary>
    /// Every order is sent or in the operator's list, the provider has no order twice, it has every order that is sent under the very id that we know, and all money is
    /// accounted for.
    /// </summary>
    /// <returns>How many are unconfirmed.</returns>
    public async Task<int> ShouldBeSoundAsync(int orders)
    {
        var rows = await Panel.QueryAsync<Order>($"SELECT {Order.Columns} FROM orders ORDER BY id");
        rows.Count.ShouldBe(orders);
        rows.ShouldAllBe(o => o.SendState == SendState.Sent || o.SendState == SendState.Unconfirmed);
        var taken = Upstream.OrdersTaken.ToList();
        var byLink = taken.GroupBy(t => t.Link).ToDictionary(g => g.Key!, g => g.ToList());
        byLink.Values.ShouldAllBe(same => same.Count == 1, "the provider has an order twice");
        foreach (var row in rows.Where(o => o.SendState == SendState.Sent))
        {
            byLink[row.Link].Single().Id.ToString(CultureInfo.InvariantCulture).ShouldBe(row.ProviderOrder);
        }

        (await Panel.VerifyAsync()).ShouldBe(orders);
        return rows.Count(o => o.SendState == SendState.Unconfirmed);
    }

    public async ValueTask DisposeAsync()
    {
        await Panel.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
