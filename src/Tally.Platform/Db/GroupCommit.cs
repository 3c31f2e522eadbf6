using System.Diagnostics;
using System.Threading.Channels;

namespace Tally.Platform.Db;

/// <summary>
/// Takes all drafts that queued up while the last commit ran and commits them in one transaction (no added delay). The queue is bounded: a full one
/// refuses at once. A conflict with another node runs the batch again; an unknown commit fails all its drafts as unavailable; any other failure runs
/// the drafts one by one, so that a poisoned draft hurts only itself.
/// </summary>
/// <typeparam name="TDraft">What is handed in.</typeparam>
/// <typeparam name="TOutcome">What each draft gets back.</typeparam>
public sealed class GroupCommit<TDraft, TOutcome> : IAsyncDisposable
{
    private const int Tries = 5;
    private readonly Channel<Waiter> _queue;
    private readonly Func<IReadOnlyList<TDraft>, CancellationToken, Task<Written<TOutcome[]>>> _commit;
    private readonly int _maxBatch;
    private readonly Action<int, TimeSpan>? _committed;
    private readonly Task[] _loops;
    private Exception? _observerFailed;
    private long _handedIn;

    /// <param name="commit">Commits a batch in one transaction and returns an outcome for each draft, in their order. Called again after a conflict.</param>
    /// <param name="capacity">How many drafts may wait.</param>
    /// <param name="maxBatch">How many drafts one transaction takes at the most.</param>
    /// <param name="loops">How many transactions may run at once (SQLite has one writer: 1).</param>
    /// <param name="committed">Told of every commit: how many drafts, and how long it took. It must not fail: what it throws comes out of <see cref="DisposeAsync"/>.</param>
    public GroupCommit(
        Func<IReadOnlyList<TDraft>, CancellationToken, Task<TOutcome[]>> commit, int capacity, int maxBatch, int loops, Action<int, TimeSpan>? committed = null)
        : this(capacity, maxBatch, loops, committed, async (drafts, ct) => new Written<TOutcome[]>(await commit(drafts, ct), Task.CompletedTask))
    {
    }

    /// <summary>The same for a <paramref name="commit"/> that comes back before the batch is durable: the next one is written meanwhile, and nobody hears of it before it is.</summary>
    public GroupCommit(
        int capacity, int maxBatch, int loops, Action<int, TimeSpan>? committed, Func<IReadOnlyList<TDraft>, CancellationToken, Task<Written<TOutcome[]>>> commit)
    {
        _commit = commit;
        _maxBatch = maxBatch;
        _committed = committed;
        _queue = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = loops == 1 });
        _loops = [.. Enumerable.Range(0, loops).Select(_ => Task.Run(LoopAsync))];
    }

    /// <summary>How many drafts wait now.</summary>
    public int Depth => _queue.Reader.Count;

    /// <summary>How many drafts have been handed in since the start.</summary>
    public long HandedIn => Interlocked.Read(ref _handedIn);

    /// <summary>Hands a draft in and waits for its outcome.</summary>
    /// <exception cref="StoreUnavailableException">The queue is full or closed, the store does not answer, or it was lost while committing.</exception>
    public Task<TOutcome> CommitAsync(TDraft draft)
    {
        Interlocked.Increment(ref _handedIn);
        var waiter = new Waiter(draft);
        return _queue.Writer.TryWrite(waiter)
            ? waiter.Done.Task
            : Task.FromException<TOutcome>(new StoreUnavailableException("The queue of work waiting for the store is full or closed.", null));
    }

    /// <summary>Takes no more drafts, and commits those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_loops);
        if (_observerFailed is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task LoopAsync()
    {
        var settled = Task.CompletedTask;
        while (await _queue.Reader.WaitToReadAsync())
        {
            var batch = new List<Waiter>(Math.Min(_maxBatch, _queue.Reader.Count));
            while (batch.Count < _maxBatch && _queue.Reader.TryRead(out var waiter))
            {
                batch.Add(waiter);
            }

            if (batch.Count > 0)
            {
                var settling = await CommitAsync(batch);

                // One batch waits for the disk while the next is written, and no more.
                await settled;
                settled = settling;
            }
        }

        await settled;
    }

    /// <summary>Comes back when the next batch may be written, with a task that ends when this one's drafts have their outcomes.</summary>
    private async Task<Task> CommitAsync(List<Waiter> batch)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                var started = Stopwatch.GetTimestamp();
                var written = await _commit(batch.ConvertAll(w => w.Draft), CancellationToken.None);

                // From here on nothing may throw into the catches below: what is committed is never done again.
                return SettleAsync(batch, written, started);
            }
            catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict && tried < Tries)
            {
                // Another node was faster: nothing of ours holds, and the next try sees its work.
            }
            catch (Exception e) when (DatabaseFailure.Of(e) is FailureKind.Unavailable or FailureKind.CommitUnknown)
            {
                Unavailable(batch, e);
                return Task.CompletedTask;
            }
            catch (Exception e) when (batch.Count == 1)
            {
                batch[0].Done.TrySetException(e);
                return Task.CompletedTask;
            }
            catch (Exception)
            {
                // One of them is poisoned (each gets its own answer or its own exception below).
                foreach (var waiter in batch)
                {
                    await await CommitAsync([waiter]);
                }

                return Task.CompletedTask;
            }
        }
    }

    private async Task SettleAsync(List<Waiter> batch, Written<TOutcome[]> written, long started)
    {
        try
        {
            await written.Durable;
        }
        catch (Exception e)
        {
            Unavailable(batch, e);
            return;
        }

        Answer(batch, written.Result);
        Tell(batch.Count, Stopwatch.GetElapsedTime(started));
    }

    private static void Unavailable(List<Waiter> batch, Exception why) => batch.ForEach(w => w.Done.TrySetException(new StoreUnavailableException("The store does not answer.", why)));

    private static void Answer(List<Waiter> batch, TOutcome[] outcomes)
    {
        if (outcomes.Length != batch.Count)
        {
            var broken = new InvalidOperationException($"A commit came back with {outcomes.Length} outcomes for {batch.Count} drafts. It holds, but nobody knows whose they are.");
            batch.ForEach(w => w.Done.TrySetException(broken));
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Done.TrySetResult(outcomes[i]);
        }
    }

    private void Tell(int drafts, TimeSpan took)
    {
        try
        {
            _committed?.Invoke(drafts, took);
        }
        catch (Exception e)
        {
            _observerFailed = e;
        }
    }

    private sealed class Waiter(TDraft draft)
    {
        public TDraft Draft { get; } = draft;

        public TaskCompletionSource<TOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The store cannot take the work now; nothing was taken, or (after a lost commit) the caller's reference makes a retry safe.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner) : Exception(message, inner);
