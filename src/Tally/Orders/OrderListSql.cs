using System.Data.Common;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// The query of the lists of orders, so made that an index gives the entries in their order, whatever is filtered: nothing is sorted, and nothing is read that is not shown. A list of all statuses
/// merges one range of the index for each. The indexes by service and by link hold only orders that have ended (migration 0009); the open ones are found by their status and looked at one by one.
/// A plus before a column keeps planners from choosing an index by it.
/// </summary>
internal static class OrderListSql
{
    /// <summary>What a list reads of an order: what its customer may see.</summary>
    private const string Columns =
        "id, service_id, type, status, link, quantity, charge, refunded, start_count, remains, details, parent_id, run, runs, interval_minutes, stopped, created_at, completed_at, ended_at";

    // What decides about the buttons, and what the runs of a drip-feed gave back.
    private const string Beside =
        """
        CASE WHEN o.runs IS NULL THEN 0 ELSE (SELECT CAST(COALESCE(SUM(c.refunded), 0) AS BIGINT) FROM orders c WHERE c.parent_id = o.id) END AS runs_refunded,
        (SELECT MAX(r.created_at) FROM refills r WHERE r.order_id = o.id) AS last_refill,
        (SELECT COUNT(*) FROM refills r WHERE r.order_id = o.id AND r.ended_at IS NULL) AS open_refills,
        (SELECT COUNT(*) FROM cancels x WHERE x.order_id = o.id AND x.ended_at IS NULL) AS open_cancels
        """;

    private const string Ended = "ended_at IS NOT NULL";
    private static readonly OrderStatus[] Statuses = Enum.GetValues<OrderStatus>();

    /// <summary>Reads so many entries from a place on, in the direction of the place.</summary>
    public static async Task<List<OrderLine>> ReadAsync(DatabaseKind kind, DbConnection connection, long account, OrderFilter filter, ListPlace place, int size, CancellationToken ct)
    {
        var values = Values(account, filter, place);
        values.Add("size", size);
        var read = (await connection.QueryAsync<OrderLine>(new CommandDefinition(List(kind, filter, place), values, cancellationToken: ct))).AsList();
        read.Sort(place.Newer ? (a, b) => a.Mark.CompareTo(b.Mark) : (a, b) => b.Mark.CompareTo(a.Mark)); // in order already, but no store promises it for a query around another
        return read;
    }

    /// <summary>The query for <c>@size</c> entries of <see cref="OrderLine"/>.</summary>
    public static string List(DatabaseKind kind, OrderFilter filter, ListPlace place) =>
        filter.Id is not null
            ? $"SELECT o.*, {Beside} FROM (SELECT {Columns} FROM orders WHERE id = @Id AND account_id = @account) AS o"
            : $"SELECT o.*, {Beside} FROM ({Ranges(kind, filter, place, Columns)}) AS o";

    /// <summary>Counts the orders of each of the statuses (<c>status</c>, <c>orders</c>), each up to <c>@most</c>.</summary>
    public static string Count(OrderFilter filter, IEnumerable<OrderStatus> statuses) => string.Join("\nUNION ALL\n", statuses.Select(s =>
        $"SELECT {(int)s} AS status, COUNT(*) AS orders FROM ({Range(filter, default, "1", OfStatus(filter, s))} ORDER BY created_at DESC, id DESC LIMIT @most) AS counted"));

    /// <summary>The values of all of these queries.</summary>
    public static DynamicParameters Values(long account, OrderFilter filter, ListPlace place)
    {
        var (lower, upper) = Bounds(filter, place);
        var values = new DynamicParameters(new { account, filter.Id, filter.Link, filter.Service });
        values.AddDynamicParams(new { lowerAt = lower?.At, lowerId = lower?.Id, upperAt = upper?.At, upperId = upper?.Id });
        return values;
    }

    /// <summary>The query for the <c>@size</c> newest orders of <c>@account</c> that are no order's children.</summary>
    public static string Latest(DatabaseKind kind, string columns) => Ranges(kind, new OrderFilter { WithoutChildren = true }, default, columns);

    private static string Ranges(DatabaseKind kind, OrderFilter filter, ListPlace place, string columns)
    {
        string[] ranges = [.. Conditions(filter).Select(c => Range(filter, place, columns, c))];
        var direction = place.Newer ? "ASC" : "DESC";
        var order = $"ORDER BY created_at {direction}, id {direction} LIMIT @size";

        // PostgreSQL merges ranges only when each of them says that it is in order; SQLite sees it, and does not understand when each says so.
        return $"{string.Join("\nUNION ALL\n", kind == DatabaseKind.Postgres && ranges.Length > 1 ? ranges.Select(r => $"({r} {order})") : ranges)}\n{order}";
    }

    private static string Range(OrderFilter filter, ListPlace place, string columns, string conditions)
    {
        var (lower, upper) = Bounds(filter, place);
        return $"SELECT {columns} FROM orders WHERE account_id = @account AND {conditions}"
            + (lower is null ? "" : " AND (created_at, id) > (@lowerAt, @lowerId)") + (upper is null ? "" : " AND (created_at, id) < (@upperAt, @upperId)");
    }

    // Which ranges a list is merged from: for each, what its index begins with, and what is looked at one by one.
    private static IEnumerable<string> Conditions(OrderFilter filter)
    {
        var asked = filter.Status is { } one ? [one] : Statuses;
        if (filter.Kind != OrderKind.Any)
        {
            // These are few; their status is looked at one by one.
            return [All(filter.Kind == OrderKind.Dripfeed ? "runs IS NOT NULL" : "type = 17", Link(filter), Service(filter, "+"), filter.Status is { } status ? $"+status = {(int)status}" : null)];
        }

        if (filter.Link is null)
        {
            return asked.Select(s => OfStatus(filter, s));
        }

        var ended = asked.Where(s => s.IsFinal()).ToList();
        var open = asked.Where(s => !s.IsFinal()).Select(s => All(Link(filter), OfStatus(filter, s)));
        return ended.Count == 0 ? open : open.Prepend(All(Link(filter), Ended, Service(filter, "+"), filter.Status is { } final ? $"+status = {(int)final}" : null));
    }

    private static string OfStatus(OrderFilter filter, OrderStatus status) => filter.Service is not null && filter.Link is null && status.IsFinal()
        ? All(Service(filter, ""), $"status = {(int)status}", Ended)
        : All($"status = {(int)status}", Service(filter, ""), filter.WithoutChildren ? "parent_id IS NULL" : null);

    private static string? Service(OrderFilter filter, string plus) => filter.Service is null ? null : $"{plus}service_id = @Service";

    private static string? Link(OrderFilter filter) => filter.Link is null ? null : "substr(link, 1, 100) = substr(@Link, 1, 100) AND link = @Link";

    private static string All(params string?[] conditions) => string.Join(" AND ", conditions.Where(c => c is not null));

    // Both the days and the place are bounds in the order of the list; the closer one of each side counts, so that there is one range and not a condition more. Ids are 1 or more.
    private static (ListMark? Lower, ListMark? Upper) Bounds(OrderFilter filter, ListPlace place)
    {
        ListMark? lower = filter.FromMs is { } from ? new ListMark(from, 0) : null, upper = filter.ToMs is { } to ? new ListMark(to, 0) : null;
        return place switch
        {
            { Mark: { } mark, Newer: true } => (lower > mark ? lower : mark, upper),
            { Mark: { } mark } => (lower, upper < mark ? upper : mark),
            _ => (lower, upper),
        };
    }
}
