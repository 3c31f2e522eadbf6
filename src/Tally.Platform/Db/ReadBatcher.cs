namespace Tally.Platform.Db;

/// <summary>
/// Reads by key, many at a time: the keys that queue up while a query runs are read by the next one. For a store across a connection, where one query of a hundred keys costs little more than
/// one of one. The queries run one after the other on a thread of their own, which waits for the store itself: so nobody has to be woken who wakes somebody who goes on.
/// </summary>
/// <typeparam name="TKey">What is asked for.</typeparam>
/// <typeparam name="TValue">What is found.</typeparam>
public sealed class ReadBatcher<TKey, TValue> : IAsyncDisposable
    where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Func<IReadOnlyCollection<TKey>, IReadOnlyDictionary<TKey, TValue>> _read;
    private readonly Func<TKey, TValue> _missing;
    private readonly int _maxBatch, _capacity;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Waiter> _waiting = [];
    private bool _idle, _closed;

    /// <param name="read">Reads those of the keys that exist, on the thread that it is called on.</param>
    /// <param name="missing">What is answered for a key that does not exist; what it throws, the caller gets.</param>
    /// <param name="maxBatch">How many keys one query takes at the most.</param>
    /// <param name="capacity">How many keys may wait.</param>
    public ReadBatcher(
        Func<IReadOnlyCollection<TKey>, IReadOnlyDictionary<TKey, TValue>> read, Func<TKey, TValue> missing, int maxBatch = 256, int capacity = 20_000)
    {
        (_read, _missing, _maxBatch, _capacity) = (read, missing, maxBatch, capacity);
        new Thread(Run) { IsBackground = true, Name = "Tally reads" }.UnsafeStart();
    }

    /// <summary>Reads one; of one that does not exist, what was said to be answered then.</summary>
    /// <exception cref="StoreUnavailableException">Too many wait, or the store does not answer.</exception>
    public Task<TValue> ReadAsync(TKey key)
    {
        var waiter = new Waiter(key);
        lock (_gate)
        {
            if (_closed || _waiting.Count == _capacity)
            {
                return Task.FromException<TValue>(new StoreUnavailableException("Too many reads wait for the store.", null));
            }

            _waiting.Add(waiter);
            WakeWhenIdle();
        }

        return waiter.Task;
    }

    /// <summary>Answers those who wait, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            WakeWhenIdle();
        }

        await _ended.Task;
    }

    private void WakeWhenIdle()
    {
        if (_idle)
        {
            _idle = false;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        var batch = new List<Waiter>();
        while (TryGather(ref batch))
        {
            Answer(batch);
            batch.Clear();
        }

        _ended.SetResult();
    }

    /// <summary>Those that wait, as many as one query takes; false when nobody will come any more.</summary>
    /// <param name="batch">Empty: what they are gathered in, or what the next ones will wait in.</param>
    private bool TryGather(ref List<Waiter> batch)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                _idle = true;
                Monitor.Wait(_gate);
            }

            if (_waiting.Count <= _maxBatch)
            {
                (batch, _waiting) = (_waiting, batch);
            }
            else
            {
                batch.AddRange(_waiting.Take(_maxBatch));
                _waiting.RemoveRange(0, _maxBatch);
            }

            return true;
        }
    }

    private void Answer(List<Waiter> batch)
    {
        try
        {
            var found = _read(batch.Select(w => w.Key).ToHashSet());
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
