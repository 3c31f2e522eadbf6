using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>What an operator does with an order that waits for a person.</summary>
public abstract record Attention
{
    private Attention()
    {
    }

    /// <summary>Send it (again): the provider has it not.</summary>
    public sealed record Resend : Attention;

    /// <summary>The provider has it, under this id: follow it from now on.</summary>
    /// <param name="Take">Also when another order of ours follows that id: that one was wrong, and waits for a person itself, unless it is final.</param>
    public sealed record Attach(string ProviderOrder, bool Take = false) : Attention;

    /// <summary>Cancel it and pay it back.</summary>
    public sealed record Cancel : Attention;
}

/// <summary>
/// The orders that wait for a person (lifecycle.md section 3): unconfirmed ones, of which nobody knows whether the provider has them (those that a
/// reference lets be sent again by themselves are not listed), and held ones, which every provider refused. There are three ways out; which one was taken, and why, stays in the audit log.
/// </summary>
public sealed class AttendOrder(Database database, ChangeOrders change, Catalog.Catalog catalog, WorkingProviders providers, DispatchBell bell, TimeProvider time) : IDisposable
{
    private const int MostListed = 1_000;

    // One that was settled otherwise waits for nobody.
    private static readonly string Final = string.Join(", ", Enum.GetValues<OrderStatus>().Where(s => s.IsFinal()).Select(s => (int)s));
    private static readonly string Waits = $"send_state IN ({(int)SendState.Unconfirmed}, {(int)SendState.Held}) AND due_at IS NULL AND status NOT IN ({Final})";

    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Those that wait, oldest first, at most 1,000.</summary>
    public async Task<IReadOnlyList<Order>> ListAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return [.. await connection.QueryAsync<Order>(new CommandDefinition(
            $"""
             SELECT {Order.Columns} FROM orders
             WHERE {Waits} ORDER BY id LIMIT @MostListed
             """,
            new { MostListed }, cancellationToken: ct))];
    }

    /// <summary>How many wait: unconfirmed, and held.</summary>
    public async Task<(long Unconfirmed, long Held)> CountAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await connection.QuerySingleAsync<(long, long)>(new CommandDefinition(
            $"""
             SELECT COALESCE(SUM(CASE WHEN send_state = {(int)SendState.Unconfirmed} THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN send_state = {(int)SendState.Held} THEN 1 ELSE 0 END), 0)
             FROM orders WHERE {Waits}
             """,
            cancellationToken: ct));
    }

    /// <exception cref="InvalidInputException">The order does not wait for a person, the id at the provider is another order's, or the reason is empty.</exception>
    public async Task<Order> RunAsync(long orderId, Attention attention, string reason, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        var audit = await _audit.TakeAsync(ct);
        try
        {
            var order = await database.WriteAsync(tx => RunAsync(tx, orderId, attention, new AuditLine(audit, actor, reason), ct), ct);
            bell.Bell.Ring();
            return order;
        }
        catch (Exception e) when (attention is Attention.Attach && DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            throw new InvalidInputException(
                $"Another order has the id {((Attention.Attach)attention).ProviderOrder} at this provider already. If that one is wrong, take the id from it (--take).");
        }
    }

    public void Dispose() => _audit.Dispose();

    private async Task<Order> RunAsync(WriteTransaction tx, long orderId, Attention attention, AuditLine line, CancellationToken ct)
    {
        if (!(await OrderSql.LockAsync(tx, [orderId], ct)).TryGetValue(orderId, out var order)
            || order.SendState is not (SendState.Unconfirmed or SendState.Held) || order.Status.IsFinal())
        {
            throw new InvalidInputException($"Order {orderId} does not wait for a person: it is neither unconfirmed nor held.");
        }

        if (attention is Attention.Resend && order is { ParentId: { } subscription, Run: null })
        {
            throw new InvalidInputException($"Order {orderId} is one that the provider made for subscription {subscription}: it cannot be sent, only attached or cancelled.");
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@Id, @now, @Actor, @action, @subject, @Reason)",
            new { line.Id, now, line.Actor, action = "order " + Name(attention), subject = "order " + orderId, line.Reason }, tx.Transaction, cancellationToken: ct));
        if (attention is Attention.Cancel)
        {
            var canceled = new OrderChange(orderId, ChangedBy.Operator, OrderStatus.Canceled, Remains: order.Quantity, Note: line.Reason);
            return (await change.RunAsync(tx, [canceled], ct, o => o with { SendState = SendState.None, DueAt = null }))[0];
        }

        if (attention is Attention.Attach { Take: true, ProviderOrder: var taken })
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"""
                 UPDATE orders SET provider_order = NULL, due_at = NULL, lease_by = NULL, note = @note, version = version + 1,
                   send_state = CASE WHEN status IN ({Final}) THEN {(int)SendState.None} ELSE {(int)SendState.Unconfirmed} END
                 WHERE provider_id = @provider AND provider_order = @taken
                 """,
                new { provider = order.ProviderId, taken, note = $"It followed the provider's {taken}, which is order {orderId}." }, tx.Transaction, cancellationToken: ct));
        }

        var next = attention is Attention.Attach(var id, _)
            ? order with { SendState = SendState.Sent, ProviderOrder = id, DueAt = now, Note = null }
            : Resent(order, now);
        await OrderSql.UpdateAsync(tx, [next], ct);

        // A customer's request to cancel it waited for this, too.
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE cancels SET due_at = @now WHERE order_id = @orderId AND ended_at IS NULL", new { now, orderId }, tx.Transaction, cancellationToken: ct));
        return next;
    }

    // Every route is open to it again: what refused it may take it now.
    private Order Resent(Order order, long now)
    {
        var route = catalog.Current.ById.GetValueOrDefault(order.ServiceId) is { FurtherRoutes.Count: > 0 } service ? RouteChoice.Next(service, order, null, providers.Works) : null;
        return order with
        {
            SendState = SendState.Ready,
            ProviderId = route?.ProviderId ?? order.ProviderId,
            ProviderService = route?.ProviderService ?? order.ProviderService,
            Tried = null,
            DueAt = now,
            Note = null,
        };
    }

    private static string Name(Attention attention) => attention switch
    {
        Attention.Resend => "resend",
        Attention.Attach(var id, _) => "attach " + id,
        Attention.Cancel => "cancel",
        _ => throw new InvalidOperationException("An attention of no known kind."),
    };

    private readonly record struct AuditLine(long Id, string Actor, string Reason);
}
