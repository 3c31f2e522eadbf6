using Dapper;
using Tally.Catalog;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>
/// Reckons how long each service's orders take, from their creation to their completion: the median of the last ones of 30 days. However many orders there are, a step reads the index
/// <c>orders_completed</c> only, at most 100 entries of it for each of at most 50 services. Two nodes that reckon the same service write the same.
/// </summary>
public sealed class ReckonTimes(Database database, Catalog.Catalog catalog, CompletionTimes times, TimeProvider time, ILogger<ReckonTimes> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(10))
{
    /// <summary>How many services a step looks at.</summary>
    public const int AtMost = 50;

    /// <summary>How many of a service's last orders count.</summary>
    public const int LastOrders = 100;

    /// <summary>With fewer than this a time says nothing.</summary>
    public const int FewestOrders = 3;

    private static readonly TimeSpan Anew = TimeSpan.FromHours(1), Window = TimeSpan.FromDays(30);

    /// <summary>The middle one of the times, the lower of the two middle ones when they are even in number; null when there are too few.</summary>
    public static TimeSpan? Median(IReadOnlyList<long> tookMs) =>
        tookMs.Count < FewestOrders ? null : TimeSpan.FromMilliseconds(tookMs.Order().ElementAt((tookMs.Count - 1) / 2));

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        var known = await times.ReadAsync(ct);
        var due = catalog.Current.Services.Where(s => s.Sold)
            .Select(s => (s.Id, At: known.GetValueOrDefault(s.Id)?.ReckonedAt ?? 0))
            .Where(s => s.At <= now - (long)Anew.TotalMilliseconds)
            .OrderBy(s => s.At).ThenBy(s => s.Id).Take(AtMost).Select(s => s.Id).ToList();
        if (due.Count == 0)
        {
            return false;
        }

        var reckoned = new List<(long Service, CompletionTime Time)>(due.Count);
        await using (var connection = await database.OpenReadAsync(ct))
        {
            foreach (var service in due)
            {
                // The conditions are the index's own: that is how both stores know that it holds what is asked for.
                var took = (await connection.QueryAsync<long>(new CommandDefinition(
                    """
                    SELECT completed_at - created_at FROM orders
                    WHERE service_id = @service AND completed_at IS NOT NULL AND runs IS NULL AND type <> 17 AND completed_at >= @since
                    ORDER BY completed_at DESC LIMIT @LastOrders
                    """,
                    new { service, since = now - (long)Window.TotalMilliseconds, LastOrders }, cancellationToken: ct))).ToList();
                reckoned.Add((service, new CompletionTime(Median(took), took.Count, now)));
            }
        }

        await times.WriteAsync(reckoned, reckoned.Any(r => known.GetValueOrDefault(r.Service)?.Median != r.Time.Median), ct);
        return false;
    }
}
