using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>A line of the audit log.</summary>
internal readonly record struct AuditLine(string Actor, string Action, string Subject, string Detail);

/// <summary>What is to be written, decided from one <see cref="CatalogState"/>.</summary>
internal sealed record CatalogChange(IReadOnlyList<ServiceEdit> Edits)
{
    public IReadOnlyList<(Service Service, Held Held, Quarantined? Row)> Opened { get; init; } = [];

    public IReadOnlyList<(Quarantined Row, QuarantineOutcome Outcome)> Closed { get; init; } = [];

    public IReadOnlyList<AuditLine> Audit { get; init; } = [];

    /// <summary>The providers whose alert is to be told anew.</summary>
    public IReadOnlyCollection<Provider> Alerted { get; init; } = [];

    /// <summary>What else belongs into the transaction.</summary>
    public Func<WriteTransaction, Task>? Also { get; init; }
}

/// <summary>
/// The one door through which the catalogue changes: what was decided from a state is written only while that state still holds, together with the log that customers see, the
/// quarantine, the audit log and the operator's alert. Every node sells by it within a second.
/// </summary>
public sealed class WriteCatalogue(Database database, QuarantineAlert alert, FaultPoints faults, TimeProvider time) : IDisposable
{
    private const int MostTries = 20;
    private readonly IdAllocator _changes = new(database, time, "service_change", long.MaxValue);
    private readonly IdAllocator _quarantine = new(database, time, "quarantine");
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Decides and writes, again when someone else wrote meanwhile; null from <paramref name="decide"/> writes nothing.</summary>
    /// <exception cref="InvalidInputException">A service's own figures contradict each other, or another one is bound to the same service of its provider.</exception>
    internal async Task<CatalogState> RunAsync(Func<CatalogState, Task<CatalogChange?>> decide, CancellationToken ct)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var state = await CatalogState.ReadAsync(database, ct);
            if (await decide(state) is not { } change || await TryAsync(state, change, ct))
            {
                return state;
            }
        }

        throw new InvalidInputException("The catalogue is being changed by others all the time; try again.");
    }

    public void Dispose()
    {
        _changes.Dispose();
        _quarantine.Dispose();
        _audit.Dispose();
    }

    private async Task<bool> TryAsync(CatalogState state, CatalogChange change, CancellationToken ct)
    {
        ServiceDemands.Check(state, change.Edits);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lines = await LinesAsync(change.Edits, now, ct);
        var opened = await RowsAsync(change.Opened, now, ct);
        var audit = change.Audit.Count == 0 ? [] : await _audit.TakeAsync(change.Audit.Count, ct);
        var written = await database.WriteAsync(
            async tx =>
            {
                if (!await CatalogSql.TryBumpAsync(tx, state.Version, ct))
                {
                    return false;
                }

                await CatalogSql.WriteServicesAsync(tx, change.Edits, state.Version + 1, ct);
                await CatalogSql.LogAsync(tx, lines, ct);

                // A row that upstream moved makes room for the one that says what is asked now.
                var moved = change.Opened.Where(o => o.Row is not null).Select(o => (o.Row!, QuarantineOutcome.Withdrawn));
                await CatalogSql.CloseAsync(tx, [.. change.Closed, .. moved], now, ct);
                await CatalogSql.OpenAsync(tx, opened, ct);
                await CatalogSql.AuditAsync(tx, change.Audit, audit, now, ct);
                await (change.Also?.Invoke(tx) ?? Task.CompletedTask);
                foreach (var provider in change.Alerted)
                {
                    await alert.TellAsync(tx, provider, ct);
                }

                await faults.ReachAsync(FaultPoint.CatalogueWriting);
                return true;
            },
            ct);
        await faults.ReachAsync(FaultPoint.CatalogueWritten);
        return written;
    }

    private async Task<IReadOnlyList<ServiceChange>> LinesAsync(IReadOnlyList<ServiceEdit> edits, long now, CancellationToken ct)
    {
        var lines = edits.SelectMany(e => ServiceChanges.Between(e.Before, e.After)).ToList();
        var ids = lines.Count == 0 ? [] : await _changes.TakeAsync(lines.Count, ct);
        return [.. lines.Zip(ids, (line, id) => line with { Id = id, At = now })];
    }

    private async Task<IReadOnlyList<Quarantined>> RowsAsync(IReadOnlyList<(Service Service, Held Held, Quarantined? Row)> opened, long now, CancellationToken ct)
    {
        var ids = opened.Count == 0 ? [] : await _quarantine.TakeAsync(opened.Count, ct);
        return [.. opened.Zip(ids, (o, id) => new Quarantined(id, o.Service.Id, o.Service.ProviderId!.Value, o.Held, o.Row?.OpenedAt ?? now, now))];
    }
}
