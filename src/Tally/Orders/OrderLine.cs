using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Orders;

/// <summary>An order as its customer may see it in a list.</summary>
public sealed record OrderLine
{
    public long Id { get; init; }

    public long ServiceId { get; init; }

    public ServiceType Type { get; init; }

    public OrderStatus Status { get; init; }

    /// <summary>What was typed as the link, or a name; empty for a subscription. Not safe to follow.</summary>
    public string Link { get; init; } = "";

    public long Quantity { get; init; }

    /// <summary>What was taken, in units of 10^-5.</summary>
    public long Charge { get; init; }

    /// <summary>What went back, in units of 10^-5, without what the runs of a drip-feed gave back.</summary>
    public long Refunded { get; init; }

    public long StartCount { get; init; }

    public long Remains { get; init; }

    public string? Details { get; init; }

    public long? ParentId { get; init; }

    /// <summary>Which run of its parent; for a drip-feed: how many runs were started.</summary>
    public int? Run { get; init; }

    public int? Runs { get; init; }

    public int? IntervalMinutes { get; init; }

    public bool Stopped { get; init; }

    public long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>What the runs of a drip-feed gave back, in units of 10^-5.</summary>
    public long RunsRefunded { get; init; }

    /// <summary>When a refill was last asked for (unix ms).</summary>
    public long? LastRefill { get; init; }

    public long OpenRefills { get; init; }

    public long OpenCancels { get; init; }

    public bool IsDripfeed => Runs is not null;

    public bool IsSubscription => Type == ServiceType.Subscriptions;

    /// <summary>What it has cost after refunds.</summary>
    public Money Net => new(Charge - Refunded - RunsRefunded);

    public ListMark Mark => new(CreatedAt, Id);

    /// <summary>What may be done with it now, as the use cases would decide.</summary>
    /// <param name="service">Its service; null when that is gone.</param>
    public OrderActions Actions(Service? service, long nowMs)
    {
        var order = new Order { Id = Id, Status = Status, CompletedAt = CompletedAt };
        var refill = RefillOrder.Decide(order, service, OpenRefills > 0, LastRefill, nowMs);
        var cancel = CancelOrder.Decide(order, service, OpenCancels > 0);
        return new OrderActions(
            Refill: refill is null,
            RefillFrom: refill == Refusal.RefillTooEarly && RefillOrder.FirstAllowed(order, service, LastRefill) is { } from ? from : null,
            RefillOpen: refill == Refusal.RefillOpen,
            Cancel: cancel is null,
            CancelOpen: cancel == Refusal.CancelOpen,
            Again: service is { Sold: true });
    }
}

/// <summary>What a customer may do with an order.</summary>
/// <param name="Refill">A refill would be taken now.</param>
/// <param name="RefillFrom">From when on one would be (unix ms), if it is only a matter of time.</param>
/// <param name="RefillOpen">One is under way.</param>
/// <param name="Cancel">A request to cancel would be taken now.</param>
/// <param name="CancelOpen">One is under way.</param>
/// <param name="Again">The service is sold: the same can be ordered again.</param>
public sealed record OrderActions(bool Refill, long? RefillFrom, bool RefillOpen, bool Cancel, bool CancelOpen, bool Again);
