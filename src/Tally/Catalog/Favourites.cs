using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>The services that a customer has marked, to find them again.</summary>
public sealed class Favourites(Database database)
{
    /// <summary>How many an account may have.</summary>
    public const int Most = 1_000;

    /// <summary>The account's favourites.</summary>
    public async Task<IReadOnlySet<long>> ReadAsync(long accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "SELECT service_id FROM favourites WHERE account_id = @accountId LIMIT @Most", new { accountId, Most }, cancellationToken: ct))).ToHashSet();
    }

    /// <summary>Marks a service or takes the mark off; doing it again changes nothing.</summary>
    /// <returns>False when the account has as many as it may, or there is no such service.</returns>
    public Task<bool> SetAsync(long accountId, long serviceId, bool marked, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (!marked)
            {
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM favourites WHERE account_id = @accountId AND service_id = @serviceId", new { accountId, serviceId }, tx.Transaction, cancellationToken: ct));
                return true;
            }

            await tx.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO favourites (account_id, service_id)
                SELECT @accountId, s.id FROM services s WHERE s.id = @serviceId AND (SELECT COUNT(*) FROM favourites f WHERE f.account_id = @accountId) < @Most
                ON CONFLICT (account_id, service_id) DO NOTHING
                """,
                new { accountId, serviceId, Most }, tx.Transaction, cancellationToken: ct));
            return await tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM favourites WHERE account_id = @accountId AND service_id = @serviceId", new { accountId, serviceId }, tx.Transaction, cancellationToken: ct)) == 1;
        },
        ct);
}
