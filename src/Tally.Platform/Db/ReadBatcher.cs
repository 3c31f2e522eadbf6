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
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> _read;
    private readonly Func<TKey, TValue> _missing;
    private readonly int _maxBatch, _capacity;
    private readonly Task _loop;
    private List<Waiter> _waiting = [];
    private int _count;
    private bool _closed;

    /// <param name="read">Reads those of the keys that exist.</param>
    /// <param name="missing">What is answered for a key that does not exist; what it throws, the caller gets.</param>
    /// <param name="maxBatch">How many keys one query takes at the most.</param>
    /// <param name="capacity">How many keys may wait.</param>
    public ReadBatcher(
        Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> read, Func<TKey, TValue> missing, int maxBatch = 256, int capacity = 20_000)
    {
        (_read, _missing, _maxBatch, _capacity) = (read, missing, maxBatch, capacity);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Reads one; of one that does not exist, what was said to be answered then.</summary>
    /// <exception cref="StoreUnavailableException">Too many wait, or the store does not answer.</exception>
    public Task<TValue> ReadAsync(TKey key)
    {
        var waiter = new Waiter(key);
        lock (_gate)
        {
            if (_closed || _count == _capacity)
            {
                return Task.FromException<TValue>(new StoreUnavailableException("Too many reads wait for the store.", null));
            }

            _waiting.Add(waiter);
            if (++_count > 1)
            {
                return waiter.Task; // whoever was the first has woken the loop
            }
        }

        _wake.Writer.TryWrite(true);
        return waiter.Task;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _wake.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        var batch = new List<Waiter>();
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            for (batch = await GatherAsync(batch); batch.Count > 0; batch = await GatherAsync(batch))
            {
                await AnswerAsync(batch);
                batch.Clear();
            }
        }
    }

    /// <summary>Those that wait, as many as one query takes.</summary>
    /// <param name="empty">What they are gathered in, or what the next ones will wait in.</param>
    private async ValueTask<List<Waiter>> GatherAsync(List<Waiter> empty)
    {
        // Behind the requests that are about to be read, as long as more come: the more keys share a query, the less each costs. Where nothing else is to be done, this takes no time.
        for (int waiting = 0, looks = 0; looks < MostLooks && Volatile.Read(ref _count) > waiting; looks++)
        {
            waiting = Volatile.Read(ref _count);
            await Task.Yield();
        }

        lock (_gate)
        {
            var gathered = _waiting;
            if (_count <= _maxBatch)
            {
                (_waiting, _count) = (empty, 0);
                return gathered;
            }

            empty.AddRange(gathered.Take(_maxBatch));
            gathered.RemoveRange(0, _maxBatch);
            _count -= _maxBatch;
            return empty;
        }
    }

    private async Task AnswerAsync(List<Waiter> batch)
    {
        try
        {
            var found = await _read(batch.Select(w => w.Key).ToHashSet(), CancellationToken.None);
            foreach (var waiter in batch)
            {
                if (found.TryGetValue(waiter.Key, out var value))
                {
                    waiter.TrySetResult(value);
                }
                else
                {
                    TellMissing(waiter);
                }
            }
        }
        catch (Exception e)
        {
            var told = DatabaseFailure.Of(e) == FailureKind.Unavailable ? new StoreUnavailableException("The store does not answer.", e) : e;
            batch.ForEach(w => w.TrySetException(told));
        }
    }

    private void TellMissing(Waiter waiter)
    {
        try
        {
            waiter.TrySetResult(_missing(waiter.Key));
        }
        catch (Exception e)
        {
            waiter.TrySetException(e);
        }
    }

    private sealed class Waiter(TKey key) : TaskCompletionSource<TValue>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TKey Key { get; } = key;
    }
}
