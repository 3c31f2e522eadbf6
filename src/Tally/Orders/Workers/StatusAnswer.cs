using Tally.Contract;
using Tally.Ledger;

namespace Tally.Orders.Workers;

/// <summary>What a provider's answer to <c>status</c> says of one order. Pure. An empty, malformed, unknown or missing answer says nothing; never does a missing id mean Canceled.</summary>
/// <param name="Change">What has become known; without a status when nothing has.</param>
/// <param name="Unusable">Why the answer says nothing: missing, error, unknown or unreadable; null when it does.</param>
/// <param name="Children">The ids there of a subscription's orders.</param>
internal sealed record StatusAnswer(OrderChange Change, string? Unusable, IReadOnlyList<long> Children)
{
    public static StatusAnswer Of(Order order, ApiResult<OrderState>? answer, Func<decimal, Money?> toPanel)
    {
        var nothing = new OrderChange(order.Id, ChangedBy.Sync, Of: order.ProviderOrder);
        return answer switch
        {
            null => new(nothing, "missing", []),
            ApiResult<OrderState>.Refused(var error) => new(nothing with { Note = error.Text }, "error", []),

            // A word of its own (Awaiting moderation …) says nothing that we know, and its counters may mean anything.
            ApiResult<OrderState>.Answered({ Status: OrderWord.Unknown }) => new(nothing, "unknown", []),

            // A Partial that does not say how much remains cannot be paid back rightly.
            ApiResult<OrderState>.Answered({ Status: OrderWord.Partial, Remains: null }) when order.Status != OrderStatus.Partial => new(nothing, "unreadable", []),
            ApiResult<OrderState>.Answered(var state) => new(
                nothing with
                {
                    Status = StatusOf(state),
                    StartCount = state.StartCount,
                    Remains = state.Remains,

                    // What a subscription has cost is what its orders have cost.
                    Cost = order.Type == Catalog.ServiceType.Subscriptions || state.Charge is not { } charge ? null : toPanel(charge),
                },
                null, state.Orders),
            _ => new(nothing, "unreadable", []),
        };
    }

    private static OrderStatus StatusOf(OrderState state) => state.Status switch
    {
        OrderWord.Pending => OrderStatus.Pending,
        OrderWord.Processing => OrderStatus.Processing,
        OrderWord.InProgress => OrderStatus.InProgress,
        OrderWord.Completed => OrderStatus.Completed,
        OrderWord.Partial => OrderStatus.Partial,
        OrderWord.Canceled => OrderStatus.Canceled,
        OrderWord.Active => OrderStatus.Active,
        OrderWord.Paused => OrderStatus.Paused,
        OrderWord.Expired => OrderStatus.Expired,
        _ => throw new InvalidOperationException("A status word of no known kind."),
    };
}
