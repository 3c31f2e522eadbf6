using System.Diagnostics;
using System.Globalization;
using Dapper;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>
/// How many orders a second the store takes when nothing is done but to write their rows, with their charges, in transactions of a fixed size: no request, no key, no service, nothing decided.
/// No panel that writes these rows can take more.
/// </summary>
internal static class RowsBench
{
    /// <param name="size">Orders in a transaction.</param>
    public static async Task<int> RunAsync(string database, int size, int seconds, CancellationToken ct)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddTally(Database.Open(database));
        await using var panel = collection.BuildServiceProvider();
        var store = panel.GetRequiredService<Database>();
        long[] accounts;
        await using (var connection = await store.OpenReadAsync(ct))
        {
            accounts = [.. await connection.QueryAsync<long>("SELECT id FROM accounts ORDER BY id")];
        }

        // As many transactions at once as the intake has.
        var writers = store.Kind == DatabaseKind.Postgres ? 2 : 1;
        await WriteAsync(panel, accounts, writers, size, TimeSpan.FromSeconds(Math.Max(1, seconds / 4)), ct);
        var started = Stopwatch.GetTimestamp();
        var written = await WriteAsync(panel, accounts, writers, size, TimeSpan.FromSeconds(seconds), ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""RESULT {"a_second": {{written / Stopwatch.GetElapsedTime(started).TotalSeconds:F0}}}"""));
        return 0;
    }

    private static async Task<long> WriteAsync(IServiceProvider panel, long[] accounts, int writers, int size, TimeSpan lasts, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var written = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(
            async () =>
            {
                var (count, durable) = (0L, Task.CompletedTask);
                while (Stopwatch.GetElapsedTime(started) < lasts)
                {
                    var next = await TransactionAsync(panel, accounts, size, ct);
                    await durable;
                    (count, durable) = (count + size, next);
                }

                await durable;
                return count;
            },
            ct)));
        return written.Sum();
    }

    private static async Task<Task> TransactionAsync(IServiceProvider panel, long[] accounts, int size, CancellationToken ct)
    {
        var ids = await panel.GetRequiredService<OrderIds>().Orders.TakeAsync(size, ct);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var charge = new Money(1_500 * Money.UnitsPerOne);
        var orders = ids.Select(id => new Order
        {
            Id = id,
            AccountId = accounts[Random.Shared.Next(accounts.Length)],
            ServiceId = 1,
            Type = ServiceType.Default,
            Link = string.Create(CultureInfo.InvariantCulture, $"https://example.com/{id}"),
            Quantity = 100,
            Charge = charge.Units,
            Remains = 100,
            CreatedAt = now,
        }).ToList();
        var written = await panel.GetRequiredService<Database>().WriteAheadAsync(
            async tx =>
            {
                var batch = await panel.GetRequiredService<GeneralLedger>().OpenBatchAsync(tx.Transaction, [.. orders.Select(o => o.AccountId).Distinct()], [], [], ct);
                foreach (var order in orders)
                {
                    if (batch.TryPost(OrderMoney.Charge(order.Id, order.AccountId, charge, now)) is not PostOutcome.Posted and var why)
                    {
                        throw new InvalidOperationException($"Not charged: {why}.");
                    }
                }

                await OrderSql.InsertAsync(tx, orders, ct);
                await batch.FlushAsync(ct);
                return 0;
            },
            ct);
        return written.Durable;
    }
}
