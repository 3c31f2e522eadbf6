using System.Globalization;
using Dapper;
using Tally.Catalog;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads what a customer once ordered, to order it again: what was sent then, without the reference. Only the account's own orders.</summary>
public sealed class ReadOrderAgain(Database database)
{
    /// <summary>The parameters of an order; of the drip-feed or subscription for one of its parts; null when the account has no such order.</summary>
    public async Task<OrderParameters?> RunAsync(long accountId, long orderId, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var order = await ReadAsync(connection, accountId, orderId, ct);
        return order?.ParentId is { } parent && await ReadAsync(connection, accountId, parent, ct) is { } whole ? Of(whole) : order is null ? null : Of(order);
    }

    private static OrderParameters Of(Order order)
    {
        var own = OrderDetails.Read(order.Details);
        var asked = TypeRules.Of(order.Type).Quantity == QuantitySource.Parameter;
        return new OrderParameters
        {
            Service = Text(order.ServiceId),
            Link = order.Link.Length == 0 ? null : order.Link,
            Quantity = asked ? Text(order.Quantity / Math.Max(1, order.Runs ?? 1)) : null,
            Runs = order.Runs is { } runs ? Text(runs) : null,
            Interval = order.IntervalMinutes is { } minutes ? Text(minutes) : null,
            Own = name => own.GetValueOrDefault(name),
        };
    }

    private static Task<Order?> ReadAsync(System.Data.Common.DbConnection connection, long accountId, long orderId, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<Order?>(new CommandDefinition(
            $"SELECT {Order.Columns} FROM orders WHERE account_id = @accountId AND id = @orderId", new { accountId, orderId }, cancellationToken: ct));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
