namespace Tally.Orders;

/// <summary>A request to cancel as it is stored: one row of the table <c>cancels</c>, which is also its place in the queue.</summary>
public sealed record CancelTask
{
    public long Id { get; init; }

    public long AccountId { get; init; }

    public long OrderId { get; init; }

    public CancelState State { get; init; }

    /// <summary>Who has the order; null for manual work.</summary>
    public long? ProviderId { get; init; }

    /// <summary>The provider's own id of the order.</summary>
    public string? ProviderOrder { get; init; }

    /// <summary>How often it has been claimed to pass it on.</summary>
    public int Attempt { get; init; }

    /// <summary>When it is passed on next (unix ms), or when the lease on it ends; null when the provider has it, it has ended, or it waits for the operator.</summary>
    public long? DueAt { get; init; }

    /// <summary>A provider's or an operator's words on where it stands.</summary>
    public string? Note { get; init; }

    public long CreatedAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>Whether the order's runs to come were stopped and paid back when it was asked for: a drip-feed, which ends with the run under way.</summary>
    public bool Stopped { get; init; }

    /// <summary>Whether nothing happens until a person cancels the order or rejects the request.</summary>
    public bool WaitsForOperator => EndedAt is null && DueAt is null && State == CancelState.Open && !Stopped;
}
