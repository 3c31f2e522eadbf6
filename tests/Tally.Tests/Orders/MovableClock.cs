namespace Tally.Tests.Orders;

/// <summary>The system's clock, set ahead by as much as a test wants, or standing still. Timers and elapsed times stay real.</summary>
internal sealed class MovableClock : TimeProvider
{
    private readonly Lock _gate = new();
    private TimeSpan _ahead;
    private DateTimeOffset? _stoppedAt;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return (_stoppedAt ?? base.GetUtcNow()) + _ahead;
        }
    }

    public void Move(TimeSpan by)
    {
        lock (_gate)
        {
            _ahead += by;
        }
    }

    /// <summary>From now on only <see cref="Move"/> makes time pass.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stoppedAt ??= base.GetUtcNow();
        }
    }
}
