using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads where refills stand.</summary>
public sealed class ReadRefills(Database database)
{
    private const int MostListed = 1_000;

    /// <summary>Those of the refills that are the account's, by id; at most 100 ids.</summary>
    public async Task<IReadOnlyDictionary<long, RefillStatus>> ManyAsync(long accountId, IReadOnlyCollection<long> refills, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Id, short Status)>(new CommandDefinition(
            $"SELECT id, status FROM refills WHERE account_id = @accountId AND {Sql.AnyOf(database.Kind, "id", "ids")}",
            new { accountId, ids = Sql.Ids(database.Kind, refills) }, cancellationToken: ct));
        return rows.ToDictionary(r => r.Id, r => (RefillStatus)r.Status);
    }

    /// <summary>All customers' refills, oldest first: the last 1,000, or of those that are open the first 1,000.</summary>
    /// <param name="order">Only this order's; null = all.</param>
    public async Task<IReadOnlyList<Refill>> ListAsync(bool open, long? order, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Refill>(new CommandDefinition(
            $"""
             SELECT {Refill.Columns} FROM refills WHERE {(open ? "ended_at IS NULL" : "id > 0")}{(order is null ? "" : " AND order_id = @order")}
             ORDER BY id {(open ? "" : "DESC")} LIMIT @MostListed
             """,
            new { order, MostListed }, cancellationToken: ct));
        return [.. rows.OrderBy(r => r.Id)];
    }

    /// <summary>How many wait for the operator.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM refills WHERE ended_at IS NULL AND due_at IS NULL", cancellationToken: ct));
    }
}
