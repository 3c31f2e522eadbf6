using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// The one way an order's state changes after it was placed: what is known is decided, its money follows, and its parent, open cancel request and unique
/// link with it, in the caller's transaction.
/// </summary>
public sealed class ChangeOrders(GeneralLedger ledger, TimeProvider time)
{
    /// <summary>Applies changes, at most one for each order.</summary>
    /// <param name="alter">A last word on each order's next state, such as when it is due again.</param>
    /// <returns>The orders that changed, as they stand now.</returns>
    public async Task<IReadOnlyList<Order>> RunAsync(
        WriteTransaction tx, IReadOnlyCollection<OrderChange> changes, CancellationToken ct, Func<Order, Order>? alter = null)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var orders = await OrderSql.LockAsync(tx, [.. changes.Select(c => c.Order)], ct);
        var decided = new List<(Order Before, OrderDecision Decision)>();
        foreach (var change in changes)
        {
            if (orders.TryGetValue(change.Order, out var order) && OrderDecision.Of(order, change, now) is { } decision)
            {
                decided.Add((order, alter is null ? decision : decision with { Next = alter(decision.Next) }));
            }
        }

        if (decided.Count == 0)
        {
            return [];
        }

        var money = decided.Where(d => MovesMoney(d.Before, d.Decision)).ToList();
        var refunded = new Dictionary<long, Money>();
        if (money.Count > 0)
        {
            // Only refunds touch wallets: revenue and cost move between house accounts and hold no customer up.
            var wallets = money.Where(d => d.Decision.Refund.Units > d.Before.Refunded).Select(d => d.Before.AccountId).Distinct();
            var batch = await ledger.OpenBatchAsync(tx.Transaction, [.. wallets], [.. money.Select(d => d.Before.Id)], [], ct);
            foreach (var (before, decision) in money)
            {
                refunded[before.Id] = OrderMoney.Settle(batch, decision.Next, decision.Refund, now);
                OrderMoney.BookCost(batch, before.Id, new Money(decision.Next.Cost), now);
            }

            await batch.FlushAsync(ct);
        }

        var next = decided.ConvertAll(d => refunded.TryGetValue(d.Before.Id, out var back) ? d.Decision.Next with { Refunded = back.Units } : d.Decision.Next);
        await OrderSql.UpdateAsync(tx, next, decided.ConvertAll(d => d.Before), ct);
        await CloseCancelsAsync(tx, next, now, ct);
        await WakeParentsAsync(tx, decided.Where(d => d.Before.Status != d.Decision.Next.Status).Select(d => d.Before.ParentId), now, ct);
        return next;
    }

    private static bool MovesMoney(Order before, OrderDecision decision) =>
        before.Status != decision.Next.Status || decision.Refund.Units != before.Refunded || decision.Next.Cost != before.Cost;

    // The order is final: a request to cancel it has had its answer.
    private static async Task CloseCancelsAsync(WriteTransaction tx, List<Order> orders, long now, CancellationToken ct)
    {
        var final = orders.Where(o => o.Status.IsFinal()).Select(o => o.Id).ToList();
        if (final.Count > 0)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"UPDATE cancels SET ended_at = @now, due_at = NULL, state = {(int)CancelState.Done} WHERE ended_at IS NULL AND {Sql.AnyOf(tx.Kind, "order_id", "ids")}",
                new { now, ids = Sql.Ids(tx.Kind, final) }, tx.Transaction, cancellationToken: ct));
        }
    }

    private static async Task WakeParentsAsync(WriteTransaction tx, IEnumerable<long?> parents, long now, CancellationToken ct)
    {
        var ids = parents.OfType<long>().Distinct().Order().ToList();
        if (ids.Count > 0)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"UPDATE orders SET due_at = @now WHERE runs IS NOT NULL AND {Sql.AnyOf(tx.Kind, "id", "ids")} AND (due_at IS NULL OR due_at > @now)",
                new { now, ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction, cancellationToken: ct));
        }
    }
}
