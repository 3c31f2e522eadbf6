using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// An operator says where an order stands: manual services are settled so, and corrections made. The reason goes into the audit log. An order that an operator has brought to its end is not asked for
/// any more: the operator's word is the last.
/// </summary>
public sealed class SettleOrder(Database database, ChangeOrders change, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>The order, whoever's it is.</summary>
    /// <exception cref="InvalidInputException">There is none of that id.</exception>
    public async Task<Order> FindAsync(long order, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Order>(new CommandDefinition($"SELECT {Order.Columns} FROM orders WHERE id = @order", new { order }, cancellationToken: ct))
            ?? throw new InvalidInputException($"There is no order {order}.");
    }

    /// <exception cref="InvalidInputException">There is no such order, it cannot go there from where it stands, a figure does not fit it, or a Partial does not say what remains.</exception>
    public async Task<Order> RunAsync(long orderId, OrderStatus status, long? remains, long? startCount, string reason, string actor, CancellationToken ct)
    {
        var before = await FindAsync(orderId, ct);
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        if (status == OrderStatus.Partial && remains is null)
        {
            throw new InvalidInputException("A Partial needs --remains: what is paid back depends on it.");
        }

        if (remains < 0 || remains > before.Quantity)
        {
            throw new InvalidInputException($"--remains: 0 to {before.Quantity}, the order's quantity.");
        }

        if (startCount < 0)
        {
            throw new InvalidInputException("--start-count: 0 or more.");
        }

        if (status != before.Status && !OrderTransitions.Allows(before.Status, status, ChangedBy.Operator))
        {
            throw new InvalidInputException($"Order {orderId} is {before.Status.Word()}; it cannot become {status.Word()}.");
        }

        var audit = await _audit.TakeAsync(ct);
        return await database.WriteAsync(
            async tx =>
            {
                var changed = await change.RunAsync(tx, [new OrderChange(orderId, ChangedBy.Operator, status, startCount, remains)], ct);
                if (changed.Count == 0)
                {
                    throw new InvalidInputException($"Order {orderId} has changed meanwhile; look at it again.");
                }

                await tx.Connection.ExecuteAsync(
                    "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, 'order status', @subject, @detail)",
                    new
                    {
                        audit,
                        now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                        actor,
                        subject = "order " + orderId,
                        detail = $"{before.Status.Word()} → {changed[0].Status.Word()}, remains {changed[0].Remains}: {reason}",
                    },
                    tx.Transaction);
                return changed[0];
            },
            ct);
    }

    public void Dispose() => _audit.Dispose();
}
