namespace Tally.Platform.Limits;

/// <summary>A TimeProvider's timestamps with exact integer conversions; they never jump when the wall clock is set.</summary>
internal readonly struct MonotonicClock(TimeProvider time)
{
    private readonly long _frequency = time.TimestampFrequency;

    public long Now => time.GetTimestamp();

    /// <summary>Timestamp ticks in <paramref name="span"/>, rounded up.</summary>
    public long Ticks(TimeSpan span) => (long)(((Int128)span.Ticks * _frequency + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

    /// <summary>The span of <paramref name="ticks"/> timestamp ticks, rounded up: whoever waits that long has waited enough.</summary>
    public TimeSpan Span(long ticks) => TimeSpan.FromTicks((long)(((Int128)ticks * TimeSpan.TicksPerSecond + _frequency - 1) / _frequency));
}
