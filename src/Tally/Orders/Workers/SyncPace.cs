namespace Tally.Orders.Workers;

/// <summary>
/// How fast the statuses of orders are asked for while customers order. Both want the same store and the same processors, and a customer waits where nobody waits for the sync: while orders come in,
/// batches follow one another no faster than <see cref="ASecond"/>; while none do there is no pause. Only the orders that this very node takes in are known here. One loop at a time.
/// </summary>
public sealed class SyncPace
{
    /// <summary>How many orders are taken a second at the most while orders come in: 100,000 in 29 s.</summary>
    internal const int ASecond = 3_500;

    private readonly OrderIntake _intake;
    private readonly TimeProvider _machine;
    private long _seen, _next;

    /// <remarks>By the machine's own clock, whatever the panel's says: it is about the machine's load.</remarks>
    public SyncPace(OrderIntake intake)
        : this(intake, TimeProvider.System)
    {
    }

    internal SyncPace(OrderIntake intake, TimeProvider machine) => (_intake, _machine) = (intake, machine);

    /// <summary>Waits until the next batch may be taken, if an order has come in since the last one.</summary>
    public async Task TurnAsync(CancellationToken ct)
    {
        var handedIn = _intake.HandedIn;
        var ordering = handedIn != _seen;
        _seen = handedIn;
        var now = _machine.GetTimestamp();
        if (!ordering)
        {
            // What was taken while nobody ordered is not waited for afterwards.
            _next = Math.Min(_next, now);
        }
        else if (_next > now)
        {
            await Task.Delay(_machine.GetElapsedTime(now, _next), _machine, ct);
        }
    }

    /// <summary>So many orders have just been taken. What was missed of the pace by no more than a quarter of a second is caught up with, so that a slow commit now and then makes the sync no slower.</summary>
    public void Taken(int orders) =>
        _next = Math.Max(_next, _machine.GetTimestamp() - (_machine.TimestampFrequency / 4)) + (orders * _machine.TimestampFrequency / ASecond);
}
