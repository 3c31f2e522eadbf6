using System.Collections.Concurrent;

namespace Tally.Tests.Platform.Db;

/// <summary>Stands in for a store that takes its time: every piece of work waits until the test lets it go on.</summary>
internal sealed class HeldWork<TItem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _begun = new(0), _mayEnd = new(0);
    private readonly ConcurrentQueue<TItem[]> _batches = new();

    /// <summary>What came, in the order in which it came.</summary>
    public IReadOnlyList<TItem[]> Batches => [.. _batches];

    /// <summary>What the code under test calls.</summary>
    public async Task HoldAsync(IEnumerable<TItem> batch)
    {
        _batches.Enqueue([.. batch]);
        _begun.Release();
        if (!await _mayEnd.WaitAsync(Patience))
        {
            throw new TimeoutException("Nobody let the work go on.");
        }
    }

    /// <summary>The same from a thread that waits for it.</summary>
    public void Hold(IEnumerable<TItem> batch)
    {
        _batches.Enqueue([.. batch]);
        _begun.Release();
        if (!_mayEnd.Wait(Patience))
        {
            throw new TimeoutException("Nobody let the work go on.");
        }
    }

    /// <summary>Waits until so many more pieces of work are under way.</summary>
    public async Task BegunAsync(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            if (!await _begun.WaitAsync(Patience))
            {
                throw new TimeoutException("The work was never begun.");
            }
        }
    }

    /// <summary>Lets so many pieces of work end, those to come too.</summary>
    public void LetGo(int count = 1) => _mayEnd.Release(count);
}
