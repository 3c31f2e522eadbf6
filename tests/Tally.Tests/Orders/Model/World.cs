using System.Globalization;
using Dapper;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Demo;
using Tally.Ledger;
using Tally.Operations;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Settings;
using Tally.Testing;
using Route = Tally.Catalog.Route;

namespace Tally.Tests.Orders.Model;

/// <summary>A store, a node that may die and is started again, two providers (one knows references), a customer and an operator; what can happen to them, step by step.</summary>
internal sealed class World : IAsyncDisposable
{
    /// <summary>Services of the demo catalogue: Default, with refill, cancel and drip-feed.</summary>
    private const int DemoService = 3, OtherDemoService = 4;

    private static readonly string[] Words = ["Processing", "In progress", "Completed", "Partial", "Canceled", "Awaiting moderation", "Pending"];
    private readonly TestStore _store;
    private readonly ModelClock _clock = new();
    private readonly List<long> _services = [];
    private readonly List<long> _placed = [];
    private readonly List<string> _trace = [];
    private long _customer;
    private int _links;
    private string? _lastReference;

    private World(TestStore store, Upstream sure, Upstream unsure) => (_store, Upstreams) = (store, [sure, unsure]);

    /// <summary>The first knows references, the second does not.</summary>
    public Upstream[] Upstreams { get; }

    public ModelNode Node { get; private set; } = null!;

    public IReadOnlyList<long> Placed => _placed;

    /// <summary>How often the node has died.</summary>
    public int Deaths { get; private set; }

    /// <summary>What happened, for the one who must find out why.</summary>
    public string Trace => string.Join('\n', _trace.TakeLast(400));

    public long Customer => _customer;

    public static async Task<World> CreateAsync(StoreKind kind)
    {
        var world = new World(await TestStore.CreateAsync(kind), await Upstream.StartAsync(references: true, 1), await Upstream.StartAsync(references: false, 2));
        world.Node = await ModelNode.StartAsync(world._store.ConnectionString, world._clock);
        await world.FurnishAsync();
        return world;
    }

    public async Task<T> ReadAsync<T>(Func<System.Data.Common.DbConnection, Task<T>> read)
    {
        await using var connection = await _store.OpenAsync();
        return await read(connection);
    }

    public Task<IReadOnlyList<Order>> OrdersAsync() =>
        ReadAsync(async c => (IReadOnlyList<Order>)[.. await c.QueryAsync<Order>($"SELECT {Order.Columns} FROM orders ORDER BY id")]);

