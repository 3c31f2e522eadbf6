namespace Tally.Orders;

/// <summary>A refill task as it is stored: one row of the table <c>refills</c>, which is also its place in the queue.</summary>
public sealed record Refill
{
    /// <summary>The columns, in the order that every query of ours names them.</summary>
    public const string Columns = "id, account_id, order_id, status, call_state, provider_id, provider_refill, attempt, due_at, lease_by, note, created_at, ended_at";

    public long Id { get; init; }

    public long AccountId { get; init; }

    public long OrderId { get; init; }

    public RefillStatus Status { get; init; }

    public RefillCall CallState { get; init; }

    /// <summary>Who refills it; null for manual work.</summary>
    public long? ProviderId { get; init; }

    /// <summary>The provider's own id of the refill, once it has answered.</summary>
    public string? ProviderRefill { get; init; }

    /// <summary>How often it has been claimed to ask the provider for it.</summary>
    public int Attempt { get; init; }

    /// <summary>When it is asked for, or asked after, next (unix ms), or when the lease on it ends; null when it has ended or waits for the operator.</summary>
    public long? DueAt { get; init; }

    /// <summary>The node that is at it.</summary>
    public string? LeaseBy { get; init; }

    /// <summary>A provider's or an operator's words on where it stands.</summary>
    public string? Note { get; init; }

    public long CreatedAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>Whether nothing happens until a person says how it ended.</summary>
    public bool WaitsForOperator => EndedAt is null && DueAt is null;
}
