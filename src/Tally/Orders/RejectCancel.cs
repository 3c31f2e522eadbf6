using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// An operator rejects a customer's request to cancel (lifecycle.md section 8): the order goes on, and the customer may ask again. To follow the request instead, the order is set to
/// Canceled or Partial (<see cref="SettleOrder"/>), which closes it. The reason goes into the audit log.
/// </summary>
public sealed class RejectCancel(Database database, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Closes the request as rejected.</summary>
    /// <exception cref="InvalidInputException">There is no such request, it has ended, it has stopped a drip-feed already, or the reason is empty.</exception>
    public async Task RunAsync(long cancel, string reason, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        var audit = await _audit.TakeAsync(ct);
        await database.WriteAsync(
            async tx =>
            {
                var task = await tx.Connection.QuerySingleOrDefaultAsync<CancelTask>(new CommandDefinition(
                    $"""
                     SELECT id, order_id, state, ended_at, (SELECT o.stopped FROM orders o WHERE o.id = cancels.order_id) AS stopped
                     FROM cancels WHERE id = @cancel{Sql.ForUpdate(tx.Kind)}
                     """,
                    new { cancel }, tx.Transaction, cancellationToken: ct))
                    ?? throw new InvalidInputException($"There is no request to cancel with the id {cancel}.");
                if (Decide(task) is { } objection)
                {
                    throw new InvalidInputException(objection);
                }

                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    $"UPDATE cancels SET state = {(int)CancelState.Rejected}, due_at = NULL, lease_by = NULL, note = @reason, ended_at = @now WHERE id = @cancel",
                    new { reason, now, cancel }, tx.Transaction, cancellationToken: ct));
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, 'cancel reject', @subject, @detail)",
                    new { audit, now, actor, subject = "order " + task.OrderId, detail = $"request {cancel}: {reason}" }, tx.Transaction, cancellationToken: ct));
                return true;
            },
            ct);
    }

    /// <summary>What stands against it; null when nothing does.</summary>
    internal static string? Decide(CancelTask task) => task switch
    {
        { EndedAt: not null } => $"Request {task.Id} to cancel order {task.OrderId} has ended already ({task.State}).",
        { Stopped: true } => $"Order {task.OrderId} is a drip-feed whose runs to come were stopped and paid back: that cannot be taken back. It ends with the run under way.",
        _ => null,
    };

    public void Dispose() => _audit.Dispose();
}