    /// <summary>One step: what kind it is and what it is about are read from three numbers, so that any numbers make a story.</summary>
    public async Task StepAsync(int kind, int a, int b)
    {
        _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} {a} {b}"));
        switch (kind)
        {
            case < 22: await PlaceAsync(a, b); break;
            case < 55: await WorkAsync(); break;
            case < 65: _clock.Move(Pause(a)); break;
            case < 74: Spoil(a, b); break;
            case < 84: Move(a, b); break;
            case < 87: await CancelAsync(a); break;
            case < 90: await RefillAsync(a); break;
            case < 92: await AttendAsync(); break;
            case < 93: await PauseAsync(a); break;
            case < 94: Upstreams[a % 2].Simulated.Balance = b % 2 == 0 ? 0 : 1_000_000_000_000m; break;
            case < 98: Node.DieAt(Enum.GetValues<FaultPoint>()[a % Enum.GetValues<FaultPoint>().Length], 1 + (b % 3)); break;
            default: Node.Die(); await WorkAsync(); break;
        }
    }

    public async Task WorkAsync()
    {
        await Node.WorkAsync();
        if (Node.IsDead)
        {
            Deaths++;
            _trace.Add("the node died");
            await Node.DisposeAsync();
            Node = await ModelNode.StartAsync(_store.ConnectionString, _clock);

            // Once the others miss a node, its turns of asking are nobody's. That this takes eight looks is another test's; the story goes on at once.
            await Node.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("DELETE FROM sync_turns", null, tx.Transaction), CancellationToken.None);
        }
    }

    /// <summary>Everything is mended, the providers finish what they have, and the operator looks after what waits, until nothing moves any more.</summary>
    public async Task ComeToRestAsync()
    {
        Node.Spare();
        foreach (var upstream in Upstreams)
        {
            upstream.Simulated.Faults.Clear();
            upstream.Simulated.Balance = 1_000_000_000_000m;
        }

        for (var round = 0; round < 400; round++)
        {
            foreach (var provider in Node.Get<ProviderBook>().Current.Values.Where(p => p.Paused))
            {
                await Node.Get<ProviderBook>().PauseAsync(provider.Id, null, CancellationToken.None);
            }

            foreach (var upstream in Upstreams)
            {
                foreach (var order in upstream.Taken.Where(o => !upstream.IsFinal(o.Id)))
                {
                    upstream.Say(order, "Completed", 0);
                }
            }

            await WorkAsync();
            await AttendAsync();
            _clock.Move(TimeSpan.FromMinutes(20));
            if ((await OrdersAsync()).All(o => o.Status.IsFinal()) && round > 8)
            {
                break;
            }
        }

        // Corrections are asked for once a day by then.
        for (var day = 0; day < 2; day++)
        {
            _clock.Move(TimeSpan.FromHours(25));
            await WorkAsync();
            await WorkAsync();
        }

        if ((await OrdersAsync()).All(o => o.Status.IsFinal()))
        {
            return;
        }

        throw new InvalidOperationException("It does not come to rest: " + string.Join('\n', (await OrdersAsync()).Where(o => !o.Status.IsFinal()).Take(5)));
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        foreach (var upstream in Upstreams)
        {
            await upstream.DisposeAsync();
        }

        await _store.DisposeAsync();
    }

    private static TimeSpan Pause(int a) => (a % 5) switch
    {
        0 => TimeSpan.FromMilliseconds(400),
        1 => TimeSpan.FromSeconds(7),
        2 => TimeSpan.FromSeconds(50),
        3 => TimeSpan.FromMinutes(61),
        _ => TimeSpan.FromHours(25),
    };

    private async Task FurnishAsync()
    {
        await Node.Get<SettingsSnapshot>().SetAsync("sync_interval_ms", "1000", CancellationToken.None);
        await Node.Get<SettingsSnapshot>().SetAsync("correction_days", "30", CancellationToken.None);
        var save = Node.Get<SaveProvider>();
        var providers = new List<Provider>();
        foreach (var upstream in Upstreams)
        {
            providers.Add(await save.AddAsync($"p{providers.Count}", upstream.Simulated.Url.ToString(), upstream.Simulated.Key, upstream.References, allowPrivate: true, CancellationToken.None));
        }

        Route To(int provider, int service) => new(providers[provider].Id, Upstreams[provider].Simulated.ServiceFor(service).ToString(CultureInfo.InvariantCulture), null);
        await AddServiceAsync(To(0, DemoService), OnRefusal.Hold);
        await AddServiceAsync(To(1, DemoService), OnRefusal.Cancel);
        await AddServiceAsync(To(1, OtherDemoService), OnRefusal.Hold, To(0, OtherDemoService));
        _customer = (await Node.Get<AccountBook>().OpenAsync("model@example.com", null, CancellationToken.None)).Id;
        await Node.Get<CreditAccount>().RunAsync(_customer, Money.Parse("100000000"), "model", "model", CancellationToken.None);
    }

    private async Task AddServiceAsync(Route route, OnRefusal refusal, params Route[] further)
    {
        var id = (await Node.Get<SaveServices>().NewIdsAsync(1, CancellationToken.None))[0];
        var service = new Service(
            id, $"Service {id}", "", ServiceType.Default, "", "", Money.Parse("15000.00007"), 50, 20_000, Refill: true, Cancel: true, Dripfeed: true, RefillDays: 0, Enabled: true,
            Handles: false, UniqueLink: false, refusal, route.ProviderId, route.ProviderService, null, (int)id)
        { FurtherRoutes = [.. further] };
        await Node.Get<SaveServices>().RunAsync([service], CancellationToken.None);
        await Node.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        _services.Add(id);
    }

    private async Task PlaceAsync(int a, int b)
    {
        var refused = b % 11 == 0 ? "#refuse=The%20page%20is%20private" : "";
        var dripfeed = b % 7 == 0;
        var again = b % 13 == 0 && _lastReference is not null;
        var link = string.Create(CultureInfo.InvariantCulture, $"https://example.com/{(again ? 0 : ++_links)}{refused}");
        _lastReference = again ? _lastReference : string.Create(CultureInfo.InvariantCulture, $"r{_links}");
        var parameters = new OrderParameters
        {
            Service = _services[a % _services.Count].ToString(CultureInfo.InvariantCulture),
            Link = link,
            Quantity = (50 + (b % 97)).ToString(CultureInfo.InvariantCulture),
            Runs = dripfeed ? "3" : null,
            Interval = dripfeed ? "30" : null,
            Reference = _lastReference,
            Own = _ => null,
        };
        if (await Node.Get<PlaceOrder>().RunAsync(_customer, parameters, CancellationToken.None) is PlaceOrderOutcome.Placed { Replayed: false } placed)
        {
            _placed.Add(placed.Order);
        }
    }

    /// <summary>One of the next calls goes wrong.</summary>
    private void Spoil(int a, int b)
    {
        SimulatedAction[] actions = [SimulatedAction.Add, SimulatedAction.Add, SimulatedAction.Status, SimulatedAction.Cancel, SimulatedAction.Refill, SimulatedAction.RefillStatus];
        Fault[] faults =
        [
            new Fault.ResetBeforeBody(), new Fault.ResetAfterTaking(), new Fault.Status(502), new Fault.Status(500, AfterTaking: true), new Fault.Html(), new Fault.Html(AfterTaking: true),
            new Fault.Empty(), new Fault.Empty(AfterTaking: true), new Fault.Malformed(), new Fault.NotEnoughFunds(), new Fault.TooManyRequests(), new Fault.UnknownStatus(), new Fault.OmitIds(3),
            new Fault.DuplicateId(), new Fault.WrongShape(AnswerShape.Wrapped), new Fault.WrongShape(AnswerShape.InArray), new Fault.WrongShape(AnswerShape.Null), new Fault.WrongShape(AnswerShape.Text),
            new Fault.WrongShape(AnswerShape.EmptyArray), new Fault.WrongShape(AnswerShape.NumbersAsStrings), new Fault.WrongShape(AnswerShape.StringsAsNumbers), new Fault.WrongShape(AnswerShape.NullValues),
        ];
        Upstreams[a % 2].Simulated.Faults.Next(actions[a / 2 % actions.Length], faults[b % faults.Length], 1 + (b / faults.Length % 3));
    }

    /// <summary>A provider says something of one of its orders: forward, backward, or nonsense.</summary>
    private void Move(int a, int b)
    {
        var upstream = Upstreams[a % 2];
        if (upstream.Taken is { Count: > 0 } taken)
        {
            var order = taken[a / 2 % taken.Count];
            upstream.Say(order, Words[b % Words.Length], (b % 9) switch { 0 => -5, 1 => order.Quantity + 7, 2 => 0, _ => b % (order.Quantity + 1) });
        }
    }

    private async Task CancelAsync(int a)
    {
        if (_placed.Count > 0)
        {
            await Node.Get<CancelOrder>().RunAsync(_customer, _placed[a % _placed.Count], CancellationToken.None);
        }
    }

    private async Task RefillAsync(int a)
    {
        if (_placed.Count > 0)
        {
            await Node.Get<RefillOrder>().RunAsync(_customer, _placed[a % _placed.Count], CancellationToken.None);
        }
    }

    private async Task PauseAsync(int a)
    {
        var book = Node.Get<ProviderBook>();
        var provider = book.Current.Values.OrderBy(p => p.Id).ElementAt(a % 2);
        await book.PauseAsync(provider.Id, provider.Paused ? null : "model", CancellationToken.None);
    }

    /// <summary>An operator who looks at the provider first: what is there is attached, what is not is sent again, and what was refused is paid back.</summary>
    private async Task AttendAsync()
    {
        var attend = Node.Get<AttendOrder>();
        foreach (var order in await attend.ListAsync(CancellationToken.None))
        {
            var upstream = Upstreams[order.ProviderId == Node.Get<ProviderBook>().Current.Values.Min(p => p.Id) ? 0 : 1];

            // What is there and is followed by nobody, or by one that it cannot be.
            var followed = (await OrdersAsync()).Where(o => o.ProviderOrder is not null && o.ProviderId == order.ProviderId).ToDictionary(o => o.ProviderOrder!);
            var there = upstream.Taken.FirstOrDefault(t => IsOf(t, order, upstream) && !(followed.TryGetValue(Id(t), out var other) && IsOf(t, other, upstream)));
            Attention attention = order.SendState == SendState.Held ? new Attention.Cancel() : there is not null ? new Attention.Attach(Id(there), followed.ContainsKey(Id(there))) : new Attention.Resend();
            _trace.Add($"operator: order {order.Id} {attention}");
            await attend.RunAsync(order.Id, attention, "model", "model", CancellationToken.None);
        }
    }

    private static string Id(TakenOrder taken) => taken.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether an order at the provider may be this one: by its reference where there are any, else by its link.</summary>
    public bool IsOf(TakenOrder taken, Order order, Upstream upstream) => upstream.References
        ? taken.Reference == $"{Node.Get<SettingsSnapshot>().Current.PanelId}-{order.Id}"
        : taken.Link == order.Link && taken.Quantity == order.Quantity;
}
