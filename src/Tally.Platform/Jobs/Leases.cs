using Tally.Platform.Db;

namespace Tally.Platform.Jobs;

/// <summary>
/// Claims on rows of a table that is also a queue: it has <c>id</c>, <c>due_at</c> (when the row is due, unix ms; while it is leased, when the lease ends) and <c>lease_by</c>. Who
/// claims sets the lease in the same statement and passes over rows that another node holds, so that two nodes never do the same work, and a dead node's work is
/// due again when its lease has run out.
/// </summary>
public static class Leases
{
    /// <summary>
    /// The statement that claims the rows which are due, oldest first, and returns <paramref name="returning"/>. Parameters: <c>@now</c>, <c>@until</c> (the lease's end), <c>@node</c>,
    /// <c>@atMost</c>, and those of <paramref name="where"/>.
    /// </summary>
    /// <param name="where">What makes a row of this queue, besides being due.</param>
    /// <param name="set">What else the claim changes; null = nothing.</param>
    public static string ClaimSql(DatabaseKind kind, string table, string where, string? set, string returning) =>
        $"""
         UPDATE {table} SET {(set is null ? "" : set + ", ")}due_at = @until, lease_by = @node
         WHERE id IN (SELECT id FROM {table} WHERE {where} AND due_at <= @now ORDER BY due_at, id LIMIT @atMost{Sql.SkipLocked(kind)})
         RETURNING {returning}
         """;
}
