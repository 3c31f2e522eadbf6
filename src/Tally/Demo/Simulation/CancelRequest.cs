namespace Tally.Demo;

/// <summary>What the provider does with a cancel request for an order that may be cancelled.</summary>
public enum CancelOutcome
{
    /// <summary>Accepts; ends Partial if something was delivered by then, else Canceled.</summary>
    ByProgress,

    /// <summary>Accepts; ends Canceled and refunds everything, whatever was delivered.</summary>
    Canceled,

    /// <summary>Accepts; ends Partial with at least one unit undelivered.</summary>
    Partial,

    /// <summary>Accepts, and nothing comes of it: the order goes on to its ordinary end.</summary>
    Ignored,

    /// <summary>Refuses with <c>The order cannot be canceled</c>.</summary>
    Refused,
}

/// <summary>An accepted cancel request: it takes effect at <paramref name="EffectiveAt"/>, unless the order has ended before.</summary>
internal sealed record CancelRequest(CancelOutcome Outcome, long EffectiveAt)
{
    /// <summary>The order's state with this request in force, given the course it would have taken without.</summary>
    public OrderState At(long now, Func<long, OrderState> course, long quantity, decimal cost)
    {
        var before = course(Math.Min(now, EffectiveAt));
        if (Outcome == CancelOutcome.Ignored)
            return course(now);
        if (now < EffectiveAt || before.IsFinal)
            return before;

        var delivered = quantity - before.Remains;
        return Outcome switch
        {
            CancelOutcome.ByProgress when delivered > 0 => Partial(before, before.Remains, quantity, cost),
            CancelOutcome.Partial => Partial(before, Math.Max(1, before.Remains), quantity, cost),
            _ => before with { Status = OrderWords.Canceled, Charge = 0, Since = EffectiveAt },
        };
    }

    private OrderState Partial(OrderState before, long remains, long quantity, decimal cost) => before with
    {
        Status = OrderWords.Partial,
        Remains = remains,
        Charge = Price.AfterRefund(cost, quantity, remains),
        Since = EffectiveAt,
    };
}
