using System.Runtime.CompilerServices;

namespace Tally.Platform.Limits;

/// <summary>
/// Blocks a key that fails too often: so many failures within a sliding window, and it is blocked for a time. Thread-safe; asking allocates nothing.
/// </summary>
/// <remarks>
/// A block runs its time from the failure that caused it; failures during a block neither extend it nor count afterwards. Memory is bounded by
/// <c>maxKeys</c>: a newcomer first pushes out keys whose failures are too old to matter, then those whose last failures are the oldest (a quarter at
/// once), and a blocked key only when all are blocked (the one whose block ends soonest). So an attacker needs more addresses than <c>maxKeys</c>, each
/// failing to the full, to free a blocked one.
/// </remarks>
public sealed class FailureBlock<TKey> where TKey : notnull
{
    private readonly MonotonicClock _clock;
    private readonly Stripes<TKey, Failures> _keys;
    private readonly Func<Failures, long, long> _weigh;

    // When the last block of each stripe ends: where none is left, nobody need be looked for, which is nearly always and nearly everywhere.
    private readonly long[] _lastBlockEnds;
    private readonly int _failures;
    private readonly long _windowTicks;
    private readonly long _blockTicks;

    /// <param name="failures">How many failures block, 1 … 1000.</param>
    /// <param name="window">Within what time they count; above zero, at most 7 days.</param>
    /// <param name="blockFor">How long the block lasts; above zero, at most 7 days.</param>
    /// <param name="maxKeys">Keys remembered at most, 1 … 10,000,000. A key takes about 35 bytes and its own size, and from its second failure on 80 bytes more and 8 for each that blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public FailureBlock(int failures, TimeSpan window, TimeSpan blockFor, TimeProvider time, int maxKeys = 100_000, IEqualityComparer<TKey>? keys = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(failures, 1000);
        ThrowUnlessWithinAWeek(window, nameof(window));
        ThrowUnlessWithinAWeek(blockFor, nameof(blockFor));
        _clock = new MonotonicClock(time);
        _keys = new Stripes<TKey, Failures>(maxKeys, keys);
        _lastBlockEnds = new long[_keys.Length];
        (_failures, _windowTicks, _blockTicks) = (failures, _clock.Ticks(window), _clock.Ticks(blockFor));
        _weigh = Weigh;
    }

    /// <summary>Keys remembered now.</summary>
    public int Count => _keys.Count;

    /// <summary>Whether the key is blocked, and for how much longer (zero if it is not).</summary>
    public bool IsBlocked(TKey key, out TimeSpan retryAfter)
    {
        var (now, index) = (_clock.Now, _keys.IndexOf(key));
        retryAfter = TimeSpan.Zero;
        if (Volatile.Read(ref _lastBlockEnds[index]) <= now) return false;
        var stripe = _keys[index];
        long left = 0;
        lock (stripe.Gate)
        {
            ref var failures = ref stripe.Find(key);
            if (!Unsafe.IsNullRef(ref failures)) left = failures.BlockedUntil - now;
        }
        if (left <= 0) return false;
        retryAfter = _clock.Span(left);
        return true;
    }

    /// <summary>Counts a failure; true when it is the one that blocks the key (worth one line in the log).</summary>
    public bool RecordFailure(TKey key)
    {
        var (now, index) = (_clock.Now, _keys.IndexOf(key));
        var stripe = _keys[index];
        lock (stripe.Gate)
        {
            ref var failures = ref stripe.FindOrAdd(key, now, _weigh, dear: _windowTicks);
            if (now < failures.BlockedUntil || !failures.Add(now, _windowTicks, _failures)) return false;
            failures.Block(now + _blockTicks);
            Volatile.Write(ref _lastBlockEnds[index], Math.Max(_lastBlockEnds[index], failures.BlockedUntil));
            return true;
        }
    }

    /// <summary>Old failures weigh nothing, a blocked key more than any that is not.</summary>
    private long Weigh(Failures failures, long now)
    {
        if (failures.BlockedUntil > now) return _windowTicks + (failures.BlockedUntil - now);
        return failures.AreSettled ? 0 : failures.Last + _windowTicks - now;
    }

    private static void ThrowUnlessWithinAWeek(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(7), name);
    }

    /// <summary>
    /// A key's failures. Of one that has failed once only the time is remembered; of one that fails again the rest stands apart. So a flood from ever new addresses leaves nothing to collect, and
    /// all of them together take little of the processor's cache.
    /// </summary>
    private struct Failures
    {
        private Repeated? _repeated;

        // One tick late, since a clock may stand at 0 and 0 is no failure yet.
        private long _afterLast;

        public readonly long Last => _afterLast - 1;

        /// <summary>No clock runs before zero, so a key that is new is not blocked.</summary>
        public readonly long BlockedUntil => _repeated?.BlockedUntil ?? 0;

        /// <summary>A block has come of them, and none since.</summary>
        public readonly bool AreSettled => _repeated is { Count: 0 };

        /// <summary>True when the last <paramref name="most"/> failures all lie within the window.</summary>
        public bool Add(long now, long windowTicks, int most)
        {
            var isFirst = _afterLast == 0;
            if (_repeated is null && (!isFirst || most == 1))
            {
                _repeated = new Repeated(most);
                if (!isFirst) _repeated.Add(Last, windowTicks);
            }
            _afterLast = now + 1;
            return _repeated?.Add(now, windowTicks) ?? false;
        }

        /// <summary>After <see cref="Add"/> was true.</summary>
        public readonly void Block(long until)
        {
            _repeated!.BlockedUntil = until;
            _repeated.Count = 0;
        }
    }

    /// <summary>The times of the last failures, as many as are needed to block a key, in a ring.</summary>
    private sealed class Repeated(int most)
    {
        private readonly long[] _at = new long[most];
        private int _next;

        public int Count { get; set; }

        public long BlockedUntil { get; set; }

        public bool Add(long now, long windowTicks)
        {
            _at[_next] = now;
            _next = (_next + 1) % _at.Length;
            Count = Math.Min(Count + 1, _at.Length);
            return Count == _at.Length && now - _at[_next] < windowTicks;
        }
    }
}
