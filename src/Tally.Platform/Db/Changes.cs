using Dapper;

namespace Tally.Platform.Db;

/// <summary>
/// Version counters in the store (table <c>changes</c>), by which nodes see that a copy they hold is old. A change bumps its topic inside its own
/// transaction; the row lock makes versions appear in the order of their commits, so that «all rows with a version above mine» misses none.
/// </summary>
public static class Changes
{
    /// <summary>The topic's next version, for the rows that this transaction changes.</summary>
    public static Task<long> BumpAsync(WriteTransaction tx, string topic) => tx.Connection.ExecuteScalarAsync<long>(
        "INSERT INTO changes (topic, version) VALUES (@topic, 1) ON CONFLICT (topic) DO UPDATE SET version = changes.version + 1 RETURNING version",
        new { topic }, tx.Transaction);

    /// <summary>The versions of all topics.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(Database database, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(string Topic, long Version)>(new CommandDefinition("SELECT topic, version FROM changes", cancellationToken: ct));
        return rows.ToDictionary(r => r.Topic, r => r.Version, StringComparer.Ordinal);
    }
}
