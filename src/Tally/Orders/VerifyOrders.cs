using System.Globalization;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>What a check of all money came to.</summary>
/// <param name="FirstFault">The first row that does not hold, with both figures; null when everything does.</param>
public sealed record MoneyReport(bool Holds, string? FirstFault, long Orders, LedgerReport Ledger);

/// <summary>
/// Recomputes everything (lifecycle.md section 2): the ledger in itself, and every order against it: its charge = revenue + refund + held, no order without its charge,
/// no charge without its order, nothing held by a final order, nothing earned by an open one. Reads one snapshot while the panel goes on.
/// </summary>
public sealed class VerifyOrders(Database database, GeneralLedger ledger)
{
    private const int Page = 5_000;

    public Task<MoneyReport> RunAsync(IProgress<string>? progress, CancellationToken ct) => database.SnapshotAsync(
        async connection =>
        {
            var report = await ledger.VerifyAsync(connection, progress, ct);
            long after = 0, checkedOrders = 0;
            var fault = report.FirstFault;
            while (fault is null)
            {
                var orders = (await connection.QueryAsync<OrderRow>(new CommandDefinition(
                    """
                    SELECT o.id, o.status, o.charge, o.refunded, o.runs, COALESCE((SELECT SUM(c.charge) FROM orders c WHERE c.parent_id = o.id), 0) AS runs_charge
                    FROM orders o WHERE o.id > @after ORDER BY o.id LIMIT @Page
                    """,
                    new { after, Page }, cancellationToken: ct))).ToList();
                var last = orders.Count == Page ? orders[^1].Id : long.MaxValue;
                fault = FirstFault(orders, await ledger.OrderTotalsAsync(connection, after, last, ct));
                checkedOrders += orders.Count;
                if (orders.Count < Page)
                {
                    break;
                }

                after = last;
                progress?.Report(string.Create(CultureInfo.InvariantCulture, $"{checkedOrders} orders checked"));
            }

            return new MoneyReport(fault is null, fault, checkedOrders, report);
        },
        ct);

    private static string? FirstFault(List<OrderRow> orders, IReadOnlyList<OrderTotals> totals)
    {
        var byOrder = totals.ToDictionary(t => t.Order);
        foreach (var order in orders)
        {
            var found = byOrder.Remove(order.Id, out var t) ? t : default;
            if (Against(order, found) is { } fault)
            {
                return fault;
            }
        }

        return byOrder.Count == 0 ? null : $"order {byOrder.Keys.Min()}: the ledger has transfers for it, but there is no such order";
    }

    private static string? Against(OrderRow order, OrderTotals t)
    {
        var (charge, refunded) = (new Money(order.Charge), new Money(order.Refunded));
        return order switch
        {
            _ when t.Charged != charge => $"order {order.Id}: its charge is {charge}, the ledger has {t.Charged}",
            _ when t.Refunded != refunded => $"order {order.Id}: refunded {refunded}, the ledger has {t.Refunded}",
            _ when order.Status.IsFinal() && t.Held != Money.Zero => $"order {order.Id}: it is {order.Status.Word()}, but {t.Held} is still held",
            _ when !order.Status.IsFinal() && t.Earned != Money.Zero => $"order {order.Id}: it is {order.Status.Word()}, but {t.Earned} is revenue already",
            _ when order.Runs is not null && t.Funded.Units != order.RunsCharge => $"order {order.Id}: {t.Funded} went to its runs, which were charged {new Money(order.RunsCharge)}",
            { Runs: null } when t.Funded != Money.Zero => $"order {order.Id}: {t.Funded} went to runs, but it is no drip-feed",
            _ => null,
        };
    }

    private sealed record OrderRow
    {
        public long Id { get; init; }

        public OrderStatus Status { get; init; }

        public long Charge { get; init; }

        public long Refunded { get; init; }

        public int? Runs { get; init; }

        public long RunsCharge { get; init; }
    }
}
