using System.Data.Common;
using Dapper;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads orders as their customer sees them, always from the store: what <c>add</c> has answered, <c>status</c> knows.</summary>
public sealed class ReadOrders : IAsyncDisposable
{
    private const string Columns = "o.id, o.charge, o.refunded, o.start_count, o.status, o.remains, o.type, o.runs, o.interval_minutes, o.details";
    private const string One = $"SELECT {Columns} FROM orders o WHERE o.id = ?1 AND o.account_id = ?2";
    private readonly Database _database;
    private readonly PreparedReads _prepared;
    private readonly ReadBatcher<(long Account, long Order), Row?>? _batcher;

    public ReadOrders(Database database, PreparedReads prepared)
    {
        (_database, _prepared) = (database, prepared);
        _batcher = database.Kind == DatabaseKind.Postgres ? new ReadBatcher<(long, long), Row?>(ReadMany, static _ => null) : null;
    }

    /// <summary>One order of the account; null when there is none of that id.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async ValueTask<OrderView?> OneAsync(long accountId, long order, CancellationToken ct)
    {
        var row = _batcher is null
            ? await _prepared.UseAsync(One, (accountId, order), static (statement, key) => ReadOne(statement, key.accountId, key.order), ct)
            : await _batcher.ReadAsync((accountId, order));
        return row is null ? null : row.HasFamily ? (await WithFamiliesAsync([row], ct))[0] : row.ToView(null, 0);
    }

    /// <summary>Those of the orders that are the account's, by id; at most 100 ids.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async ValueTask<IReadOnlyDictionary<long, OrderView>> ManyAsync(long accountId, IReadOnlyCollection<long> orders, CancellationToken ct)
    {
        var rows = _batcher is null ? await _prepared.UseAsync(One, (accountId, orders), static (statement, keys) => ReadEach(statement, keys.accountId, keys.orders), ct) : await ReadSetAsync(accountId, orders, ct);
        var plain = rows.Where(r => !r.HasFamily).ToDictionary(r => r.Id, r => r.ToView(null, 0));
        foreach (var view in await WithFamiliesAsync([.. rows.Where(r => r.HasFamily)], ct))
        {
            plain[view.Id] = view;
        }

        return plain;
    }

    public ValueTask DisposeAsync() => _batcher?.DisposeAsync() ?? default;

    private static Row? ReadOne(SqliteStatement statement, long account, long order)
    {
        statement.Bind(1, order);
        statement.Bind(2, account);
        return statement.Step() ? Row.Of(statement) : null;
    }

    private static List<Row> ReadEach(SqliteStatement statement, long account, IReadOnlyCollection<long> orders)
    {
        var rows = new List<Row>(orders.Count);
        foreach (var order in orders)
        {
            if (ReadOne(statement, account, order) is { } row)
            {
                rows.Add(row);
            }

            statement.Reset();
        }

        return rows;
    }

    private async Task<IReadOnlyList<Row>> ReadSetAsync(long account, IReadOnlyCollection<long> orders, CancellationToken ct)
    {
        await using var connection = await _database.OpenReadAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM orders o WHERE o.account_id = @account AND {Sql.AnyOf(_database.Kind, "o.id", "ids")}";
        BulkInsert.Add(command, "account", account);
        BulkInsert.Add(command, "ids", Sql.Ids(_database.Kind, orders));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>(orders.Count);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(Row.Of(reader));
        }

        return rows;
    }

    private Dictionary<(long Account, long Order), Row?> ReadMany(IReadOnlyCollection<(long Account, long Order)> keys)
    {
        using var connection = _database.OpenBlocking();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, o.account_id FROM unnest(@accounts, @orders) AS k (a, i) JOIN orders o ON o.id = k.i AND o.account_id = k.a";
        BulkInsert.Add(command, "accounts", keys.Select(k => k.Account).ToArray());
        BulkInsert.Add(command, "orders", keys.Select(k => k.Order).ToArray());
        using var reader = command.ExecuteReader();
        var found = new Dictionary<(long, long), Row?>(keys.Count);
        while (reader.Read())
        {
            var row = Row.Of(reader);
            found[(reader.GetInt64(10), row.Id)] = row;
        }

        return found;
    }

    // Drip-feed parents and subscriptions also tell their children, and a parent's net charge counts what its runs gave back.
    private async Task<IReadOnlyList<OrderView>> WithFamiliesAsync(IReadOnlyList<Row> parents, CancellationToken ct)
    {
        if (parents.Count == 0)
        {
            return [];
        }

        await using var connection = await _database.OpenReadAsync(ct);
        var children = await connection.QueryAsync<(long ParentId, long Id, long Refunded)>(new CommandDefinition(
            $"SELECT parent_id, id, refunded FROM orders WHERE {Sql.AnyOf(_database.Kind, "parent_id", "ids")} ORDER BY id",
            new { ids = Sql.Ids(_database.Kind, [.. parents.Select(p => p.Id)]) }, cancellationToken: ct));
        var families = children.ToLookup(c => c.ParentId);
        return [.. parents.Select(p => p.ToView(Family(p, [.. families[p.Id].Select(c => c.Id)]), p.Runs is null ? 0 : families[p.Id].Sum(c => c.Refunded)))];
    }

    private static OrderFamily Family(Row row, IReadOnlyList<long> children)
    {
        if (row.Runs is not null)
        {
            return new OrderFamily(row.Runs, row.IntervalMinutes, null, null, children);
        }

        var details = OrderDetails.Read(row.Details);
        var posts = details.TryGetValue("posts", out var text) ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
        return new OrderFamily(null, null, posts, details.GetValueOrDefault("expiry", ""), children);
    }

    private sealed record Row(
        long Id, long Charge, long Refunded, long StartCount, OrderStatus Status, long Remains, ServiceType Type, int? Runs, int? IntervalMinutes, string? Details)
    {
        public bool HasFamily => Runs is not null || Type == ServiceType.Subscriptions;

        public static Row Of(DbDataReader r) => new(
            r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), (OrderStatus)r.GetInt16(4), r.GetInt64(5), (ServiceType)r.GetInt16(6),
            r.IsDBNull(7) ? null : r.GetInt32(7), r.IsDBNull(8) ? null : r.GetInt32(8), r.IsDBNull(9) ? null : r.GetString(9));

        public static Row Of(SqliteStatement s) => new(
            s.Int64(0), s.Int64(1), s.Int64(2), s.Int64(3), (OrderStatus)s.Int64(4), s.Int64(5), (ServiceType)s.Int64(6),
            s.IsNull(7) ? null : (int)s.Int64(7), s.IsNull(8) ? null : (int)s.Int64(8), s.IsNull(9) ? null : s.Text(9));

        public OrderView ToView(OrderFamily? family, long refundedByRuns) =>
            new(Id, new Money(Charge - Refunded - refundedByRuns), StartCount, Status, Remains, family);
    }
}
