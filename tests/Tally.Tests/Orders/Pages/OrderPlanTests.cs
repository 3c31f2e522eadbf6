using Dapper;
using Shouldly;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Pages;

/// <summary>How the stores carry out the queries of the lists: by an index that gives the order, never by reading everything or sorting.</summary>
public sealed class OrderPlanTests
{
    private static readonly OrderFilter[] Filters =
    [
        new(),
        new() { Status = OrderStatus.Completed },
        new() { Status = OrderStatus.Pending },
        new() { Service = 3 },
        new() { Service = 3, Status = OrderStatus.Completed },
        new() { FromMs = Shelf.First.AddDays(2).ToUnixTimeMilliseconds(), ToMs = Shelf.First.AddDays(3).ToUnixTimeMilliseconds() },
        new() { Link = "https://example.com/post/100" },
        new() { Link = "https://example.com/post/100", Service = 3, Status = OrderStatus.Completed },
        new() { Kind = OrderKind.Dripfeed },
        new() { Kind = OrderKind.Dripfeed, Status = OrderStatus.Completed, Service = 3 },
        new() { Kind = OrderKind.Subscription },
    ];

    [Theory, BothStores]
    public async Task Every_list_is_read_from_an_index_and_nothing_is_sorted(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 20_000, service: n => 1 + (n % 10));
        var database = panel.Get<Database>();
        if (kind == StoreKind.Postgres)
        {
            await database.WriteAsync(tx => tx.Connection.ExecuteAsync("ANALYZE orders", transaction: tx.Transaction), CancellationToken.None);
        }

        var middle = new ListMark(Shelf.First.AddDays(2).AddHours(12).ToUnixTimeMilliseconds(), 3_601);
        foreach (var filter in Filters)
        {
            foreach (var place in (ListPlace[])[default, new ListPlace(middle), new ListPlace(middle, Newer: true)])
            {
                var values = OrderListSql.Values(panel.Customer.Id, filter, place);
                values.Add("size", 51);
                await ShouldUseIndexesAsync(database, OrderListSql.List(database.Kind, filter, place), values);
            }
        }

        foreach (var filter in Filters.Where(f => f.Link is null && f.Kind == OrderKind.Any))
        {
            var values = OrderListSql.Values(panel.Customer.Id, filter, default);
            values.Add("most", CountOrders.Most);
            await ShouldUseIndexesAsync(database, OrderListSql.Count(filter, CountOrders.Statuses), values);
        }
    }

    private static async Task ShouldUseIndexesAsync(Database database, string sql, DynamicParameters values)
    {
        await using var connection = await database.OpenReadAsync(CancellationToken.None);
        if (database.Kind == DatabaseKind.Postgres)
        {
            // Of a few hundred rows a sort costs the planner as little as an index in order; asked to do without, it sorts only where no index has the order.
            await connection.ExecuteAsync("SET enable_sort = off; SET enable_bitmapscan = off");
            var plan = string.Join('\n', await connection.QueryAsync<string>("EXPLAIN " + sql, values));
            plan.ShouldNotContain("Seq Scan on orders", customMessage: sql + "\n" + plan);
            plan.ShouldNotContain("Bitmap Heap Scan on orders\n", customMessage: sql + "\n" + plan);
            plan.ShouldNotContain("Sort  (", customMessage: sql + "\n" + plan);
            return;
        }

        var steps = (await connection.QueryAsync<(long Id, long Parent, long Unused, string Detail)>("EXPLAIN QUERY PLAN " + sql, values)).Select(s => s.Detail).ToList();
        steps.Where(s => s.StartsWith("SCAN", StringComparison.Ordinal) && s is not ("SCAN o" or "SCAN counted")).ShouldBeEmpty(sql);
        steps.Where(s => s.Contains("TEMP B-TREE", StringComparison.Ordinal)).ShouldBeEmpty(sql);
        steps.Where(s => s.StartsWith("SEARCH orders", StringComparison.Ordinal)).ShouldNotBeEmpty();
        steps.Where(s => s.StartsWith("SEARCH orders", StringComparison.Ordinal)).ShouldAllBe(s => s.Contains("account_id=?", StringComparison.Ordinal));
    }
}
