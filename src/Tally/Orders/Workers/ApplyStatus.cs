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
    Database database, ChangeOrders change, SyncSchedule schedule, Notices notices, FaultPoints faults, Node node, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <param name="imports">What became of the orders of subscriptions.</param>
    /// <returns>Of how many orders something new was said.</returns>
    internal async Task<int> RunAsync(
        Provider provider, IReadOnlyList<(Order Order, StatusAnswer Answer)> answers, IReadOnlyDictionary<long, ChildrenImported> imports, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var changes = new List<(Order Order, OrderChange Change)>();
        var same = new List<(Order Order, long? Due)>();
        foreach (var (order, answer) in answers)
        {
            var said = imports.TryGetValue(order.Id, out var imported) ? SubscriptionOrders.Judge(order, answer.Change, imported) : answer.Change;
            if (answer.Unusable is null && SaysNew(order, said, now))
            {
                changes.Add((order, said));
            }
            else if (schedule.Next(order, now) is var due && (!SyncSchedule.StandsAsClaimed(order, due) || (said.Note ?? order.Note) != order.Note))
            {
                same.Add((order with { Note = said.Note ?? order.Note }, due));
            }
        }

        if (changes.Count + same.Count == 0)
        {
            return 0;
        }

        var corrections = changes.Where(c => c.Order.Status.IsFinal()).ToDictionary(c => c.Order.Id, c => c.Order);
        var audit = corrections.Count == 0 ? [] : await _audit.TakeAsync(corrections.Count, ct);
        var pauses = changes.Where(c => c is { Order.Status: OrderStatus.Active, Change.Status: OrderStatus.Paused } && imports.ContainsKey(c.Order.Id)).ToList();
        var notice = pauses.Count == 0 ? [] : await Task.WhenAll(pauses.Select(_ => notices.NewIdAsync(ct)));
        await database.WriteAsync(
            async tx =>
            {
                await DueAgainAsync(tx, same, ct);
                var changed = await change.RunAsync(tx, [.. changes.Select(c => c.Change)], ct, o => o with { LeaseBy = null, DueAt = schedule.AfterNews(o, now) });
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

    private async Task DueAgainAsync(WriteTransaction tx, List<(Order Order, long? Due)> orders, CancellationToken ct)
    {
        if (orders.Count == 0)
        {
            return;
        }

        // Whatever else has changed an order since it was claimed has the last word on when it is due.
        if (tx.Kind == DatabaseKind.Postgres)
        {
            await using var many = tx.Command(
                "UPDATE orders SET due_at = d.due, note = d.note, lease_by = NULL FROM unnest(@id, @version, @due, @note) AS d (id, version, due, note) "
                + "WHERE orders.id = d.id AND orders.version = d.version AND orders.lease_by = @node");
            BulkInsert.Add(many, "id", orders.Select(o => o.Order.Id).ToArray());
            BulkInsert.Add(many, "version", orders.Select(o => o.Order.Version).ToArray());
            BulkInsert.Add(many, "due", orders.Select(o => o.Due).ToArray());
            BulkInsert.Add(many, "note", orders.Select(o => o.Order.Note).ToArray());
            BulkInsert.Add(many, "node", node.Name);
            await many.ExecuteNonQueryAsync(ct);
            return;
        }

        await using var one = tx.Command("UPDATE orders SET due_at = @due, note = @note, lease_by = NULL WHERE id = @id AND version = @version AND lease_by = @node");
        var (id, version, dueAt, note) = (BulkInsert.Add(one, "id", 0L), BulkInsert.Add(one, "version", 0), BulkInsert.Add(one, "due", DBNull.Value), BulkInsert.Add(one, "note", DBNull.Value));
        BulkInsert.Add(one, "node", node.Name);
        foreach (var (order, due) in orders)
        {
            (id.Value, version.Value, dueAt.Value, note.Value) = (order.Id, order.Version, due ?? (object)DBNull.Value, order.Note ?? (object)DBNull.Value);
            await one.ExecuteNonQueryAsync(ct);
        }
    }

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
