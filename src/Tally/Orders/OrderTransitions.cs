namespace Tally.Orders;

/// <summary>Who changes an order.</summary>
[Flags]
public enum ChangedBy
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The dispatcher.</summary>
    Dispatcher = 1,

    /// <summary>What a provider reports.</summary>
    Sync = 2,

    /// <summary>A person, with a reason, in the audit log.</summary>
    Operator = 4,

    /// <summary>The customer.</summary>
    Customer = 8,
}

/// <summary>The state machine as data (lifecycle.md section 1): nothing changes an order's status but one of these.</summary>
public static class OrderTransitions
{
    private const ChangedBy Reported = ChangedBy.Sync | ChangedBy.Operator;

    private static readonly Dictionary<(OrderStatus From, OrderStatus To), ChangedBy> Allowed = new()
    {
        [(OrderStatus.Pending, OrderStatus.Processing)] = ChangedBy.Dispatcher | Reported,
        [(OrderStatus.Pending, OrderStatus.InProgress)] = Reported,
        [(OrderStatus.Processing, OrderStatus.InProgress)] = Reported,
        [(OrderStatus.Pending, OrderStatus.Completed)] = Reported,
        [(OrderStatus.Pending, OrderStatus.Partial)] = Reported,
        [(OrderStatus.Pending, OrderStatus.Canceled)] = Reported | ChangedBy.Customer | ChangedBy.Dispatcher,
        [(OrderStatus.Processing, OrderStatus.Completed)] = Reported,
        [(OrderStatus.Processing, OrderStatus.Partial)] = Reported,
        [(OrderStatus.Processing, OrderStatus.Canceled)] = Reported | ChangedBy.Customer | ChangedBy.Dispatcher,
        [(OrderStatus.InProgress, OrderStatus.Completed)] = Reported,
        [(OrderStatus.InProgress, OrderStatus.Partial)] = Reported,
        [(OrderStatus.InProgress, OrderStatus.Canceled)] = Reported,
        [(OrderStatus.Completed, OrderStatus.InProgress)] = Reported,
        [(OrderStatus.Completed, OrderStatus.Partial)] = Reported,
        [(OrderStatus.Completed, OrderStatus.Canceled)] = Reported,

        // Section 2: a Partial that is later Canceled pays the rest back, and only the rest.
        [(OrderStatus.Partial, OrderStatus.Canceled)] = Reported,

        // Section 6: subscriptions.
        [(OrderStatus.Active, OrderStatus.Paused)] = Reported,
        [(OrderStatus.Paused, OrderStatus.Active)] = Reported,
        [(OrderStatus.Active, OrderStatus.Completed)] = Reported,
        [(OrderStatus.Paused, OrderStatus.Completed)] = Reported,
        [(OrderStatus.Active, OrderStatus.Expired)] = Reported,
        [(OrderStatus.Paused, OrderStatus.Expired)] = Reported,
        [(OrderStatus.Active, OrderStatus.Canceled)] = Reported | ChangedBy.Customer | ChangedBy.Dispatcher,
        [(OrderStatus.Paused, OrderStatus.Canceled)] = Reported | ChangedBy.Customer,
    };

    /// <summary>Whether <paramref name="by"/> may take an order from one status to another.</summary>
    public static bool Allows(OrderStatus from, OrderStatus to, ChangedBy by) => Allowed.TryGetValue((from, to), out var who) && (who & by) != ChangedBy.None;
}
