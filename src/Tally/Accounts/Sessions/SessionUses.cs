using System.Collections.Concurrent;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Accounts.Sessions;

/// <summary>Remembers when and from where sessions were last seen, and writes it every ten seconds for all of them in one go; once an hour it forgets those that have run out.</summary>
public sealed class SessionUses(Database database, SessionBook sessions, TimeProvider time, ILogger<SessionUses> logger) : WorkLoop(time, logger, TimeSpan.FromSeconds(10))
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<long, (long At, string From)> _uses = new();
    private long _sweptAt;

    /// <summary>The session was seen now.</summary>
    public void Seen(long session, string from) => _uses[session] = (Time.GetUtcNow().ToUnixTimeMilliseconds(), from);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await WriteAsync(ct);
        if (_sweptAt != 0 && Time.GetElapsedTime(_sweptAt) < SweepEvery)
        {
            return false;
        }

        while (await sessions.SweepAsync(ct) > 0)
        {
            // Until none is left.
        }

        _sweptAt = Time.GetTimestamp();
        return false;
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        var uses = _uses.Keys.Order().Select(id => (Id: id, Found: _uses.TryRemove(id, out var use), Use: use)).Where(u => u.Found).ToList();
        if (uses.Count == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(
                tx => BulkUpdate.ByIdAsync(
                    tx, "sessions", [.. uses.Select(u => u.Id)], null, ct,
                    new BulkColumn("last_seen_at", uses.Select(u => u.Use.At).ToArray()),
                    new BulkColumn("address", uses.Select(u => u.Use.From).ToArray())),
                ct);
        }
        catch
        {
            // For the next time, unless the session was seen again meanwhile.
            uses.ForEach(u => _uses.TryAdd(u.Id, u.Use));
            throw;
        }
    }
}
