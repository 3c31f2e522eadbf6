using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>A place in the log of changes: behind this line goes the next page.</summary>
public readonly record struct UpdatesPlace(long At, long Id);

/// <summary>A page of the log of changes.</summary>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record UpdatesPage(IReadOnlyList<ServiceChange> Changes, UpdatesPlace? Next);

/// <summary>What has changed in what is sold, newest first: the customers' <em>Updates</em>.</summary>
public sealed class ReadUpdates(Database database)
{
    private const int MostOnPage = 500;

    /// <param name="behind">Where the page before ended; null = from the newest.</param>
    /// <param name="atMost">1 … 500.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<UpdatesPage> RunAsync(UpdatesPlace? behind, int atMost, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(atMost, MostOnPage);
        var from = behind ?? new UpdatesPlace(long.MaxValue, long.MaxValue);
        await using var connection = await database.OpenReadAsync(ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT id, at, service_id, kind, name, was, now FROM service_changes
            WHERE at < @At OR (at = @At AND id < @Id) ORDER BY at DESC, id DESC LIMIT @limit
            """,
            new { from.At, from.Id, limit = atMost + 1 }, cancellationToken: ct))).ToList();
        var page = rows.Take(atMost).Select(r => new ServiceChange(r.Id, r.At, r.ServiceId, r.Kind, r.Name, r.Was, r.Now)).ToList();
        return new UpdatesPage(page, rows.Count > atMost ? new UpdatesPlace(page[^1].At, page[^1].Id) : null);
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public long At { get; set; }

        public long ServiceId { get; set; }

        public ServiceChangeKind Kind { get; set; }

        public string Name { get; set; } = "";

        public string? Was { get; set; }

        public string? Now { get; set; }
    }
}
