using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders.Workers;

/// <summary>
/// Takes a dead node's work over (lifecycle.md section 3): orders that it was sending become unconfirmed, and go out again by themselves only where their reference makes that
/// safe; its other leases end at once, and its turns of asking for statuses are nobody's (<see cref="SyncTurns"/>). Doing it twice, from two nodes or again after a crash, does nothing more.
/// </summary>
public sealed class TakeOver(Database database, OrderClaims claims, SentOrders sent, TimeProvider time, ILogger<TakeOver> logger)
{
    private const int AtMost = 500;
    private const long LongestLeaseMs = 120_000;

    private static readonly string[] Queues = ["refills", "cancels"];

    /// <summary>Takes over from a node that has gone, and forgets the node.</summary>
    public async Task FromAsync(string node, CancellationToken ct)
    {
        while (await AbandonAsync(await claims.AbandonedAsync(AtMost, node, ct)) == AtMost)
        {
            // There may be more of them.
        }

        await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var table in Queues)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        $"UPDATE {table} SET due_at = @now, lease_by = NULL WHERE due_at > @now AND due_at <= @latest AND lease_by = @node",
                        new { now, latest = now + LongestLeaseMs, node }, tx.Transaction, cancellationToken: ct));
                }

                await tx.Connection.ExecuteAsync(new CommandDefinition("DELETE FROM nodes WHERE name = @node", new { node }, tx.Transaction, cancellationToken: ct));
            },
            ct);
    }

    /// <summary>Takes over what was claimed so long ago that no call can still be under way, whoever claimed it.</summary>
    public async Task ExpiredAsync(CancellationToken ct) => await AbandonAsync(await claims.AbandonedAsync(AtMost, null, ct));

    private async Task<int> AbandonAsync(IReadOnlyList<Order> orders)
    {
        foreach (var order in orders)
        {
            logger.LogWarning("Order {Order} was being sent by {Node}, which has gone", order.Id, order.LeaseBy);
        }

        await Task.WhenAll(orders.Select(o => sent.WriteAsync(new SentOrder(o, new SendOutcome.Unconfirmed("The node that was sending it has gone."), Abandoned: true))));
        return orders.Count;
    }
}
