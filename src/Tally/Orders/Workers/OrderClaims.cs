using Dapper;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>This process among the nodes that share a store: the name under which it leases work.</summary>
public sealed class Node
{
    public string Name { get; } = $"{Environment.MachineName[..Math.Min(24, Environment.MachineName.Length)]}:{Environment.ProcessId}:{Guid.NewGuid():N}";
}

/// <summary>
/// Claims on orders: who takes one sets a lease in the same statement, passing over rows that another node holds, so that two nodes never do the same work and
/// a dead node's work is taken over when its lease has run out.
/// </summary>
public sealed class OrderClaims(Database database, Node node, TimeProvider time)
{
    private static readonly string Intent =
        $"send_state = {(int)SendState.Sending}, status = CASE WHEN status = 0 THEN 1 ELSE status END, attempt = attempt + 1, version = version + 1";

    /// <summary>
    /// Stores the intent to send orders of a provider: they become Processing and are this node's for <paramref name="lease"/>. Only what is sent at once is claimed,
    /// so that a crash leaves no more orders in doubt than there were calls under way.
    /// </summary>
    public Task<IReadOnlyList<Order>> ToSendAsync(long provider, int atMost, TimeSpan lease, CancellationToken ct) =>
        ClaimAsync(SendState.Ready, provider, atMost, lease, Intent, ct);

    /// <summary>The same for unconfirmed orders, which their references make safe to send again.</summary>
    public Task<IReadOnlyList<Order>> ToResendAsync(long provider, int atMost, TimeSpan lease, CancellationToken ct) =>
        ClaimAsync(SendState.Unconfirmed, provider, atMost, lease, Intent, ct);

    /// <summary>Orders of a provider whose status is due to be asked for; no other node asks for them before the lease runs out.</summary>
    public Task<IReadOnlyList<Order>> ToSyncAsync(long provider, int atMost, TimeSpan lease, CancellationToken ct) => ClaimAsync(SendState.Sent, provider, atMost, lease, "version = version + 1", ct);

    /// <summary>Orders whose sender died: the intent stands, the lease has run out, nobody knows whether the call went out.</summary>
    /// <param name="ofOthers">Also those whose lease still runs, when they are not this process's own (only one process serves a SQLite store).</param>
    public async Task<IReadOnlyList<Order>> AbandonedAsync(int atMost, bool ofOthers, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Order>(new CommandDefinition(
            $"""
             SELECT {Order.Columns} FROM orders
             WHERE send_state = {(int)SendState.Sending} AND due_at IS NOT NULL AND (due_at <= @now OR (@ofOthers = 1 AND lease_by <> @node))
             ORDER BY id LIMIT @atMost
             """,
            new { now = time.GetUtcNow().ToUnixTimeMilliseconds(), ofOthers = ofOthers ? 1 : 0, node = node.Name, atMost }, cancellationToken: ct));
        return [.. rows];
    }

    private Task<IReadOnlyList<Order>> ClaimAsync(SendState state, long provider, int atMost, TimeSpan lease, string set, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var rows = await tx.Connection.QueryAsync<Order>(new CommandDefinition(
                Leases.ClaimSql(tx.Kind, "orders", $"send_state = {(int)state} AND provider_id = @provider", set, Order.Columns),
                new { now, until = now + (long)lease.TotalMilliseconds, node = node.Name, provider, atMost }, tx.Transaction, cancellationToken: ct));
            return (IReadOnlyList<Order>)[.. rows.OrderBy(r => r.Id)];
        },
        ct);
}
