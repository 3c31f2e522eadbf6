using Dapper;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Reports;

/// <summary>Where an account's orders stand, in short.</summary>
/// <param name="Open">How many are not final, counted up to <see cref="ReadActivity.MostCounted"/>.</param>
/// <param name="Latest">The newest ones.</param>
public sealed record Activity(int Open, IReadOnlyList<Order> Latest);

/// <summary>What an account's orders are doing. Runs and posts count with the order that they belong to.</summary>
public sealed class ReadActivity(Database database)
{
    /// <summary>Where counting ends: nobody can do more with a larger figure, and counting costs.</summary>
    public const int MostCounted = 1_000;

    private static readonly string Open = string.Join(", ", Enum.GetValues<OrderStatus>().Where(s => !s.IsFinal()).Select(s => (int)s));

    /// <param name="latest">How many of the newest orders, 1 … 100.</param>
    public async Task<Activity> RunAsync(long accountId, int latest, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latest, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(latest, 100);
        await using var connection = await database.OpenReadAsync(ct);
        var open = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT COUNT(*) FROM (SELECT id FROM orders WHERE account_id = @accountId AND status IN ({Open}) AND parent_id IS NULL LIMIT @MostCounted) AS o",
            new { accountId, MostCounted }, cancellationToken: ct));
        var rows = await connection.QueryAsync<Order>(new CommandDefinition(
            OrderListSql.Latest(database.Kind, Order.Columns), new { account = accountId, size = latest }, cancellationToken: ct));
        return new Activity((int)open, [.. rows]);
    }
}
