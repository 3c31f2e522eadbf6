using Tally.Testing;

namespace Tally.Torture;

/// <summary>One of the panel's nodes: a place to run <c>tally serve</c> at, whose process dies and comes back.</summary>
internal sealed class Node(string name, string roles, StorePlace store, NodeClock clock) : IAsyncDisposable
{
    private const int LastLines = 40, LineLength = 600;

    // Of these the first is the endpoint's, the others are the server's.
    private static readonly string[] Unexcused = ["API v2: a request failed", "automatic draining of the request body failed", "An unhandled exception was thrown by the application"];

    private readonly List<string> _failed = [];
    private TallyProcess? _process;

    public string Name => name;

    public bool IsWeb => roles.Contains("web", StringComparison.Ordinal);

    public bool IsWorker => roles.Contains("worker", StringComparison.Ordinal);

    /// <summary>Its way to the store; null on SQLite.</summary>
    public TcpProxy? Network { get; } = store.NewNetwork();

    /// <summary>Its clock.</summary>
    public NodeClock Clock => clock;

    /// <summary>Where it listens; that of the last process while there is none.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:9");

    /// <summary>Whether its process has ended though nobody killed it.</summary>
    public bool HasFallen => _process is { HasEnded: true };

    /// <summary>What its processes said of requests that failed for no reason that a fault would give: a store that does not answer is said in other words.</summary>
    public IEnumerable<string> Failed => [.. _failed, .. Failures(_process)];

    /// <summary>The last lines that it said.</summary>
    public IEnumerable<string> LastWords => _process is null ? [] : _process.Output.Concat(_process.Errors).TakeLast(LastLines).Select(line => line[..Math.Min(line.Length, LineLength)]);

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        var process = TallyProcess.LaunchIn(clock.Environment, store.For(Network), "--roles", roles);
        try
        {
            await process.ReadyAsync();
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        Address = process.Address;
        _process = process;
    }

    /// <summary>As a power cut would (<c>kill -9</c>).</summary>
    public async Task KillAsync()
    {
        var process = Interlocked.Exchange(ref _process, null) ?? throw new InvalidOperationException($"{name} does not run.");
        await process.KillAsync();
        await process.DisposeAsync();
        _failed.AddRange(Failures(process));
    }

    /// <summary>As a machine that swaps would (SIGSTOP).</summary>
    public Task FreezeAsync() => _process!.FreezeAsync();

    /// <summary>It goes on where it was.</summary>
    public Task ThawAsync() => _process!.ThawAsync();

    private static IEnumerable<string> Failures(TallyProcess? process) => process?.Output.Where(line => Unexcused.Any(u => line.Contains(u, StringComparison.Ordinal))) ?? [];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (Network is not null)
        {
            await Network.DisposeAsync();
        }
    }
}
