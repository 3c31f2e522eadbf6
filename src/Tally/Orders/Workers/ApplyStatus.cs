using System.Globalization;
using Dapper;
using Tally.Accounts;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Applies what a provider said of a batch of orders, in one transaction. Most answers say nothing new: those orders are only due again, by their age, which writes as little
/// as can be; for the others the way is the one of all changes, money included.
/// </summary>
public sealed class ApplyStatus(
    Database database, ChangeOrders change, SyncSchedule schedule, Notices notices, FaultPoints faults, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <param name="imports">What became of the orders of subscriptions.</param>
    /// <returns>Of how many orders something new was said.</returns>
    internal async Task<int> RunAsync(
        Provider provider, IReadOnlyList<(Order Order, StatusAnswer Answer)> answers, IReadOnlyDictionary<long, ChildrenImported> imports, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var changes = new List<(Order Order, OrderChange Change)>();
        var same = new List<Order>();
        foreach (var (order, answer) in answers)
        {
            var said = imports.TryGetValue(order.Id, out var imported) ? SubscriptionOrders.Judge(order, answer.Change, imported) : answer.Change;
            if (answer.Unusable is null && SaysNew(order, said, now))
            {
                changes.Add((order, said));
            }
            else
            {
                same.Add(order with { Note = said.Note ?? order.Note });
            }
        }

        var corrections = changes.Where(c => c.Order.Status.IsFinal()).ToDictionary(c => c.Order.Id, c => c.Order);
        var audit = corrections.Count == 0 ? [] : await _audit.TakeAsync(corrections.Count, ct);
        var pauses = changes.Where(c => c is { Order.Status: OrderStatus.Active, Change.Status: OrderStatus.Paused } && imports.ContainsKey(c.Order.Id)).ToList();
        var notice = pauses.Count == 0 ? [] : await Task.WhenAll(pauses.Select(_ => notices.NewIdAsync(ct)));
        await database.WriteAsync(
            async tx =>
            {
                var changed = await change.RunAsync(tx, [.. changes.Select(c => c.Change)], ct, o => o with { DueAt = schedule.Next(o, now) });

                // What was news when it was read, and no longer is, is due again as the rest is.
                var undecided = changes.ConvertAll(c => c.Order).ExceptBy(changed.Select(c => c.Id), o => o.Id);
                await DueAgainAsync(tx, [.. same, .. undecided], now, ct);
                var corrected = changed.Where(c => corrections.TryGetValue(c.Id, out var before) && (before.Status, before.Remains) != (c.Status, c.Remains));
                foreach (var (id, order) in audit.Zip(corrected))
                {
                    await AuditAsync(tx, id, provider, corrections[order.Id], order, now, ct);
                }

                foreach (var (id, (order, said)) in notice.Zip(pauses.Where(p => changed.Any(c => c.Id == p.Order.Id && c.Status == OrderStatus.Paused))))
                {
                    await notices.AddAsync(tx, id, order.AccountId, "subscription_paused", "order " + order.Id.ToString(CultureInfo.InvariantCulture), said.Note!, ct);
                }

                await faults.ReachAsync(FaultPoint.SyncWriting);
            },
            ct);
        await faults.ReachAsync(FaultPoint.SyncWritten);
        return changes.Count;
    }

    public void Dispose() => _audit.Dispose();

    /// <summary>Whether the order would be another one by what is said, as far as it is known here; the change itself is decided again when the row is locked.</summary>
    private static bool SaysNew(Order order, OrderChange said, long now) =>
        OrderDecision.Of(order, said, now) is { Next: var next }
        && (next.Status, next.Remains, next.StartCount, next.Cost, next.Note) != (order.Status, order.Remains, order.StartCount, order.Cost, order.Note);

    /// <summary>Whatever else has changed an order since it was read has the last word on when it is due.</summary>
    private Task DueAgainAsync(WriteTransaction tx, List<Order> orders, long now, CancellationToken ct) => BulkUpdate.ByIdAsync(
        tx,
        "orders",
        [.. orders.Select(o => o.Id)],
        new BulkColumn("version", orders.Select(o => o.Version).ToArray()),
        ct,
        new BulkColumn("due_at", orders.Select(o => schedule.Next(o, now)).ToArray()),
        new BulkColumn("note", orders.Select(o => o.Note).ToArray()));

    private static Task AuditAsync(WriteTransaction tx, long id, Provider provider, Order before, Order after, long now, CancellationToken ct) =>
        tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@id, @now, @actor, 'order correction', @subject, @detail)",
            new
            {
                id,
                now,
                actor = "provider " + provider.Name,
                subject = "order " + after.Id.ToString(CultureInfo.InvariantCulture),
                detail = string.Create(CultureInfo.InvariantCulture, $"{before.Status.Word()}, remains {before.Remains} → {after.Status.Word()}, remains {after.Remains}"),
            },
            tx.Transaction,
            cancellationToken: ct));
}
