using System.Collections.Concurrent;

namespace Tally.Orders.Workers;

/// <summary>The calls under way at one provider.</summary>
internal sealed class ProviderSlots
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private int _busy;

    /// <summary>Calls that have not ended.</summary>
    public int Busy => Volatile.Read(ref _busy);

    /// <summary>How many more orders may be claimed: as many as there are places, and never so many that more than as many again wait for their outcomes to be written.</summary>
    public int Free(int places) => Math.Min(places - Busy, (2 * places) - _running.Count);

    /// <summary>Runs a call on one of the places, which is free again when the call has ended, then what is to be done with its outcome.</summary>
    public void Run<T>(Func<Task<T>> call, Func<T, Task> then, Action freed)
    {
        Interlocked.Increment(ref _busy);
        var task = Task.Run(async () =>
        {
            T outcome;
            try
            {
                outcome = await call();
            }
            finally
            {
                Interlocked.Decrement(ref _busy);
                freed();
            }

            await then(outcome);
        });
        _running.TryAdd(task, true);
        _ = task.ContinueWith(
            t =>
            {
                _running.TryRemove(t, out _);
                freed();
            },
            TaskScheduler.Default);
    }

    /// <summary>Ends when nothing is under way any more, the outcomes' writes included.</summary>
    public async Task DrainAsync(TimeSpan atMost)
    {
        var all = Task.WhenAll(_running.Keys);
        await Task.WhenAny(all, Task.Delay(atMost));
    }
}
