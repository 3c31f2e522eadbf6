using System.Collections.Concurrent;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>How calls went at one provider within the last hour, all nodes together.</summary>
/// <param name="Score">100 when every call was answered, 0 when none was; null without a call.</param>
/// <param name="MeanMs">The mean time of a call in milliseconds; null without a call.</param>
/// <param name="LastFailure">The words of the newest failure within a day; null without one.</param>
/// <param name="LastFailureAt">When that was (unix ms).</param>
public sealed record HealthFigure(long Calls, long Failures, int? Score, long? MeanMs, string? LastFailure, long? LastFailureAt);

/// <summary>
/// Counts calls, failures and times for each provider in buckets of five minutes: in memory at once, in the store every few seconds, where the counts of all nodes add up.
/// Buckets are kept for a day.
/// </summary>
public sealed class ProviderHealth(Database database, TimeProvider time)
{
    private const long BucketMs = 5 * 60_000, HourMs = 3_600_000, DayMs = 24 * HourMs;
    private readonly ConcurrentDictionary<(long Provider, long Bucket), Counts> _counts = new();
    private long _forgotAt;

    /// <summary>One call: how long it took, and the words of its failure (null = none).</summary>
    public void Count(long provider, TimeSpan took, string? failure)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var one = new Counts(1, failure is null ? 0 : 1, (long)took.TotalMilliseconds, failure, failure is null ? null : now);
        _counts.AddOrUpdate((provider, now - (now % BucketMs)), one, (_, before) => before + one);
    }

    /// <summary>Adds what was counted since the last time to the store. Returns the providers that had a call which did not fail.</summary>
    public async Task<IReadOnlySet<long>> FlushAsync(CancellationToken ct)
    {
        var counted = new List<((long Provider, long Bucket) Key, Counts Counts)>();
        foreach (var key in _counts.Keys)
        {
            if (_counts.TryRemove(key, out var counts))
            {
                counted.Add((key, counts));
            }
        }

        try
        {
            await WriteAsync([.. counted.OrderBy(c => c.Key)], ct);
        }
        catch
        {
            // Counted again with the next ones.
            foreach (var (key, counts) in counted)
            {
                _counts.AddOrUpdate(key, counts, (_, newer) => counts + newer);
            }

            throw;
        }

        return counted.Where(c => c.Counts.Calls > c.Counts.Failures).Select(c => c.Key.Provider).ToHashSet();
    }

    /// <summary>The figures of the last hour, by provider.</summary>
    public async Task<IReadOnlyDictionary<long, HealthFigure>> ReadAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT provider_id, bucket, calls, failures, total_ms, last_failure, last_failure_at FROM provider_health WHERE bucket >= @from ORDER BY provider_id, bucket",
            new { from = now - DayMs }, cancellationToken: ct));
        return rows.GroupBy(r => r.ProviderId).ToDictionary(g => g.Key, g => FigureOf([.. g], now));
    }

    /// <summary>The figure of one provider's buckets, oldest first.</summary>
    internal static HealthFigure FigureOf(IReadOnlyList<Row> buckets, long now)
    {
        var hour = buckets.Where(b => b.Bucket > now - HourMs).ToList();
        var (calls, failures) = (hour.Sum(b => b.Calls), hour.Sum(b => b.Failures));
        var last = buckets.LastOrDefault(b => b.LastFailureAt is not null);
        return new HealthFigure(
            calls, failures, calls == 0 ? null : (int)((calls - failures) * 100 / calls), calls == 0 ? null : hour.Sum(b => b.TotalMs) / calls, last?.LastFailure, last?.LastFailureAt);
    }

    private async Task WriteAsync(IReadOnlyList<((long Provider, long Bucket) Key, Counts Counts)> counted, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var forget = now - _forgotAt > BucketMs;
        if (counted.Count == 0 && !forget)
        {
            return;
        }

        await database.WriteAsync(
            async tx =>
            {
                foreach (var (key, counts) in counted)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        """
                        INSERT INTO provider_health (provider_id, bucket, calls, failures, total_ms, last_failure, last_failure_at)
                        VALUES (@provider, @bucket, @calls, @failures, @ms, @words, @at)
                        ON CONFLICT (provider_id, bucket) DO UPDATE SET calls = provider_health.calls + @calls, failures = provider_health.failures + @failures,
                          total_ms = provider_health.total_ms + @ms, last_failure = COALESCE(@words, provider_health.last_failure), last_failure_at = COALESCE(@at, provider_health.last_failure_at)
                        """,
                        new { provider = key.Provider, bucket = key.Bucket, calls = counts.Calls, failures = counts.Failures, ms = counts.TotalMs, words = counts.Words, at = counts.At },
                        tx.Transaction, cancellationToken: ct));
                }

                if (forget)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition("DELETE FROM provider_health WHERE bucket < @before", new { before = now - DayMs }, tx.Transaction, cancellationToken: ct));
                }
            },
            ct);
        _forgotAt = forget ? now : _forgotAt;
    }

    private sealed record Counts(long Calls, long Failures, long TotalMs, string? Words, long? At)
    {
        public static Counts operator +(Counts before, Counts after) => new(
            before.Calls + after.Calls, before.Failures + after.Failures, before.TotalMs + after.TotalMs, after.Words ?? before.Words, after.At ?? before.At);
    }

    internal sealed class Row
    {
        public long ProviderId { get; set; }

        public long Bucket { get; set; }

        public long Calls { get; set; }

        public long Failures { get; set; }

        public long TotalMs { get; set; }

        public string? LastFailure { get; set; }

        public long? LastFailureAt { get; set; }
    }
}
