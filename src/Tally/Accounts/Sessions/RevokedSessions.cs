using System.Collections.Concurrent;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts.Sessions;

/// <summary>The sessions that were ended and whose cookies could still be shown, in memory: a page costs no query for its session, and an ended one stops within a second on every node.</summary>
public sealed class RevokedSessions(Database database, TimeProvider time) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "sessions";

    // A cookie that was renewed just before lives on for its whole lifetime; two days are for clocks.
    internal static readonly TimeSpan Kept = Session.Lifetime + TimeSpan.FromDays(2);

    private readonly ConcurrentDictionary<long, long> _revokedAt = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>Whether the session was ended.</summary>
    public bool Contains(long session) => _revokedAt.ContainsKey(session);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            var seen = Math.Max(_seen, 0);
            var since = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)Kept.TotalMilliseconds;
            await using var connection = await database.OpenReadAsync(ct);

            // The counter first: what commits after it is read has a higher version and comes with the next refresh.
            var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
            var rows = await connection.QueryAsync<(long Id, long RevokedAt)>(new CommandDefinition(
                "SELECT id, revoked_at FROM sessions WHERE revoked_at IS NOT NULL AND version > @seen AND revoked_at > @since", new { seen, since }, cancellationToken: ct));
            foreach (var (id, at) in rows)
            {
                _revokedAt[id] = at;
            }

            foreach (var (id, at) in _revokedAt)
            {
                if (at <= since)
                {
                    _revokedAt.TryRemove(id, out _);
                }
            }

            Volatile.Write(ref _seen, version);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();
}
