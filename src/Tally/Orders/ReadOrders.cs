namespace Tally.Orders;

public sealed class ReadOrders
{
    /// <summary>One order of the account; null when there is none of that id.</summary>
    public ValueTask<OrderView?> OneAsync(long accountId, long order, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Those of the orders that are the account's, by id; at most 100 ids.</summary>
    public ValueTask<IReadOnlyDictionary<long, OrderView>> ManyAsync(long accountId, IReadOnlyCollection<long> orders, CancellationToken ct) => throw new NotSupportedException();
}
