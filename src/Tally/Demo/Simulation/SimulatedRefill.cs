namespace Tally.Demo;

/// <summary>What becomes of a refill that is asked for.</summary>
public enum RefillOutcome
{
    Completed,

    /// <summary>Taken, and later Rejected.</summary>
    Rejected,

    /// <summary>Taken, and later Error.</summary>
    Error,

    /// <summary>Not taken: <c>Refill is disabled for this service</c>.</summary>
    Refused,
}

/// <summary>A refill task: Pending for the first half of its time, In progress for the second, then its outcome.</summary>
internal sealed class SimulatedRefill(int id, long askedAt, long takes, RefillOutcome outcome)
{
    private volatile string? _set;

    public int Id => id;

    public long AskedAt => askedAt;

    public void Set(string status) => _set = status;

    public bool IsOpenAt(long now) => StatusAt(now) is OrderWords.Pending or OrderWords.InProgress;

    public string StatusAt(long now)
    {
        if (_set is { } set)
            return set;
        if (now < askedAt + (takes / 2))
            return OrderWords.Pending;
        return now < askedAt + takes ? OrderWords.InProgress : outcome.ToString();
    }
}
