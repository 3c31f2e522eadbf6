using Dapper;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>
/// Claims on orders that are to be sent: who takes one sets a lease in the same statement, passing over rows that another node holds, so that two nodes never do the same work and
/// a dead node's work is taken over when its lease has run out.
/// </summary>
public sealed class OrderClaims(Database database, Node node, FaultPoints faults, TimeProvider time)
{
    private static readonly string Intent =
        $"send_state = {(int)SendState.Sending}, status = CASE WHEN status = 0 THEN 1 ELSE status END, attempt = attempt + 1, version = version + 1";

    /// <summary>
    /// Stores the intent to send orders of a provider: they become Processing and are this node's for <paramref name="lease"/>. Only what is sent at once is claimed,
    /// so that a crash leaves no more orders in doubt than there were calls under way.
    /// </summary>
    public Task<IReadOnlyList<Order>> ToSendAsync(long provider, int atMost, TimeSpan lease, CancellationToken ct) =>
        IntendAsync(SendState.Ready, provider, atMost, lease, ct);

    /// <summary>The same for unconfirmed orders, which their references make safe to send again.</summary>
    public Task<IReadOnlyList<Order>> ToResendAsync(long provider, int atMost, TimeSpan lease, CancellationToken ct) =>
        IntendAsync(SendState.Unconfirmed, provider, atMost, lease, ct);

    /// <summary>Unconfirmed orders of a provider that (no longer) knows references are never sent again by themselves: they wait for the operator.</summary>
    public async Task LeaveToOperatorAsync(long provider, CancellationToken ct)
    {
        var due = $"send_state = {(int)SendState.Unconfirmed} AND provider_id = @provider AND due_at IS NOT NULL";
        await using (var connection = await database.OpenReadAsync(ct))
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition($"SELECT COUNT(*) FROM orders WHERE {due}", new { provider }, cancellationToken: ct)) == 0)
            {
                return;
            }
        }

        await database.WriteAsync(
            tx => tx.Connection.ExecuteAsync(new CommandDefinition($"UPDATE orders SET due_at = NULL, version = version + 1 WHERE {due}", new { provider }, tx.Transaction, cancellationToken: ct)), ct);
    }

    /// <summary>Orders whose sender died: the intent stands, and its node has gone or the lease has run out; nobody knows whether the call went out.</summary>
    /// <param name="of">A node that has gone; null = whoever's lease has run out.</param>
    public async Task<IReadOnlyList<Order>> AbandonedAsync(int atMost, string? of, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Order>(new CommandDefinition(
            $"""
             SELECT {Order.Columns} FROM orders
             WHERE send_state = {(int)SendState.Sending} AND due_at IS NOT NULL AND {(of is null ? "due_at <= @now" : "lease_by = @of")}
             ORDER BY id LIMIT @atMost
             """,
            new { now = time.GetUtcNow().ToUnixTimeMilliseconds(), of, atMost }, cancellationToken: ct));
        return [.. rows];
    }

    private async Task<IReadOnlyList<Order>> IntendAsync(SendState state, long provider, int atMost, TimeSpan lease, CancellationToken ct)
    {
        var orders = await ClaimAsync(state, provider, atMost, lease, ct);
        await ReachedAsync(orders, FaultPoint.SendClaimed);
        return orders;
    }

    // A claim that found nothing is no step.
    private Task ReachedAsync(IReadOnlyList<Order> orders, FaultPoint point) => orders.Count == 0 ? Task.CompletedTask : faults.ReachAsync(point);

    private Task<IReadOnlyList<Order>> ClaimAsync(SendState state, long provider, int atMost, TimeSpan lease, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var sql = Leases.ClaimSql(tx.Kind, "orders", $"send_state = {(int)state} AND provider_id = @provider", Intent, Order.Columns);
            var rows = await tx.Connection.QueryAsync<Order>(new CommandDefinition(
                sql, new { now, until = now + (long)lease.TotalMilliseconds, node = node.Name, provider, atMost }, tx.Transaction, cancellationToken: ct));
            IReadOnlyList<Order> orders = [.. rows.OrderBy(r => r.Id)];
            await ReachedAsync(orders, FaultPoint.SendClaiming);
            return orders;
        },
        ct);
}
