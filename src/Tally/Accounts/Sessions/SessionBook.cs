using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts.Sessions;

/// <summary>Opens, lists and revokes sessions. A revoked one stops at once on this node, and within a second on every other.</summary>
public sealed class SessionBook(Database database, RevokedSessions revoked, TimeProvider time) : IDisposable
{
    private const int LongestAgent = 300, MostListed = 100;
    private readonly IdAllocator _ids = new(database, time, "session", long.MaxValue);

    /// <summary>Opens a session, always a new one.</summary>
    public async Task<long> OpenAsync(long accountId, string address, string agent, CancellationToken ct)
    {
        var id = await _ids.TakeAsync(ct);
        await database.WriteAsync(
            tx => tx.Connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO sessions (id, account_id, created_at, last_seen_at, address, agent) VALUES (@id, @accountId, @now, @now, @address, @agent)",
                new { id, accountId, now = Now, address, agent = Cut(agent) }, tx.Transaction, cancellationToken: ct)),
            ct);
        return id;
    }

    /// <summary>The account's sessions that hold, the one seen last first; at most 100.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(long accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Id, long CreatedAt, long LastSeenAt, string Address, string Agent)>(new CommandDefinition(
            """
            SELECT id, created_at, last_seen_at, address, agent FROM sessions
            WHERE account_id = @accountId AND revoked_at IS NULL AND last_seen_at > @since ORDER BY last_seen_at DESC, id DESC LIMIT @most
            """,
            new { accountId, since = Now - (long)Session.Lifetime.TotalMilliseconds, most = MostListed }, cancellationToken: ct));
        return [.. rows.Select(r => new Session(r.Id, At(r.CreatedAt), At(r.LastSeenAt), r.Address, r.Agent))];
    }

    /// <summary>Revokes one of the account's sessions; false when it has no such session.</summary>
    public async Task<bool> RevokeAsync(long accountId, long id, CancellationToken ct)
    {
        var count = await database.WriteAsync(tx => RevokeAsync(tx, "account_id = @accountId AND id = @id", new { accountId, id }, ct), ct);
        await revoked.RefreshAsync(ct);
        return count > 0;
    }

    /// <summary>Revokes all of the account's sessions but one.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RevokeOthersAsync(long accountId, long? kept, CancellationToken ct)
    {
        var count = await database.WriteAsync(tx => RevokeOthersAsync(tx, accountId, kept, ct), ct);
        await revoked.RefreshAsync(ct);
        return count;
    }

    /// <summary>The same in the caller's transaction; nodes learn of it from the change counter.</summary>
    internal Task<int> RevokeOthersAsync(WriteTransaction tx, long accountId, long? kept, CancellationToken ct) =>
        RevokeAsync(tx, "account_id = @accountId AND id <> @kept", new { accountId, kept = kept ?? 0 }, ct);

    /// <summary>Makes this node know at once what a transaction of its own has revoked.</summary>
    internal Task LearnAsync(CancellationToken ct) => revoked.RefreshAsync(ct);

    /// <summary>Forgets sessions whose cookies have run out, at most 1,000 at once.</summary>
    /// <returns>How many.</returns>
    public Task<int> SweepAsync(CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE last_seen_at < @before LIMIT 1000)",
            new { before = Now - (long)RevokedSessions.Kept.TotalMilliseconds }, tx.Transaction, cancellationToken: ct)),
        ct);

    public void Dispose() => _ids.Dispose();

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<int> RevokeAsync(WriteTransaction tx, string where, object which, CancellationToken ct)
    {
        var parameters = new DynamicParameters(which);
        parameters.Add("now", Now);
        parameters.Add("version", await Changes.BumpAsync(tx, RevokedSessions.TopicName));
        return await tx.Connection.ExecuteAsync(new CommandDefinition(
            $"UPDATE sessions SET revoked_at = @now, version = @version WHERE revoked_at IS NULL AND {where}", parameters, tx.Transaction, cancellationToken: ct));
    }

    private static string Cut(string agent) => new([.. agent.Where(c => !char.IsControl(c)).Take(LongestAgent)]);

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
