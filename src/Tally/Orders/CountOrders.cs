using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Counts an account's orders by status, each status up to a limit, so that it costs the same for a thousand orders and for a million.</summary>
public sealed class CountOrders(Database database)
{
    /// <summary>Where counting ends: this many, or more.</summary>
    public const int Most = 1_000;

    /// <summary>The statuses that are counted: those of the API.</summary>
    public static IReadOnlyList<OrderStatus> Statuses { get; } =
        [OrderStatus.Pending, OrderStatus.Processing, OrderStatus.InProgress, OrderStatus.Completed, OrderStatus.Partial, OrderStatus.Canceled];

    /// <summary>How many orders there are of each status, by service and days as the filter wants; its link does not count.</summary>
    public async Task<IReadOnlyDictionary<OrderStatus, int>> RunAsync(long accountId, OrderFilter filter, CancellationToken ct)
    {
        var counted = new OrderFilter { Service = filter.Service, FromMs = filter.FromMs, ToMs = filter.ToMs };
        var values = OrderListSql.Values(accountId, counted, default);
        values.Add("most", Most);
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(int Status, long Orders)>(new CommandDefinition(OrderListSql.Count(counted, Statuses), values, cancellationToken: ct));
        return rows.ToDictionary(r => (OrderStatus)r.Status, r => (int)r.Orders);
    }
}
