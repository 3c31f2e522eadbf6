using Tally.Ledger;

namespace Tally.Orders;

/// <summary>Something that has become known of an order.</summary>
/// <param name="Order">Its id.</param>
/// <param name="By">Who says so.</param>
/// <param name="Status">Where it stands now; null = not said.</param>
/// <param name="StartCount">What the target had at the beginning; null = not said.</param>
/// <param name="Remains">What is still to be delivered, as said (it is clamped); null = not said.</param>
/// <param name="Cost">What the provider charges for it, in the panel's currency; null = not said.</param>
/// <param name="Note">Words for the operator; null leaves what stands.</param>
/// <param name="Stop">Whether a drip-feed shall start no further run and pay them back.</param>
/// <param name="Of">The provider's id of which this was said; when the order follows another one by now, or none, nothing changes. Null = said of the order itself.</param>
public sealed record OrderChange(
    long Order, ChangedBy By, OrderStatus? Status = null, long? StartCount = null, long? Remains = null, Money? Cost = null, string? Note = null, bool Stop = false, string? Of = null);

/// <summary>What a change makes of an order.</summary>
/// <param name="Next">The order as it then stands; money and version still to be brought up to date.</param>
/// <param name="Refund">What must have gone back to the wallet in all.</param>
public sealed record OrderDecision(Order Next, Money Refund)
{
    /// <summary>Decides what a change makes of an order (lifecycle.md sections 1, 2 and 4).</summary>
    /// <returns>The order's next state; null when the change is not allowed or says nothing that can be used: then nothing changes.</returns>
    public static OrderDecision? Of(Order order, OrderChange change, long nowMs)
    {
        if (change.Of is not null && (order.SendState != SendState.Sent || order.ProviderOrder != change.Of))
        {
            return null;
        }

        var status = change.Status ?? order.Status;
        var remains = Math.Clamp(change.Remains ?? order.Remains, 0, order.Quantity);
        if (status == OrderStatus.Partial)
        {
            if (change.Remains is null && order.Status != OrderStatus.Partial)
            {
                // A Partial that does not say how much remains cannot be paid back rightly.
                return null;
            }

            status = remains == 0 && order.Status != OrderStatus.Partial ? OrderStatus.Completed : status;
        }

        if (status != order.Status && !OrderTransitions.Allows(order.Status, status, change.By))
        {
            // A word that would lead backwards (a provider that says Pending again) still brings its counters, unless the order is final.
            if (order.Status.IsFinal())
            {
                return null;
            }

            status = order.Status;
        }
        else if (status == order.Status && status.IsFinal() && status != OrderStatus.Partial)
        {
            remains = order.Remains;
        }

        if (status == OrderStatus.Completed)
        {
            remains = 0;
        }

        var final = status.IsFinal();
        var next = order with
        {
            Status = status,
            Remains = remains,
            StartCount = Math.Max(0, change.StartCount ?? order.StartCount),
            Note = change.Note ?? order.Note,
            CompletedAt = status == OrderStatus.Completed && order.Status != OrderStatus.Completed ? nowMs : order.CompletedAt,
            EndedAt = final ? order.EndedAt ?? nowMs : null,
            UniqueLink = final ? null : order.UniqueLink,
            Cost = change.Cost is { Units: >= 0 } cost ? cost.Units : order.Cost,
            Stopped = order.Stopped || change.Stop,

            // The claim of one that is being sent runs on: whoever takes over from a dead sender finds it by that. One that is reopened is asked for again, or nobody would ever bring it to its end.
            DueAt = final ? (order.SendState == SendState.Sending ? order.DueAt : null) : order.Status.IsFinal() && order.SendState == SendState.Sent ? nowMs : order.DueAt,
            SendState = final && order.SendState is SendState.Ready or SendState.Held ? SendState.None : order.SendState,
        };
        return new OrderDecision(next, Owed(next));
    }

    // Never less than what has gone back already: a provider that flips its answer can neither pay twice nor take back.
    private static Money Owed(Order order)
    {
        var target = order.Status switch
        {
            // Everything that no run has had; what runs had, they settle themselves (OrderMoney.Settle keeps the two apart).
            _ when order.IsDripfeed => order.Stopped || order.Status is OrderStatus.Canceled or OrderStatus.Partial ? order.ChargeMoney : Money.Zero,
            OrderStatus.Canceled => order.ChargeMoney,
            OrderStatus.Partial when order.Quantity > 0 => order.ChargeMoney.Share(order.Remains, order.Quantity),
            _ => Money.Zero,
        };
        return new Money(Math.Max(target.Units, order.Refunded));
    }
}
