using System.Collections.Concurrent;
using Dapper;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Orders.Workers;

/// <summary>
/// The orders whose status is due to be asked for. They are not written to be taken: one node asks for all of a provider's (<see cref="SyncTurns"/>), and which of them it is asking for just now it knows
/// itself. What is answered writes when they are due next; of what is not, because the process ends, nothing remains, and it is asked for again.
/// </summary>
public sealed class SyncQueue(Database database, SyncTurns turns, FaultPoints faults, TimeProvider time)
{
    /// <summary>For each provider, the orders that are being asked for, and until when they are taken to be (unix ms).</summary>
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<long, long>> _asking = new();

    /// <summary>
    /// The orders of a provider that have been due longest, at most <paramref name="atMost"/>; they are not taken again before <see cref="Answered"/> or until <paramref name="patience"/> is over. None while the turn is
    /// another node's. One caller at a time.
    /// </summary>
    public async Task<IReadOnlyList<Order>> TakeAsync(long provider, int atMost, TimeSpan patience, CancellationToken ct)
    {
        if (!await turns.IsOursAsync(provider, ct))
        {
            return [];
        }

        var asking = _asking.GetOrAdd(provider, _ => new ConcurrentDictionary<long, long>());
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var over in asking.Where(a => a.Value <= now).ToList())
        {
            asking.TryRemove(over);
        }

        var orders = await ReadAsync(provider, [.. asking.Keys], now, atMost, ct);
        foreach (var order in orders)
        {
            asking[order.Id] = now + (long)patience.TotalMilliseconds;
        }

        // To have found nothing is no step.
        if (orders.Count > 0)
        {
            await faults.ReachAsync(FaultPoint.SyncTaken);
        }

        return orders;
    }

    /// <summary>What was said of these orders is written: they may be taken again when they are due.</summary>
    public void Answered(long provider, IEnumerable<Order> orders)
    {
        if (_asking.TryGetValue(provider, out var asking))
        {
            foreach (var order in orders)
            {
                asking.TryRemove(order.Id, out _);
            }
        }
    }

    private async Task<IReadOnlyList<Order>> ReadAsync(long provider, IReadOnlyCollection<long> asking, long now, int atMost, CancellationToken ct)
    {
        var others = asking.Count == 0 ? "" : $" AND NOT ({Sql.AnyOf(database.Kind, "id", "asking")})";
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Order>(new CommandDefinition(
            $"""
             SELECT {Order.Columns} FROM orders
             WHERE send_state = {(int)SendState.Sent} AND provider_id = @provider AND due_at <= @now{others} ORDER BY due_at, id LIMIT @atMost
             """,
            new { provider, now, atMost, asking = Sql.Ids(database.Kind, asking) }, cancellationToken: ct));
        return [.. rows];
    }
}
