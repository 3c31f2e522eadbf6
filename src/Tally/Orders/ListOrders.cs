using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads a page of an account's orders, newest first. However many the account has, it costs the same.</summary>
public sealed class ListOrders(Database database)
{
    /// <param name="size">How many, 1 … 1,000.</param>
    public async Task<ListPage<OrderLine>> RunAsync(long accountId, OrderFilter filter, ListPlace place, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(size, Math.Clamp(size, 1, 1_000));
        await using var connection = await database.OpenReadAsync(ct);
        return ListPage<OrderLine>.Of(await OrderListSql.ReadAsync(database.Kind, connection, accountId, filter, place, size + 1, ct), place, size);
    }
}
