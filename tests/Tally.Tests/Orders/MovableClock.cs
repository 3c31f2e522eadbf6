namespace Tally.Tests.Orders;

/// <summary>The system's clock, set ahead by as much as a test wants. Timers and elapsed times stay real.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    public void Move(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
