using Dapper;
using Tally.Catalog;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// Takes a customer's request to cancel (lifecycle.md section 8). An order that was not sent yet is cancelled and paid back at once; of a drip-feed the runs to
/// come are; for one that a provider has, the request is passed on and the money moves only when the provider's status says so; for manual work it is an item
/// for the operator.
/// </summary>
public sealed class CancelOrder(Database database, Catalog.Catalog catalog, ChangeOrders change, OrderIds ids, TimeProvider time, DispatchBell bell)
{
    /// <summary>Takes the request; null when it is accepted (which does not mean that the order is cancelled).</summary>
    public async Task<Refusal?> RunAsync(long accountId, long order, CancellationToken ct)
    {
        var cancel = await ids.Cancels.TakeAsync(ct);
        var refusal = await database.WriteAsync(tx => RunAsync(tx, accountId, order, cancel, ct), ct);
        if (refusal is null)
        {
            bell.Bell.Ring();
        }

        return refusal;
    }

    private async Task<Refusal?> RunAsync(WriteTransaction tx, long accountId, long orderId, long cancel, CancellationToken ct)
    {
        if (!(await OrderSql.LockAsync(tx, [orderId], ct)).TryGetValue(orderId, out var order) || order.AccountId != accountId)
        {
            return Refusal.IncorrectOrder;
        }

        var open = await tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM cancels WHERE order_id = @orderId AND ended_at IS NULL", new { orderId }, tx.Transaction, cancellationToken: ct));
        if (Decide(order, catalog.Current.ById.GetValueOrDefault(order.ServiceId), open > 0) is { } refusal)
        {
            return refusal;
        }

        if (order.SendState is SendState.Ready or SendState.Held)
        {
            await change.RunAsync(tx, [new OrderChange(orderId, ChangedBy.Customer, OrderStatus.Canceled, Remains: order.Quantity)], ct);
            return null;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO cancels (id, account_id, order_id, state, due_at, created_at) VALUES (@cancel, @accountId, @orderId, @state, @due, @now)",
            new { cancel, accountId, orderId, state = (int)CancelState.Open, due = IsUnderWay(order) ? now : (long?)null, now },
            tx.Transaction, cancellationToken: ct));
        if (order.IsDripfeed)
        {
            await change.RunAsync(tx, [new OrderChange(orderId, ChangedBy.Customer, Stop: true)], ct, o => o with { DueAt = now });
        }

        return null;
    }

    // The provider has it, or it is being sent or will be sent again: then the request can be passed on. Else it is for the operator.
    private static bool IsUnderWay(Order order) =>
        order.SendState is SendState.Sent or SendState.Sending || order is { SendState: SendState.Unconfirmed, DueAt: not null };

    /// <summary>What stands against a request to cancel, in the order of api-v2.md section 7: offered, final, one open.</summary>
    internal static Refusal? Decide(Order order, Service? service, bool open) => service switch
    {
        not { Cancel: true } => Refusal.CancelDisabled,
        _ when order.Status.IsFinal() => Refusal.CancelFinal,
        _ when open => Refusal.CancelOpen,
        _ => null,
    };
}
