namespace Tally.Demo;

/// <summary>What is still to happen, in the order of time; of one moment in the order in which it was planned. What would happen after the end is left to the running panel.</summary>
internal sealed class Timeline(HistoryClock clock, DateTimeOffset end)
{
    private readonly PriorityQueue<Func<Task>, (long Ticks, int Number)> _events = new();
    private int _planned;

    public DateTimeOffset Now => clock.GetUtcNow();

    public DateTimeOffset End => end;

    public void At(DateTimeOffset moment, Func<Task> happens)
    {
        if (moment <= end)
        {
            _events.Enqueue(happens, (moment.UtcTicks, _planned++));
        }
    }

    public void After(TimeSpan wait, Func<Task> happens) => At(Now + wait, happens);

    /// <summary>Lets everything happen up to the end.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (_events.TryDequeue(out var happens, out var moment))
        {
            ct.ThrowIfCancellationRequested();
            clock.Set(new DateTimeOffset(Math.Max(moment.Ticks, Now.UtcTicks), TimeSpan.Zero));
            await happens();
        }

        clock.Set(end);
    }
}
