using System.Diagnostics;
using System.Globalization;
using Dapper;
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

        var rows = new OrderRows(panel);
        await WriteAsync(rows, accounts, size, TimeSpan.FromSeconds(Math.Max(1, seconds / 4)), ct);
        var started = Stopwatch.GetTimestamp();
        var written = await WriteAsync(rows, accounts, size, TimeSpan.FromSeconds(seconds), ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""RESULT {"a_second": {{written / Stopwatch.GetElapsedTime(started).TotalSeconds:F0}}}"""));
        return 0;
    }

    private static async Task<long> WriteAsync(OrderRows rows, long[] accounts, int size, TimeSpan lasts, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var written = await Task.WhenAll(Enumerable.Range(0, rows.Transactions).Select(_ => Task.Run(
            async () =>
            {
                var (count, durable) = (0L, Task.CompletedTask);
                while (Stopwatch.GetElapsedTime(started) < lasts)
                {
                    var next = await rows.WriteAsync(Random.Shared.GetItems(accounts, size), ct);
                    await durable;
                    (count, durable) = (count + size, next.Durable);
                }

                await durable;
                return count;
            },
            ct)));
        return written.Sum();
    }
}
