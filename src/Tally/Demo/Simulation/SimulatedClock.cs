namespace Tally.Demo;

/// <summary>
/// The simulated provider's own time: milliseconds since its start, running <c>speed</c> times as fast as the real clock,
/// and standing still while it is frozen.
/// </summary>
internal sealed class SimulatedClock(TimeProvider time, double speed)
{
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private readonly DateTimeOffset _epoch = time.GetUtcNow();
    private TimeSpan _stoodStill;
    private TimeSpan? _frozenAt;

    /// <summary>Simulated milliseconds since the start.</summary>
    public long Now
    {
        get
        {
            lock (_gate)
                return (long)((_frozenAt ?? Running).TotalMilliseconds * speed);
        }
    }

    private TimeSpan Running => time.GetElapsedTime(_started) - _stoodStill;

    public void Freeze()
    {
        lock (_gate)
            _frozenAt ??= Running;
    }

    public void Thaw()
    {
        lock (_gate)
        {
            if (_frozenAt is not { } frozenAt)
                return;
            _stoodStill += Running - frozenAt;
            _frozenAt = null;
        }
    }

    /// <summary>The simulated millisecond at which a calendar day of the simulated time ends, in UTC.</summary>
    public long EndOf(DateOnly day)
    {
        var midnight = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1);
        return (long)(midnight - _epoch).TotalMilliseconds;
    }
}
