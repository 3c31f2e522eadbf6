using Dapper;
using Tally.Contract;
using Tally.Ledger;
using Tally.Orders.Workers;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>An order with everything that its customer may see of it.</summary>
/// <param name="WaitsForFunds">A subscription that has paused because the wallet did not suffice.</param>
/// <param name="Children">The runs of a drip-feed, or the orders of a subscription, newest first; at most <see cref="ReadOneOrder.MostChildren"/>.</param>
/// <param name="AllChildren">How many there are.</param>
/// <param name="Refills">Newest first.</param>
/// <param name="Cancels">Requests to cancel, newest first.</param>
/// <param name="Money">Oldest first.</param>
public sealed record WholeOrder(
    OrderLine Line, bool WaitsForFunds, IReadOnlyList<ChildOrder> Children, long AllChildren, IReadOnlyList<OrderRefill> Refills, IReadOnlyList<OrderCancel> Cancels,
    IReadOnlyList<OrderMovement> Money);

/// <summary>A run of a drip-feed or an order of a subscription.</summary>
public sealed record ChildOrder
{
    public long Id { get; init; }

    public int? Run { get; init; }

    public OrderStatus Status { get; init; }

    public long Quantity { get; init; }

    public long Remains { get; init; }

    public long StartCount { get; init; }

    public long Charge { get; init; }

    public long Refunded { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>What it has cost after refunds.</summary>
    public Money Net => new(Charge - Refunded);
}

/// <summary>A refill of an order.</summary>
/// <param name="Reason">Why it was refused, as a code of api-v2.md section 5 that pages translate; null when that is not known in such words.</param>
public sealed record OrderRefill(long Id, RefillStatus Status, string? Reason, long CreatedAt, long? EndedAt);

/// <summary>A request to cancel an order.</summary>
/// <param name="Reason">As in <see cref="OrderRefill"/>.</param>
/// <param name="Stopped">It has stopped a drip-feed, which ends with the run under way.</param>
public sealed record OrderCancel(long Id, CancelState State, string? Reason, bool Stopped, long CreatedAt, long? EndedAt);

/// <summary>
/// Reads one order of an account with its family, its refills and requests, and its money. Of a provider's words only those come out that the contract knows, as a code: everything else in
/// notes may name a provider or be meant for the operator.
/// </summary>
public sealed class ReadOneOrder(Database database, GeneralLedger ledger)
{
    /// <summary>How many of the children are read.</summary>
    public const int MostChildren = 100;

    private const int MostRequests = 50;

    /// <summary>The order; null when the account has none of this id.</summary>
    public async Task<WholeOrder?> RunAsync(long accountId, long order, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        if (await OrderListSql.ReadAsync(database.Kind, connection, accountId, new OrderFilter { Id = order }, default, 1, ct) is not [var line])
        {
            return null;
        }

        var values = new { order, MostChildren, MostRequests };
        var isParent = line.IsDripfeed || line.IsSubscription;
        var children = isParent
            ? await connection.QueryAsync<ChildOrder>(new CommandDefinition(
                "SELECT id, run, status, quantity, remains, start_count, charge, refunded, created_at FROM orders WHERE parent_id = @order ORDER BY run DESC, id DESC LIMIT @MostChildren", values, cancellationToken: ct))
            : [];
        var all = isParent ? await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM orders WHERE parent_id = @order", values, cancellationToken: ct)) : 0;
        var refills = await connection.QueryAsync<(long Id, short Status, string? Note, long CreatedAt, long? EndedAt)>(new CommandDefinition(
            "SELECT id, status, note, created_at, ended_at FROM refills WHERE order_id = @order ORDER BY id DESC LIMIT @MostRequests", values, cancellationToken: ct));
        var cancels = await connection.QueryAsync<(long Id, short State, string? Note, long CreatedAt, long? EndedAt)>(new CommandDefinition(
            "SELECT id, state, note, created_at, ended_at FROM cancels WHERE order_id = @order ORDER BY id DESC LIMIT @MostRequests", values, cancellationToken: ct));
        var waits = line is { IsSubscription: true, Status: OrderStatus.Paused } && await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT note FROM orders WHERE id = @order", values, cancellationToken: ct)) == SubscriptionOrders.NoFunds;
        return new WholeOrder(
            line, waits, [.. children], all,
            [.. refills.Select(r => new OrderRefill(r.Id, (RefillStatus)r.Status, (RefillStatus)r.Status == RefillStatus.Rejected ? ApiErrorCodes.OfText(r.Note) : null, r.CreatedAt, r.EndedAt))],
            [.. cancels.Select(c => new OrderCancel(c.Id, (CancelState)c.State, (CancelState)c.State == CancelState.Rejected ? ApiErrorCodes.OfText(c.Note) : null, line.Stopped, c.CreatedAt, c.EndedAt))],
            await ledger.OrderTrailAsync(connection, order, ct));
    }
}
