using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>The orders table's hot statements.</summary>
internal static class OrderSql
{
    // On PostgreSQL the rows are locked; SQLite has one writer.
    private const string Locked =
        $"""
         SELECT {Order.Columns} FROM orders
         WHERE id = ANY(ARRAY(SELECT unnest(@ids) UNION SELECT parent_id FROM orders WHERE id = ANY(@ids) AND parent_id IS NOT NULL)) ORDER BY id FOR UPDATE
         """;

    /// <summary>
    /// The orders with these ids and their parents, locked in the order of their ids to the end of the transaction. A run that ends wakes its parent after it has
    /// touched the wallet: who locked the parent only then would wait in a circle with whoever moves the parent's own money.
    /// </summary>
    public static async Task<Dictionary<long, Order>> LockAsync(WriteTransaction tx, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var rows = await tx.Connection.QueryAsync<Order>(new CommandDefinition(
            tx.Kind == DatabaseKind.Postgres ? Locked : $"SELECT {Order.Columns} FROM orders WHERE {Sql.AnyOf(tx.Kind, "id", "ids")} ORDER BY id",
            new { ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction, cancellationToken: ct));
        return rows.ToDictionary(o => o.Id);
    }

    /// <summary>Writes what may change of orders that this transaction has locked.</summary>
    public static Task UpdateAsync(WriteTransaction tx, IReadOnlyList<Order> orders, CancellationToken ct) => UpdateAsync(tx, orders, null, ct);

    /// <summary>
    /// The same where it is known how the orders stand in the store, so that what indexes have and stays as it is need not be written. In four groups, which makes sixteen statements at the most;
    /// what no index has costs nothing.
    /// </summary>
    /// <param name="before">As this transaction has read them, and not changed since; null = not known.</param>
    public static Task UpdateAsync(WriteTransaction tx, IReadOnlyList<Order> orders, IReadOnlyList<Order>? before, CancellationToken ct)
    {
        var status = Changed(orders, before, o => o.Status);
        var due = Changed(orders, before, o => o.DueAt);
        var route = Changed(orders, before, o => (o.SendState, o.Run, o.ProviderId, o.ProviderOrder));
        var end = Changed(orders, before, o => (o.EndedAt, o.CompletedAt, o.UniqueLink));
        return BulkUpdate.ByIdAsync(
            tx, "orders", [.. orders.Select(o => o.Id)], "version = version + 1", ct,
            Column(orders, "status", o => (short)o.Status) with { Changed = status },
            Column(orders, "send_state", o => (short)o.SendState) with { Changed = route },
            Column(orders, "refunded", o => o.Refunded),
            Column(orders, "start_count", o => o.StartCount),
            Column(orders, "remains", o => o.Remains),
            Column(orders, "cost", o => o.Cost),
            Column(orders, "run", o => o.Run) with { Changed = route },
            Column(orders, "stopped", o => (short)(o.Stopped ? 1 : 0)),
            Column(orders, "unique_link", o => o.UniqueLink) with { Changed = end },
            Column(orders, "provider_id", o => o.ProviderId) with { Changed = route },
            Column(orders, "provider_service", o => o.ProviderService),
            Column(orders, "provider_order", o => o.ProviderOrder) with { Changed = route },
            Column(orders, "attempt", o => o.Attempt),
            Column(orders, "due_at", o => o.DueAt) with { Changed = due },
            Column(orders, "lease_by", o => o.LeaseBy),
            Column(orders, "note", o => o.Note),
            Column(orders, "completed_at", o => o.CompletedAt) with { Changed = end },
            Column(orders, "tried", o => o.Tried),
            Column(orders, "ended_at", o => o.EndedAt) with { Changed = end });
    }

    /// <summary>Writes new orders.</summary>
    public static Task InsertAsync(WriteTransaction tx, IReadOnlyList<Order> orders, CancellationToken ct) => BulkInsert.IntoAsync(
        tx, "orders", ct,
        Column(orders, "id", o => o.Id),
        Column(orders, "account_id", o => o.AccountId),
        Column(orders, "service_id", o => o.ServiceId),
        Column(orders, "type", o => (short)o.Type),
        Column(orders, "status", o => (short)o.Status),
        Column(orders, "send_state", o => (short)o.SendState),
        Column(orders, "link", o => o.Link),
        Column(orders, "quantity", o => o.Quantity),
        Column(orders, "charge", o => o.Charge),
        Column(orders, "remains", o => o.Remains),
        Column(orders, "details", o => o.Details),
        Column(orders, "parent_id", o => o.ParentId),
        Column(orders, "run", o => o.Run),
        Column(orders, "runs", o => o.Runs),
        Column(orders, "interval_minutes", o => o.IntervalMinutes),
        Column(orders, "unique_link", o => o.UniqueLink),
        Column(orders, "provider_id", o => o.ProviderId),
        Column(orders, "provider_service", o => o.ProviderService),
        Column(orders, "provider_order", o => o.ProviderOrder),
        Column(orders, "due_at", o => o.DueAt),
        Column(orders, "note", o => o.Note),
        Column(orders, "created_at", o => o.CreatedAt));

    private static BulkColumn Column<T>(IReadOnlyList<Order> orders, string name, Func<Order, T> value)
    {
        var values = new T[orders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(orders[i]);
        }

        return new BulkColumn(name, values);
    }

    private static bool[]? Changed<T>(IReadOnlyList<Order> orders, IReadOnlyList<Order>? before, Func<Order, T> value) =>
        before is null ? null : [.. orders.Zip(before, (now, then) => !EqualityComparer<T>.Default.Equals(value(now), value(then)))];
}
