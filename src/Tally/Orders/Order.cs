using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Orders;

/// <summary>An order as it is stored: one row of the table <c>orders</c>, which is also its place in the queues.</summary>
public sealed record Order
{
    /// <summary>The columns, in the order that every query of ours names them.</summary>
    public const string Columns =
        "id, account_id, service_id, type, status, send_state, link, quantity, charge, refunded, start_count, remains, details, parent_id, run, runs, interval_minutes, stopped, "
        + "cost, unique_link, provider_id, provider_service, provider_order, attempt, due_at, lease_by, note, created_at, completed_at, version, tried, ended_at";

    public long Id { get; init; }

    public long AccountId { get; init; }

    public long ServiceId { get; init; }

    public ServiceType Type { get; init; }

    public OrderStatus Status { get; init; }

    public SendState SendState { get; init; }

    public string Link { get; init; } = "";

    /// <summary>All runs together.</summary>
    public long Quantity { get; init; }

    /// <summary>What was taken, in units of 10^-5.</summary>
    public long Charge { get; init; }

    /// <summary>What went back to the wallet, in units of 10^-5: a copy of what the ledger sums to, changed in the same transaction.</summary>
    public long Refunded { get; init; }

    public long StartCount { get; init; }

    public long Remains { get; init; }

    public string? Details { get; init; }

    /// <summary>The drip-feed or subscription that this order is a part of.</summary>
    public long? ParentId { get; init; }

    /// <summary>Which run of its parent, from 1; for a drip-feed parent: how many runs were started.</summary>
    public int? Run { get; init; }

    /// <summary>How many runs; null when this is no drip-feed parent.</summary>
    public int? Runs { get; init; }

    public int? IntervalMinutes { get; init; }

    /// <summary>Whether a drip-feed was cancelled: no further run starts, and what they would have cost went back.</summary>
    public bool Stopped { get; init; }

    /// <summary>What the provider asked for it when it was last said, in units of 10^-5 of the panel's currency.</summary>
    public long Cost { get; init; }

    /// <summary>The link's hash while no other active order of the account may have the link; else null.</summary>
    public string? UniqueLink { get; init; }

    public long? ProviderId { get; init; }

    public string? ProviderService { get; init; }

    /// <summary>The provider's own id of the order, once it has answered.</summary>
    public string? ProviderOrder { get; init; }

    /// <summary>How often it has been claimed for sending.</summary>
    public int Attempt { get; init; }

    /// <summary>When the next thing is to be done with it (unix ms); null when nothing is.</summary>
    public long? DueAt { get; init; }

    /// <summary>The node that is doing it.</summary>
    public string? LeaseBy { get; init; }

    /// <summary>A provider's or an operator's words on where it stands.</summary>
    public string? Note { get; init; }

    public long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }

    /// <summary>When it became final (unix ms); null while it is not.</summary>
    public long? EndedAt { get; init; }

    /// <summary>Rises with every change: what compare-and-set compares.</summary>
    public int Version { get; init; }

    /// <summary>The routes that have definitely refused it, one a line: the provider's id, a space, the service there (<see cref="RouteChoice"/>).</summary>
    public string? Tried { get; init; }

    /// <summary>Whether this is a drip-feed parent: money and counters, but nothing that is sent itself.</summary>
    public bool IsDripfeed => Runs is not null;

    public Money ChargeMoney => new(Charge);
}
