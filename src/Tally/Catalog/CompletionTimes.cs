using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>How long a service's orders took of late.</summary>
/// <param name="Median">From creation to completion; null when too few orders were completed to say.</param>
/// <param name="Orders">Of how many orders it is the median.</param>
/// <param name="ReckonedAt">When it was reckoned, unix ms.</param>
public sealed record CompletionTime(TimeSpan? Median, int Orders, long ReckonedAt);

/// <summary>The services' usual times in memory; a copy that follows the store within a second. The orders' worker reckons them.</summary>
public sealed class CompletionTimes(Database database) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "completion_times";

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private Copy _current = new(-1, new Dictionary<long, CompletionTime>());

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _current).Version;

    /// <summary>How long an order of the service usually takes; null when that is not known.</summary>
    public TimeSpan? Of(long serviceId) => Volatile.Read(ref _current).ByService.GetValueOrDefault(serviceId)?.Median;

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await using var connection = await database.OpenReadAsync(ct);
            var version = await connection.ExecuteScalarAsync<long?>(
                new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
            Volatile.Write(ref _current, new Copy(version, await ReadAsync(connection, ct)));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>All that is stored, by service.</summary>
    public async Task<IReadOnlyDictionary<long, CompletionTime>> ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await ReadAsync(connection, ct);
    }

    /// <summary>Stores what was reckoned anew; nodes are told only when a time is another one now.</summary>
    /// <param name="times">The times by service.</param>
    /// <param name="changed">Whether a median among them differs from what was stored.</param>
    /// <param name="ct">Ends the write.</param>
    public Task WriteAsync(IReadOnlyList<(long Service, CompletionTime Time)> times, bool changed, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var (service, time) in times)
            {
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    """
                    INSERT INTO completion_times (service_id, median_ms, orders, reckoned_at) VALUES (@service, @median, @Orders, @ReckonedAt)
                    ON CONFLICT (service_id) DO UPDATE SET median_ms = @median, orders = @Orders, reckoned_at = @ReckonedAt
                    """,
                    new { service, median = time.Median is { } m ? (long)m.TotalMilliseconds : (long?)null, time.Orders, time.ReckonedAt }, tx.Transaction, cancellationToken: ct));
            }

            if (changed)
            {
                await Changes.BumpAsync(tx, TopicName);
            }
        },
        ct);

    public void Dispose() => _refreshing.Dispose();

    private static async Task<IReadOnlyDictionary<long, CompletionTime>> ReadAsync(System.Data.Common.DbConnection connection, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition("SELECT service_id, median_ms, orders, reckoned_at FROM completion_times", cancellationToken: ct));
        return rows.ToDictionary(r => r.ServiceId, r => new CompletionTime(r.MedianMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null, r.Orders, r.ReckonedAt));
    }

    private sealed class Row
    {
        public long ServiceId { get; set; }

        public long? MedianMs { get; set; }

        public int Orders { get; set; }

        public long ReckonedAt { get; set; }
    }

    private sealed record Copy(long Version, IReadOnlyDictionary<long, CompletionTime> ByService);
}
