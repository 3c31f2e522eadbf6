using Tally.Demo;

namespace Tally.Torture;

/// <summary>A provider, simulated in this process, so that it counts whatever becomes of the panel.</summary>
internal sealed class Upstream(string name, SimulatedProvider provider) : IAsyncDisposable
{
    /// <summary>A service of the demo catalogue: Default, 50 to 20,000, with refill and cancel.</summary>
    public const int DemoService = 3;

    private readonly HashSet<string> _lied = new(StringComparer.Ordinal);

    public string Name => name;

    public bool References { get; private init; }

    public SimulatedProvider Provider => provider;

    /// <summary>Its number in the panel, once it is added there.</summary>
    public long Id { get; set; }

    /// <summary>The links of orders to which it gave another order's id on purpose: which order the panel follows then nobody can tell.</summary>
    public IReadOnlySet<string> Lied => _lied;

    public static async Task<Upstream> StartAsync(string name, bool references, int seed) => new(
        name,
        await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Seed = seed, SupportsReference = references, Balance = 1_000_000_000_000m, MaxRemembered = 10_000_000, MaxReceived = 20_000 }))
    {
        References = references,
    };

    /// <summary>It behaves from now on; what it lied about is remembered.</summary>
    public void Behave()
    {
        provider.Faults.Clear();
        foreach (var call in provider.Received.Of(SimulatedAction.Add).Where(c => c.Fault is Fault.DuplicateId))
        {
            _lied.Add(call.Parameters.GetValueOrDefault("link", ""));
        }
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
