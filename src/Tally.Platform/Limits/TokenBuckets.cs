namespace Tally.Platform.Limits;

/// <summary>
/// One token bucket per key: a call takes a token, tokens return at a steady rate, and a rested key may make a burst at once. Exact under concurrency:
/// at a standing clock precisely <c>burst</c> calls of a key pass. Thread-safe, and free of allocation once a key is known.
/// </summary>
/// <remarks>
/// A bucket is a single number, the time at which it will be full again (the generic cell rate algorithm), so a full bucket and an absent one are the
/// same, and evicting full ones loses nothing. Only when more keys than <c>maxKeys</c> are busy at once does a newcomer push out the bucket that is
/// nearest to full; its key gains the few tokens that it lacked. Memory stays bounded whatever arrives.
/// </remarks>
public sealed class TokenBuckets<TKey> where TKey : notnull
{
    private static readonly Func<long, long, long> s_ticksUntilFull = static (fullAt, now) => fullAt - now;

    private readonly MonotonicClock _clock;
    private readonly Stripes<TKey, long> _buckets;
    private volatile Pace _pace;

    /// <param name="ratePerSecond">Tokens that return each second: 0.001 … 1,000,000.</param>
    /// <param name="burst">Tokens in a full bucket, 1 … 1,000,000; an empty one must be full again within 24 hours.</param>
    /// <param name="maxKeys">Keys remembered at most, 1 … 10,000,000. A key takes about 50 bytes and its own size.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public TokenBuckets(double ratePerSecond, int burst, TimeProvider time, int maxKeys = 100_000, IEqualityComparer<TKey>? keys = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _clock = new MonotonicClock(time);
        _buckets = new Stripes<TKey, long>(maxKeys, keys);
        _pace = Pace.Of(ratePerSecond, burst, _clock);
    }

    /// <summary>Keys remembered now.</summary>
    public int Count => _buckets.Count;

    /// <summary>
    /// Changes rate and burst for all keys from the next call on, as when the operator edits the setting. A bucket that the new pace could not have
    /// emptied so far counts as empty.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Change(double ratePerSecond, int burst) => _pace = Pace.Of(ratePerSecond, burst, _clock);

    /// <summary>
    /// Takes a token if there is one. If not, <paramref name="retryAfter"/> is when there will be, provided that nobody else takes it; else zero.
    /// </summary>
    public bool TryTake(TKey key, out TimeSpan retryAfter)
    {
        var (now, pace, stripe) = (_clock.Now, _pace, _buckets.Of(key));
        var emptyAt = now + pace.TicksToFill;
        long late;
        lock (stripe.Gate)
        {
            ref var fullAt = ref stripe.FindOrAdd(key, now, s_ticksUntilFull, dear: 0);
            fullAt = Math.Clamp(fullAt, now, emptyAt);
            late = fullAt + pace.TicksPerToken - emptyAt;
            if (late <= 0) fullAt += pace.TicksPerToken;
        }
        retryAfter = late <= 0 ? TimeSpan.Zero : _clock.Span(late);
        return late <= 0;
    }

    private sealed record Pace(long TicksPerToken, long TicksToFill)
    {
        public static Pace Of(double ratePerSecond, int burst, MonotonicClock clock)
        {
            if (ratePerSecond is not (>= 0.001 and <= 1_000_000))
                throw new ArgumentOutOfRangeException(nameof(ratePerSecond), ratePerSecond, "0.001 … 1,000,000 a second");
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(burst);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(burst, 1_000_000);
            if (burst / ratePerSecond > 86_400) throw new ArgumentOutOfRangeException(nameof(burst), burst, "A bucket must fill within 24 hours");
            // Rounded up: the rate is never exceeded.
            var perToken = (long)Math.Ceiling(clock.Ticks(TimeSpan.FromSeconds(1)) / ratePerSecond);
            return new Pace(perToken, perToken * burst);
        }
    }
}
