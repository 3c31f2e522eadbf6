using System.Threading.Channels;

namespace Tally.Platform.Db;

/// <summary>
/// Reads by key, many at a time: the keys that queue up while a query runs are read by the next one: one loop, so that as many as possible share a query. For a store across a
/// connection, where one query of a hundred keys costs little more than one of one.
/// </summary>
/// <typeparam name="TKey">What is asked for.</typeparam>
/// <typeparam name="TValue">What is found.</typeparam>
public sealed class ReadBatcher<TKey, TValue> : IAsyncDisposable
    where TKey : notnull
{
    private const int MostLooks = 4;
    private readonly Channel<Waiter> _queue;
    private readonly Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> _read;
    private readonly int _maxBatch;
    private readonly Task[] _loops;

    /// <param name="read">Reads those of the keys that exist.</param>
    /// <param name="loops">How many queries run at once.</param>
    /// <param name="maxBatch">How many keys one query takes at the most.</param>
    /// <param name="capacity">How many keys may wait.</param>
    public ReadBatcher(
        Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> read, int loops = 1, int maxBatch = 256, int capacity = 20_000)
    {
        _read = read;
        _maxBatch = maxBatch;
        _queue = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
        _loops = [.. Enumerable.Range(0, loops).Select(_ => Task.Run(LoopAsync))];
    }

    /// <summary>Reads one; <c>Found</c> is false when there is none.</summary>
    /// <exception cref="StoreUnavailableException">Too many wait, or the store does not answer.</exception>
    public Task<(bool Found, TValue Value)> ReadAsync(TKey key)
    {
        var waiter = new Waiter(key);
        return _queue.Writer.TryWrite(waiter)
            ? waiter.Done.Task
            : Task.FromException<(bool, TValue)>(new StoreUnavailableException("Too many reads wait for the store.", null));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_loops);
    }

    private async Task LoopAsync()
    {
        var batch = new List<Waiter>(_maxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            // Behind the requests that are about to be read, as long as more come: the more keys share a query, the less each costs. Where nothing else is to be done, this takes no time.
            for (int waiting = 0, looks = 0; looks < MostLooks && _queue.Reader.Count > waiting; looks++)
            {
                waiting = _queue.Reader.Count;
                await Task.Yield();
            }

            while (batch.Count < _maxBatch && _queue.Reader.TryRead(out var waiter))
            {
                batch.Add(waiter);
            }

            if (batch.Count > 0)
            {
                await AnswerAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task AnswerAsync(List<Waiter> batch)
    {
        try
        {
            var found = await _read(batch.Select(w => w.Key).ToHashSet(), CancellationToken.None);
            foreach (var waiter in batch)
            {
                waiter.Done.TrySetResult(found.TryGetValue(waiter.Key, out var value) ? (true, value) : (false, default!));
            }
        }
        catch (Exception e)
        {
            var told = DatabaseFailure.Of(e) == FailureKind.Unavailable ? new StoreUnavailableException("The store does not answer.", e) : e;
            batch.ForEach(w => w.Done.TrySetException(told));
        }
    }

    private sealed class Waiter(TKey key)
    {
        public TKey Key { get; } = key;

        public TaskCompletionSource<(bool Found, TValue Value)> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
