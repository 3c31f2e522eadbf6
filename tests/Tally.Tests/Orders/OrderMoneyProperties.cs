using CsCheck;
using Shouldly;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders;

public sealed class OrderMoneyProperties
{
    private const int Orders = 3;

    // Odd prices, so that shares do not come out even.
    private static readonly (string Rate, long Quantity)[] Sold = [("0.00123", 30), ("57500", 7), ("0.33333", 999)];

    // Providers and operators speak most of the time.
    private static readonly ChangedBy[] Voices = [ChangedBy.Sync, ChangedBy.Sync, ChangedBy.Sync, ChangedBy.Operator, ChangedBy.Operator, ChangedBy.Dispatcher, ChangedBy.Customer];

    private static readonly Gen<Report> AnyReport = Gen.Select(
        Gen.Int[0, Orders - 1],
        Gen.Int[0, Voices.Length - 1].Select(i => Voices[i]),
        Gen.Int[0, (int)OrderStatus.Canceled].Select(i => (OrderStatus)i),
        Gen.Long[-5, 1_010],
        Gen.Int[0, 3],
        (order, by, status, remains, dice) => new Report(order, by, status, dice == 0 ? null : remains % (Sold[order].Quantity + 5)));

    [Theory, BothStores]
    public async Task Whatever_is_reported_refunds_are_the_models_and_never_more_than_the_charge(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var services = new List<string>();
        foreach (var (rate, _) in Sold)
        {
            services.Add((await panel.AddServiceAsync(rate: rate, with: s => s with { Min = 1 })).Id.Text());
        }

        await AnyReport.Array[1, 20].SampleAsync(
            async reports =>
            {
                var orders = new List<(Order Row, OrderModel Model)>();
                var before = Money.Parse(await panel.BalanceAsync());
                for (var i = 0; i < Orders; i++)
                {
                    var row = await panel.RowAsync(await panel.AddAsync(("service", services[i]), ("link", Asked.Link), ("quantity", Sold[i].Quantity.Text())));
                    orders.Add((row, new OrderModel(row.Charge, row.Quantity)));
                }

                foreach (var report in reports)
                {
                    await HearAsync(panel, orders[report.Order].Row.Id, orders[report.Order].Model, report);
                }

                var refunds = orders.Sum(o => o.Model.Refunded);
                Money.Parse(await panel.BalanceAsync()).Units.ShouldBe(before.Units - orders.Sum(o => o.Row.Charge) + refunds);
                await panel.ShouldVerifyAsync();
            },
            iter: kind == StoreKind.Sqlite ? 40 : 20,
            threads: 1,
            print: reports => string.Join('\n', (IEnumerable<Report>)reports));
    }

    private static async Task HearAsync(TestPanel panel, long id, OrderModel model, Report report)
    {
        var before = model.Refunded;
        model.Hear(report.By, report.Status, report.Remains);
        await panel.Get<Database>().WriteAsync(
            tx => panel.Get<ChangeOrders>().RunAsync(tx, [new OrderChange(id, report.By, report.Status, Remains: report.Remains)], CancellationToken.None), CancellationToken.None);
        var row = await panel.RowAsync(id);
        (row.Status, row.Remains, row.Refunded).ShouldBe((model.Status, model.Remains, model.Refunded), report.ToString());
        row.Refunded.ShouldBeInRange(before, row.Charge);
    }

    private sealed record Report(int Order, ChangedBy By, OrderStatus Status, long? Remains);
}
