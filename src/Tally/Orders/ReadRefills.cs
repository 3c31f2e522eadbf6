using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads where refills stand.</summary>
public sealed class ReadRefills(Database database)
{
    /// <summary>Those of the refills that are the account's, by id; at most 100 ids.</summary>
    public async Task<IReadOnlyDictionary<long, RefillStatus>> ManyAsync(long accountId, IReadOnlyCollection<long> refills, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Id, short Status)>(new CommandDefinition(
            $"SELECT id, status FROM refills WHERE account_id = @accountId AND {Sql.AnyOf(database.Kind, "id", "ids")}",
            new { accountId, ids = Sql.Ids(database.Kind, refills) }, cancellationToken: ct));
        return rows.ToDictionary(r => r.Id, r => (RefillStatus)r.Status);
    }
}
