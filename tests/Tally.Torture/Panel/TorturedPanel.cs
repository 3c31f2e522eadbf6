using System.Globalization;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Commands;
using Tally.Ledger;
using Tally.Providers;
using Tally.Settings;
using Tally.Testing;

namespace Tally.Torture;

/// <summary>
/// A whole panel: its store, its nodes as processes, its providers, its customers. On PostgreSQL two nodes answer and two send; on SQLite one process does both. What an operator does is done from
/// here through the same use cases as the commands, beside the nodes and past the networks between them and the store.
/// </summary>
internal sealed class TorturedPanel : IAsyncDisposable
{
    /// <summary>A run in which even faults that take long have their place.</summary>
    private const double LongMinutes = 10;

    private const int Customers = 40, PoorCustomers = 4;
    private const string Rich = "100000000", Poor = "60000", Rate = "25000.00001";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-torture-clocks-");
    private readonly List<Node> _nodes = [];
    private Dictionary<long, Customer> _customers = [];

    private TorturedPanel(StorePlace place, IReadOnlyList<Upstream> upstreams, bool isLong) => (Place, Upstreams, IsLong) = (place, upstreams, isLong);

    /// <summary>Whether the run is long enough for faults that take a minute.</summary>
    public bool IsLong { get; }

    public StorePlace Place { get; }

    public IReadOnlyList<Upstream> Upstreams { get; }

    public IReadOnlyList<Node> Nodes => _nodes;

    public IReadOnlyList<Node> Webs { get; private set; } = [];

    public IReadOnlyList<Node> Workers { get; private set; } = [];

    public IReadOnlyList<Customer> All { get; private set; } = [];

    public Customer CustomerOf(long account) => _customers[account];

    public IReadOnlyList<TorturedService> Services { get; private set; } = [];

    /// <summary>By account: what was put on its wallet.</summary>
    public IReadOnlyDictionary<long, long> Credited => All.ToDictionary(c => c.Id, c => c.Credited);

    /// <summary>By service: the price of 1,000.</summary>
    public IReadOnlyDictionary<long, long> Rates => Services.ToDictionary(s => s.Id, s => s.Rate);

    public static async Task<TorturedPanel> StartAsync(StoreKind kind, double minutes, int seed)
    {
        var place = await StorePlace.MakeAsync(kind, minutes);
        var panel = new TorturedPanel(place, [await Upstream.StartAsync("upstream-references", references: true, seed), await Upstream.StartAsync("upstream-plain", references: false, seed + 1)], minutes >= LongMinutes);
        try
        {
            await panel.UseAsync(panel.FurnishAsync);
            string[] roles = kind == StoreKind.Sqlite ? ["web,worker"] : ["web", "web", "worker", "worker"];
            foreach (var role in roles)
            {
                var name = role == "web,worker" ? "node" : string.Create(CultureInfo.InvariantCulture, $"{role} {panel._nodes.Count(n => n.Name.StartsWith(role, StringComparison.Ordinal)) + 1}");
                var clock = new NodeClock(Path.Combine(panel._folder.FullName, name.Replace(' ', '-')));
                clock.Set(TimeSpan.Zero);
                panel._nodes.Add(new Node(name, role, place, clock));
            }

            (panel.Webs, panel.Workers) = ([.. panel._nodes.Where(n => n.IsWeb)], [.. panel._nodes.Where(n => n.IsWorker)]);
            await Task.WhenAll(panel._nodes.Select(n => n.StartAsync()));
            return panel;
        }
        catch
        {
            await panel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does something as an operator's command would, and leaves no connection behind: a store whose node was killed must be mended by the node that comes back.</summary>
    public async Task<T> UseAsync<T>(Func<CommandScope, Task<T>> work)
    {
        await using var scope = await CommandScope.OpenAsync(Place.Database, json: false, migrate: _nodes.Count == 0, CancellationToken.None);
        return await work(scope);
    }

    public Task UseAsync(Func<CommandScope, Task> work) => UseAsync(async scope =>
    {
        await work(scope);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        foreach (var upstream in Upstreams)
        {
            await upstream.DisposeAsync();
        }

        await Place.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task FurnishAsync(CommandScope scope)
    {
        foreach (var (setting, value) in new[] { ("requests_per_second", "1000000"), ("request_burst", "1000000"), ("wrong_keys_per_address", "1000000"), ("sync_interval_ms", "1000") })
        {
            await scope.Get<SettingsSnapshot>().SetAsync(setting, value, CancellationToken.None);
        }

        foreach (var upstream in Upstreams)
        {
            upstream.Id = (await scope.Get<SaveProvider>().AddAsync(
                upstream.Name, upstream.Provider.Url.ToString(), upstream.Provider.Key, upstream.References, allowPrivate: true, CancellationToken.None,
                new ProviderChange { ConnectTimeoutS = 2, TimeoutS = 5 })).Id;
        }

        Services = [await AddServiceAsync(scope, null), await AddServiceAsync(scope, Upstreams[0]), await AddServiceAsync(scope, Upstreams[1])];
        var all = new List<Customer>();
        for (var n = 0; n < Customers; n++)
        {
            var account = await scope.Get<AccountBook>().OpenAsync(string.Create(CultureInfo.InvariantCulture, $"customer{n}@example.com"), null, CancellationToken.None);
            var money = Money.Parse(n < Customers - PoorCustomers ? Rich : Poor);
            await scope.Get<CreditAccount>().RunAsync(account.Id, money, "torture", "torture", CancellationToken.None);
            all.Add(new Customer(account.Id, account.Key, money.Units));
        }

        All = all;
        _customers = all.ToDictionary(c => c.Id);
    }

    private static async Task<TorturedService> AddServiceAsync(CommandScope scope, Upstream? upstream)
    {
        var id = (await scope.Get<SaveServices>().NewIdsAsync(1, CancellationToken.None))[0];
        var rate = Money.Parse(Rate);

        // Priced by hand: whatever the provider's prices do, customers know what an order costs.
        await scope.Get<SaveServices>().RunAsync(
            [
                new Service(
                    id, $"Service {id}", "", ServiceType.Default, "Category", "Platform", rate, 10, 10_000, Refill: true, Cancel: true, Dripfeed: false, RefillDays: 0, Enabled: true,
                    Handles: false, UniqueLink: false, OnRefusal.Hold, upstream?.Id, upstream?.Provider.ServiceFor(Upstream.DemoService).ToString(CultureInfo.InvariantCulture), null, (int)id)
                {
                    PricedByHand = true,
                },
            ],
            CancellationToken.None);
        return new TorturedService(id, rate.Units, upstream);
    }
}
