using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Tally.Demo;

/// <summary>
/// Another panel that speaks API v2 over real HTTP on 127.0.0.1, with its orders in memory: what <c>tally demo</c> and the
/// tests have for a provider. Its orders move by themselves (see <see cref="SimulatedProviderOptions"/>), by words in their
/// links (<see cref="OrderScript.Parse"/>), and by the setters here; its answers go wrong by <see cref="Faults"/>. All
/// members are thread-safe.
/// </summary>
public sealed class SimulatedProvider : IAsyncDisposable
{
    private const int MaxBodyBytes = 1 << 20;

    private readonly SimulatedProviderOptions _options;
    private readonly SimulatedClock _clock;
    private readonly SimulatedCatalogue _catalogue;
    private readonly OrderBook _book;
    private readonly RefillBook _refills;
    private readonly SimulatedPanel _panel;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private SimulatedProvider(SimulatedProviderOptions options)
    {
        _options = options;
        _clock = new SimulatedClock(options.Time, options.Speed);
        _catalogue = new SimulatedCatalogue(options);
        _book = new OrderBook(options, _clock);
        _refills = new RefillBook(options, _clock);
        _panel = new SimulatedPanel(options, _clock, _catalogue, _book, _refills);
        Faults = new FaultScript(options.Seed);
        Received = new ReceivedLog(options.MaxReceived);
        _app = Build(options.Port);
        var endpoint = new SimulatedEndpoint(options, _panel, _catalogue, Faults, Received);
        _app.Run(context => endpoint.HandleAsync(context, _stopping.Token));
    }

    /// <summary>The endpoint, such as <c>http://127.0.0.1:40123/api/v2</c>.</summary>
    public Uri Url { get; private set; } = new("about:blank");

    /// <summary>The key that it accepts.</summary>
    public string Key => _options.Key;

    /// <summary>Which calls go wrong, and how.</summary>
    public FaultScript Faults { get; }

    /// <summary>The calls that arrived.</summary>
    public ReceivedLog Received { get; }

    /// <summary>The orders that it took and remembers, oldest first; a live view.</summary>
    public IReadOnlyCollection<TakenOrder> OrdersTaken => _book;

    /// <summary>What it sells at this moment.</summary>
    public IReadOnlyList<SimulatedService> Services => [.. _catalogue.Services];

    /// <summary>Our balance there, refunds that are due included. Setting it replaces it.</summary>
    public decimal Balance
    {
        get => _book.Balance;
        set => _book.Balance = value;
    }

    /// <summary>What becomes of cancel requests from now on.</summary>
    public CancelOutcome CancelOutcome
    {
        get => _panel.CancelOutcome;
        set => _panel.CancelOutcome = value;
    }

    /// <summary>What becomes of refills asked for from now on.</summary>
    public RefillOutcome RefillOutcome
    {
        get => _panel.RefillOutcome;
        set => _panel.RefillOutcome = value;
    }

    /// <summary>Starts a provider; it listens when the task ends.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatedProvider> StartAsync(SimulatedProviderOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new SimulatedProviderOptions();
        options.Validate();
        var provider = new SimulatedProvider(options);
        try
        {
            await provider._app.StartAsync(cancellation);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }

        var address = provider._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        provider.Url = new Uri(new Uri(address), SimulatedEndpoint.Path);
        return provider;
    }

    /// <summary>The provider's id of a service of the demo catalogue.</summary>
    public int ServiceFor(int demoService) => demoService + _options.ServiceIdOffset;

    /// <summary>Lets all orders of a service go this way, unless an order's own link says otherwise.</summary>
    public void ScriptService(int service, OrderScript script) => _catalogue.Script(service, script);

    /// <summary>Changes what is on sale: a new rate, name, type …; null takes the service away. Orders keep what they were sold as.</summary>
    /// <exception cref="KeyNotFoundException">No service of this id is on sale, or its new type is none of the seventeen.</exception>
    public void ChangeService(int service, Func<SimulatedService, SimulatedService?> change) => _catalogue.Change(service, change);

    /// <summary>All orders and refills stay as they are, and new ones Pending, until <see cref="Thaw"/>; <see cref="SetStatus"/> still works.</summary>
    public void Freeze() => _clock.Freeze();

    /// <summary>Time goes on from where it stood.</summary>
    public void Thaw() => _clock.Thaw();

    /// <summary>Nails an order's state, whatever it was; what is null stays as it is at this moment. A changed charge moves the balance.</summary>
    /// <param name="order">The provider's own id.</param>
    /// <param name="status">Any word, also one that the API does not know.</param>
    /// <param name="remains">Any number; without it 0 for a Completed, else what remains at this moment.</param>
    /// <param name="startCount">Any number.</param>
    /// <param name="charge">The net charge; without it a Canceled costs 0, a Partial its delivered part, anything else the whole.</param>
    /// <exception cref="KeyNotFoundException">The order is unknown.</exception>
    public void SetStatus(int order, string status, long? remains = null, long? startCount = null, decimal? charge = null)
    {
        var found = _book.Find(order) ?? throw new KeyNotFoundException($"The simulated provider knows no order {order}.");
        _book.Change(found, it =>
        {
            var before = it.At(_clock.Now);
            var left = remains ?? (status == OrderWords.Completed ? 0 : before.Remains);
            var net = charge ?? status switch
            {
                OrderWords.Canceled => 0,
                OrderWords.Partial => Price.AfterRefund(it.Draft.Cost, it.Draft.Quantity, left),
                _ => it.Draft.Cost,
            };
            it.Set(new OrderState(status, startCount ?? before.StartCount, left, net, _clock.Now));
        });
    }

    /// <summary>Nails a refill's status to any word.</summary>
    /// <exception cref="KeyNotFoundException">The refill is unknown.</exception>
    public void SetRefillStatus(int refill, string status) =>
        (_refills.Find(refill) ?? throw new KeyNotFoundException($"The simulated provider knows no refill {refill}.")).Set(status);

    /// <summary>Stops listening; calls that wait for a delay end without an answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    // The empty builder reads no settings file and no environment: a test's provider must not depend on where it runs.
    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        // An exception that no fault asked for is a defect of the simulation and must be seen, not taken for a scripted 500.
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Error);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        return builder.Build();
    }

    // The default lifetime would catch SIGTERM and Ctrl-C for the whole process; this server lives as long as its owner says.
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
