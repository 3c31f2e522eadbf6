namespace Tally.Tests.Orders.Model;

/// <summary>A clock that only the test moves, elapsed times included. Timers go off by the real one, but twenty times as soon: nobody needs to wait for a pause between two tries.</summary>
internal sealed class ModelClock : TimeProvider
{
    private const int Faster = 20;
    private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / Faster, period);

    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
