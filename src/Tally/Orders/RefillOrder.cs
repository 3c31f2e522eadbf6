namespace Tally.Orders;

/// <summary>How a request for a refill ended.</summary>
public abstract record RefillOutcome
{
    private RefillOutcome()
    {
    }

    /// <summary>A refill task with this id is on its way.</summary>
    public sealed record Accepted(long Refill) : RefillOutcome;

    /// <summary>No refill was made.</summary>
    public sealed record Refused(Refusal Refusal) : RefillOutcome;
}

public sealed class RefillOrder
{
    public Task<RefillOutcome> RunAsync(long accountId, long order, CancellationToken ct) => throw new NotSupportedException();
}
