using Dapper;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>When each provider's catalogue is due: in the store, so that of all nodes one asks.</summary>
public sealed class CatalogueTurns(Database database, QuarantineAlert alert, TimeProvider time)
{
    /// <summary>Longer than the longest call and the write behind it; a node that dies leaves the turn to others after this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>One of the providers whose catalogue is due, taken for this node; null when none is. One that is seen for the first time is due after a whole interval: it was just imported.</summary>
    /// <param name="wanted">The providers' ids.</param>
    /// <param name="interval">How often each is to be asked; one that is due later than that, for the setting was another one, is due now.</param>
    public async Task<long?> TakeAsync(IReadOnlyCollection<long> wanted, TimeSpan interval, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var latest = now + Math.Max((long)interval.TotalMilliseconds, (long)Lease.TotalMilliseconds);
        var known = await DueAsync(ct);
        var fresh = wanted.Where(p => known.GetValueOrDefault(p) is null).ToList();
        var due = wanted.Where(p => known.GetValueOrDefault(p) is { } at && (at <= now || at > latest)).ToList();
        return fresh.Count + due.Count == 0 ? null : await database.WriteAsync<long?>(
            async tx =>
            {
                foreach (var provider in fresh)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        """
                        INSERT INTO catalogues (provider_id, due_at) VALUES (@provider, @latest)
                        ON CONFLICT (provider_id) DO UPDATE SET due_at = @latest WHERE catalogues.due_at IS NULL
                        """,
                        new { provider, latest }, tx.Transaction, cancellationToken: ct));
                }

                foreach (var provider in due)
                {
                    var claimed = await tx.Connection.ExecuteAsync(new CommandDefinition(
                        "UPDATE catalogues SET due_at = @until WHERE provider_id = @provider AND (due_at <= @now OR due_at > @latest)",
                        new { provider, now, latest, until = now + (long)Lease.TotalMilliseconds }, tx.Transaction, cancellationToken: ct));
                    if (claimed == 1)
                    {
                        return provider;
                    }
                }

                return null;
            },
            ct);
    }

    /// <summary>A sync is over: says when the next one is due, and tells the operator when the answer was not believed, or is again.</summary>
    /// <param name="provider">Whose catalogue it was.</param>
    /// <param name="answered">Whether there was an answer at all; without one the next try comes sooner.</param>
    /// <param name="refused">Why the answer was not believed; null when it was.</param>
    /// <param name="interval">How often it is to be asked; zero = not by itself.</param>
    /// <param name="ct">Ends the write.</param>
    public async Task EndAsync(Provider provider, bool answered, string? refused, TimeSpan interval, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO catalogues (provider_id) VALUES (@Id) ON CONFLICT (provider_id) DO NOTHING", new { provider.Id }, tx.Transaction, cancellationToken: ct));
                var (failures, before) = await tx.Connection.QuerySingleAsync<(long Failures, string? Refused)>(new CommandDefinition(
                    $"SELECT failures, refused FROM catalogues WHERE provider_id = @Id{Sql.ForUpdate(tx.Kind)}", new { provider.Id }, tx.Transaction, cancellationToken: ct));
                failures = answered ? 0 : failures + 1;

                // Without an answer nobody knows whether the last refusal still stands.
                var after = answered ? refused : before;
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "UPDATE catalogues SET due_at = @due, failures = @failures, refused = @after, synced_at = CASE WHEN @done = 1 THEN @now ELSE synced_at END WHERE provider_id = @Id",
                    new { provider.Id, due = NextDue(now, interval, failures), failures, after, done = answered && refused is null ? 1 : 0, now }, tx.Transaction, cancellationToken: ct));
                if (after != before)
                {
                    await alert.TellAsync(tx, provider, ct);
                }
            },
            ct);
    }

    /// <summary>A whole interval after an answer; after failures a minute, then twice as long each time, but never later than the interval. Null = not by itself.</summary>
    internal static long? NextDue(long now, TimeSpan interval, long failures)
    {
        if (interval == TimeSpan.Zero)
        {
            return null;
        }

        var retry = TimeSpan.FromMinutes(1L << (int)Math.Min(Math.Max(failures - 1, 0), 20));
        return now + (long)(failures > 0 && retry < interval ? retry : interval).TotalMilliseconds;
    }

    private async Task<IReadOnlyDictionary<long, long?>> DueAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Provider, long? Due)>(new CommandDefinition("SELECT provider_id, due_at FROM catalogues", cancellationToken: ct));
        return rows.ToDictionary(r => r.Provider, r => r.Due);
    }
}
