using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>Writes the rows of orders with their charges as the intake does, and nothing else of what it does: nothing is looked up, nothing decided, no reference kept.</summary>
internal sealed class OrderRows(IServiceProvider panel)
{
    private static readonly Money Price = new(1_500 * Money.UnitsPerOne);
    private readonly Database _store = panel.GetRequiredService<Database>();
    private readonly GeneralLedger _ledger = panel.GetRequiredService<GeneralLedger>();
    private readonly IdAllocator _ids = panel.GetRequiredService<OrderIds>().Orders;

    /// <summary>As many transactions at once as the intake has.</summary>
    public int Transactions => _store.Kind == DatabaseKind.Postgres ? 2 : 1;

    /// <summary>An order for each of the accounts, all in one transaction; their ids.</summary>
    public async Task<Written<long[]>> WriteAsync(IReadOnlyList<long> accounts, CancellationToken ct)
    {
        var ids = await _ids.TakeAsync(accounts.Count, ct);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var orders = ids.Select((id, i) => New(id, accounts[i], now)).ToList();
        return await _store.WriteAheadAsync(
            async tx =>
            {
                var batch = await _ledger.OpenBatchAsync(tx.Transaction, [.. accounts.Distinct()], [], [], ct);
                foreach (var order in orders)
                {
                    if (batch.TryPost(OrderMoney.Charge(order.Id, order.AccountId, Price, now)) is not PostOutcome.Posted and var why)
                    {
                        throw new InvalidOperationException($"Not charged: {why}.");
                    }
                }

                await OrderSql.InsertAsync(tx, orders, ct);
                await batch.FlushAsync(ct);
                return ids;
            },
            ct);
    }

    private static Order New(long id, long account, long now) => new()
    {
        Id = id,
        AccountId = account,
        ServiceId = 1,
        Type = ServiceType.Default,
        Link = string.Create(CultureInfo.InvariantCulture, $"https://example.com/{id}"),
        Quantity = 100,
        Charge = Price.Units,
        Remains = 100,
        CreatedAt = now,
    };
}
