using System.Collections.Concurrent;
using Tally.Platform.Db;

namespace Tally.Orders.Workers;

/// <summary>Gives each provider turns of its own, so that a slow one holds no other up: while its turn lasts it gets no further one, and the others do.</summary>
internal sealed class ProviderTurns(TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How long a step waits for the turns that it has started.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryWrite = TimeSpan.FromSeconds(1), Drain = TimeSpan.FromSeconds(35);
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _drained = new();
    private bool _disposed;

    /// <summary>Starts a turn for each of the providers that has none under way, and waits a moment for all. A turn that fails is logged; the provider's next one comes with the next step.</summary>
    public async Task RunAsync(IEnumerable<long> providers, Func<long, Task> turn, CancellationToken ct)
    {
        foreach (var provider in providers.Where(p => !_running.ContainsKey(p)))
        {
            _running[provider] = Task.Run(() => GuardAsync(provider, turn), CancellationToken.None);
        }

        await Task.WhenAll(_running.Values).WaitAsync(LongestWait, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var ended in _running.Where(r => r.Value.IsCompleted).ToList())
        {
            _running.TryRemove(ended);
        }
    }

    /// <summary>
    /// Writes until it is written, for as long as the store is away: only this process knows what was answered. What a stopping process could not write is found by its state and its lease.
    /// </summary>
    public async Task InsistAsync(Func<Task> write)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception e) when (DatabaseFailure.Of(e) != FailureKind.Other && !DatabaseFailure.IsFinal(e) && !_drained.IsCancellationRequested)
            {
                logger.LogError(e, "A provider's answer could not be written, {Failures} times in a row", failures);
                await Task.Delay(RetryWrite, time, _drained.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Waits for the turns under way, 35 s at most, so that what is answered is written.</summary>
    public async Task DrainAsync()
    {
        _drained.CancelAfter(Drain);
        await Task.WhenAll(_running.Values).WaitAsync(Drain, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _drained.Cancel();
            _drained.Dispose();
        }
    }

    private async Task GuardAsync(long provider, Func<long, Task> turn)
    {
        try
        {
            await turn(provider);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The turn of provider {Provider} failed", provider);
        }
    }
}
