namespace Tally.Demo;

/// <summary>A clock that is set from moment to moment, for telling a past in its right order. Elapsed times and timers stay real.</summary>
internal sealed class HistoryClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Moves on to a moment.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies before the present one: the past would contradict itself.</exception>
    public void Set(DateTimeOffset moment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moment.UtcTicks, Interlocked.Read(ref _ticks), nameof(moment));
        Interlocked.Exchange(ref _ticks, moment.UtcTicks);
    }
}
