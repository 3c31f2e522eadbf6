using Dapper;
using Tally.Platform.Db;

namespace Tally.Operations;

/// <summary>What an alert is about. The names are stored and shown; never rename one.</summary>
public enum AlertKind
{
    /// <summary>A provider says that our money there is used up; it is paused.</summary>
    ProviderFunds,

    /// <summary>A provider refuses our key or our address; it is paused.</summary>
    ProviderAccess,

    /// <summary>Our balance at a provider is below the limit that the operator set.</summary>
    ProviderBalance,

    /// <summary>A provider does not answer as it should, so that calls to it rest for a while.</summary>
    ProviderHealth,

    /// <summary>A change in a provider's catalogue waits for the operator's yes or no.</summary>
    Quarantine,

    /// <summary>Orders wait for the operator: unconfirmed or held ones.</summary>
    Attention,

    /// <summary>Refills or requests to cancel wait for the operator.</summary>
    Requests,

    /// <summary>Money came that nobody's memo names, a card payment was taken back or disputed, or a gateway refuses our key.</summary>
    Payments,

    /// <summary>Mails were given up: a customer waits for a link that will not come.</summary>
    Mails,
}

/// <summary>Something that the operator must know of.</summary>
/// <param name="Subject">What it is about, such as <c>provider upstream</c>.</param>
/// <param name="Times">How often it was raised since it was last cleared.</param>
/// <param name="ClearedAt">When it was over; null while it is open.</param>
public sealed record Alert(AlertKind Kind, string Subject, string Text, long Times, long RaisedAt, long LastAt, long? ClearedAt);

/// <summary>What the operator must know of. One alert is open for a kind and a subject, however often it is raised; clearing it ends it.</summary>
public sealed class Alerts(Database database, TimeProvider time, ILogger<Alerts> logger)
{
    private const int MostListed = 1_000;

    /// <summary>Raises an alert in the caller's transaction: a new one, or one more time the one that is open, with the newest words.</summary>
    public async Task RaiseAsync(WriteTransaction tx, AlertKind kind, string subject, string text, CancellationToken ct)
    {
        logger.LogWarning("Alert {Kind}, {Subject}: {Text}", kind, subject, text);
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO alerts (kind, subject, text, raised_at, last_at) VALUES (@kind, @subject, @text, @now, @now)
            ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO UPDATE SET text = @text, times = alerts.times + 1, last_at = @now
            """,
            new { kind = kind.ToString(), subject, text, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct));
    }

    /// <summary>Ends an alert in the caller's transaction; false when none was open.</summary>
    public async Task<bool> ClearAsync(WriteTransaction tx, AlertKind kind, string subject, CancellationToken ct) =>
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE alerts SET cleared_at = @now WHERE kind = @kind AND subject = @subject AND cleared_at IS NULL",
            new { kind = kind.ToString(), subject, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct)) > 0;

    /// <summary>The open alerts, oldest first; with <paramref name="cleared"/> also those that are over. At most 1,000.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(bool cleared, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
             SELECT kind, subject, text, times, raised_at, last_at, cleared_at FROM alerts {(cleared ? "" : "WHERE cleared_at IS NULL")}
             ORDER BY raised_at, kind, subject LIMIT @MostListed
             """,
            new { MostListed }, cancellationToken: ct));
        return [.. rows.Select(r => new Alert(Enum.Parse<AlertKind>(r.Kind), r.Subject, r.Text, r.Times, r.RaisedAt, r.LastAt, r.ClearedAt))];
    }

    /// <summary>How many alerts of each kind are open; kinds without one are not named.</summary>
    public async Task<IReadOnlyDictionary<AlertKind, long>> CountAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(string Kind, long Open)>(new CommandDefinition(
            "SELECT kind, COUNT(*) FROM alerts WHERE cleared_at IS NULL GROUP BY kind", cancellationToken: ct));
        return rows.ToDictionary(r => Enum.Parse<AlertKind>(r.Kind), r => r.Open);
    }

    private sealed class Row
    {
        public string Kind { get; set; } = "";

        public string Subject { get; set; } = "";

        public string Text { get; set; } = "";

        public long Times { get; set; }

        public long RaisedAt { get; set; }

        public long LastAt { get; set; }

        public long? ClearedAt { get; set; }
    }
}
