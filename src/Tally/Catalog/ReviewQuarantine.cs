using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>A change that waits, with the names that people know.</summary>
public sealed record QuarantineItem(long Id, QuarantineKind Kind, string Provider, long ServiceId, string ServiceName, string Before, string After, long OpenedAt, long MovedAt);

/// <summary>The operator's yes or no to what waits in quarantine. A yes is logged for customers, both stay in the audit log.</summary>
public sealed class ReviewQuarantine(Database database, WriteCatalogue write, Catalog catalog, ProviderBook providers)
{
    /// <summary>What waits, oldest first.</summary>
    public async Task<IReadOnlyList<QuarantineItem>> ListAsync(CancellationToken ct)
    {
        await providers.RefreshAsync(ct);
        var state = await CatalogState.ReadAsync(database, ct);
        return [.. state.Waiting.Select(q => Item(state, q))];
    }

    /// <summary>Accepts or rejects all of these or none.</summary>
    /// <param name="ids">What is judged; null = all that waits.</param>
    /// <param name="accept">Whether it is a yes.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="InvalidInputException">Under an id nothing waits: upstream has moved, or someone has judged it.</exception>
    public async Task<IReadOnlyList<QuarantineItem>> RunAsync(IReadOnlyCollection<long>? ids, bool accept, string actor, CancellationToken ct)
    {
        await providers.RefreshAsync(ct);
        IReadOnlyList<QuarantineItem> judged = [];
        await write.RunAsync(
            state =>
            {
                var rows = Wanted(state, ids);
                judged = [.. rows.Select(q => Item(state, q))];
                return Task.FromResult(rows.Count == 0 ? null : Decide(state, rows, accept, actor));
            },
            ct);
        await catalog.RefreshAsync(ct);
        return judged;
    }

    private CatalogChange Decide(CatalogState state, IReadOnlyList<Quarantined> rows, bool accept, string actor) => new(Edits(state, rows, accept))
    {
        Closed = [.. rows.Select(q => (q, accept ? QuarantineOutcome.Accepted : QuarantineOutcome.Rejected))],
        Audit = [.. rows.Select(q => new AuditLine(actor, $"quarantine {(accept ? "accept" : "reject")}", "service " + q.ServiceId, $"{q.Held.Kind}: {q.Held.Before} → {q.Held.After}"))],
        Alerted = [.. rows.Select(q => q.ProviderId).Distinct().Select(id => providers.Current[id])],
    };

    /// <summary>The services after the verdicts; one service may have several.</summary>
    internal static IReadOnlyList<ServiceEdit> Edits(CatalogState state, IReadOnlyList<Quarantined> rows, bool accept)
    {
        var edits = new List<ServiceEdit>();
        foreach (var verdicts in rows.GroupBy(q => q.ServiceId))
        {
            var before = state.ById[verdicts.Key];
            var after = verdicts.Aggregate(before, (service, q) => accept ? QuarantineDecision.Accept(service, q.Held) : QuarantineDecision.Reject(service, q.Held));
            if (after != before)
            {
                edits.Add(new ServiceEdit(before, after));
            }
        }

        return edits;
    }

    private static IReadOnlyList<Quarantined> Wanted(CatalogState state, IReadOnlyCollection<long>? ids)
    {
        if (ids is null)
        {
            return state.Waiting;
        }

        var missing = ids.Where(id => state.Waiting.All(q => q.Id != id)).ToList();
        return missing.Count == 0
            ? [.. state.Waiting.Where(q => ids.Contains(q.Id))]
            : throw new InvalidInputException(
                $"Nothing waits under {string.Join(", ", missing)}: upstream has moved since, or it is judged already. See: tally services quarantine list");
    }

    private QuarantineItem Item(CatalogState state, Quarantined q) => new(
        q.Id, q.Held.Kind, providers.Current.GetValueOrDefault(q.ProviderId)?.Name ?? "", q.ServiceId, state.ById[q.ServiceId].Name, q.Held.Before, q.Held.After, q.OpenedAt, q.MovedAt);
}
