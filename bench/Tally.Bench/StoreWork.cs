using System.Globalization;
using Tally.Billing;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>How a filled store has grown (<see cref="Grow"/>): how far the ids of one copy are from those of the one before, and how many copies there are; 0 and 0 when it has not.</summary>
internal readonly record struct Copies(long Span, long Count);

/// <summary>
/// What the store has to do for a request, in the panel's own ways (<see cref="ReadBalance"/>, <see cref="ReadOrders"/>, <see cref="OrderRows"/> in a <see cref="GroupCommit{TDraft, TOutcome}"/> like the
/// intake's), for accounts and orders drawn at random, as <c>load.lua</c> draws them. Left out is all else: whose key it is, what is asked for, limits, the service, the price, references, every decision,
/// and the answer's JSON.
/// </summary>
internal sealed class StoreWork : IAsyncDisposable
{
    /// <summary>How many lists of ids take turns: as many as the two threads of wrk have.</summary>
    private const int Lists = 4_096;

    private const int Ids = 100, LargestBatch = 500;

    private readonly ReadBalance _balance;
    private readonly ReadOrders _orders;
    private readonly Copies _copies;
    private readonly (long Account, long Order)[] _first;
    private readonly Lazy<(long Account, long[] Orders)[]> _lists;
    private readonly GroupCommit<long, long> _commits;

    private StoreWork(IServiceProvider panel, Copies copies, (long Account, long Order)[] first)
    {
        (_balance, _orders, _copies, _first) = (panel.GetRequiredService<ReadBalance>(), panel.GetRequiredService<ReadOrders>(), copies, first);
        var rows = new OrderRows(panel);
        _commits = new GroupCommit<long, long>(OrderIntake.Capacity, LargestBatch, rows.Transactions, null, rows.WriteAsync);
        _lists = new(MakeLists);
    }

    /// <param name="panel">The panel's services.</param>
    public static async Task<StoreWork> OpenAsync(IServiceProvider panel, Copies copies, CancellationToken ct)
    {
        await using var connection = await panel.GetRequiredService<Database>().OpenReadAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT account_id, id FROM orders" + (copies.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" WHERE id <= {copies.Span}"));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var first = new List<(long, long)>();
        while (await reader.ReadAsync(ct))
        {
            first.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        return new StoreWork(panel, copies, [.. first]);
    }

    /// <param name="action">What <see cref="BareEndpoint"/> calls it.</param>
    /// <returns>Ends when it is read, or durable.</returns>
    public async ValueTask DoAsync(string action, CancellationToken ct)
    {
        var (account, order) = Draw(_first);
        switch (action)
        {
            case "balance":
                await _balance.RunAsync(account, ct);
                break;
            case "status":
                Demand(await _orders.OneAsync(account, order + (_copies.Span * Random.Shared.NextInt64(_copies.Count + 1)), ct) is not null);
                break;
            case "statuses":
                var (owner, list) = Draw(_lists.Value);
                Demand((await _orders.ManyAsync(owner, list, ct)).Count == list.Length);
                break;
            case "add":
                await _commits.CommitAsync(account);
                break;
            default:
                throw new ArgumentException($"The store has nothing to do for '{action}'.", nameof(action));
        }
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    // From the account's orders of one copy on to those of the next, each once, which is what the panel makes of a list.
    private (long Account, long[] Orders)[] MakeLists()
    {
        var accounts = _first.GroupBy(o => o.Account, o => o.Order).Select(g => (g.Key, Orders: g.ToArray())).ToArray();
        return [.. Enumerable.Range(0, Lists).Select(_ =>
        {
            var (account, orders) = Draw(accounts);
            var copy = Random.Shared.NextInt64(_copies.Count + 1);
            return (account, Enumerable.Range(0, Ids).Select(i => orders[i % orders.Length] + (_copies.Span * ((copy + (i / orders.Length)) % (_copies.Count + 1)))).Distinct().ToArray());
        })];
    }

    private static T Draw<T>(T[] all) => all[Random.Shared.Next(all.Length)];

    private static void Demand(bool found)
    {
        if (!found)
        {
            throw new InvalidOperationException("An order of the store's was not found in it.");
        }
    }
}
