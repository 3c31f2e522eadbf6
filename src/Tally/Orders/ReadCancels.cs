using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads where requests to cancel stand.</summary>
public sealed class ReadCancels(Database database)
{
    private const int MostListed = 1_000;

    /// <summary>All customers' requests, oldest first: the last 1,000, or of those that are open the first 1,000.</summary>
    public async Task<IReadOnlyList<CancelTask>> ListAsync(bool open, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<CancelTask>(new CommandDefinition(
            $"""
             SELECT c.id, c.account_id, c.order_id, c.state, o.provider_id, o.provider_order, c.attempt, c.due_at, c.note, c.created_at, c.ended_at, o.stopped
             FROM cancels c JOIN orders o ON o.id = c.order_id {(open ? "WHERE c.ended_at IS NULL" : "")} ORDER BY c.id {(open ? "" : "DESC")} LIMIT @MostListed
             """,
            new { MostListed }, cancellationToken: ct));
        return [.. rows.OrderBy(c => c.Id)];
    }

    /// <summary>How many wait for the operator.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"""
             SELECT COUNT(*) FROM cancels c JOIN orders o ON o.id = c.order_id
             WHERE c.ended_at IS NULL AND c.due_at IS NULL AND c.state = {(int)CancelState.Open} AND o.stopped = 0
             """,
            cancellationToken: ct));
    }
}
