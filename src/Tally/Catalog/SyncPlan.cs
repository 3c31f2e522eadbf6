using Tally.Contract;
using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>How a sync is to go.</summary>
/// <param name="ProviderId">Whose catalogue it is.</param>
/// <param name="NewOn">Whether what is new upstream is sold at once.</param>
/// <param name="JumpPercent">By how much our price may move by itself, in percent of what it was.</param>
/// <param name="Force">Whether an answer that lost more than half of the known services is believed.</param>
internal sealed record SyncTerms(long ProviderId, bool NewOn, int JumpPercent, bool Force = false);

/// <summary>A change of a service; <see cref="Before"/> is null for a new one, whose id is 0.</summary>
internal readonly record struct ServiceEdit(Service? Before, Service After);

/// <summary>What a sync will do: decided from the state and the answer alone, so that a dry run shows exactly that.</summary>
/// <param name="Edits">The services that change, and the new ones.</param>
/// <param name="Opened">Held changes that are new, or moved; a moved one takes the place of the row in <c>Row</c>.</param>
/// <param name="Withdrawn">Rows whose question no longer stands.</param>
/// <param name="Lines">The same for people.</param>
/// <param name="Skipped">Entries that could not be taken, with the reason.</param>
/// <param name="Refused">Why the whole answer is not believed; then nothing changes.</param>
internal sealed record SyncPlan(
    IReadOnlyList<ServiceEdit> Edits,
    IReadOnlyList<(Service Service, Held Held, Quarantined? Row)> Opened,
    IReadOnlyList<Quarantined> Withdrawn,
    IReadOnlyList<SyncLine> Lines,
    IReadOnlyList<string> Skipped,
    string? Refused = null)
{
    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => Edits.Count == 0 && Opened.Count == 0 && Withdrawn.Count == 0;

    /// <summary>Decides what an answer of a provider changes.</summary>
    /// <param name="toPanel">A rate of the provider in the panel's currency.</param>
    public static SyncPlan Of(CatalogState state, ServiceList offered, SyncTerms terms, Func<decimal, Money?> toPanel)
    {
        if (offered.Services.Count == 0)
        {
            return Nothing("the answer lists no service that can be read");
        }

        var (offers, skipped) = Read(offered, toPanel);
        var bound = state.Services.Where(s => s.ProviderId == terms.ProviderId).ToList();
        var listed = offered.Services.Select(s => s.Service).Concat(offered.Unreadable.Select(u => u.Service)).OfType<string>().ToHashSet(StringComparer.Ordinal);

        // Any missing service may be the entry whose id could not be read: then none has vanished.
        var gone = offered.Unreadable.Any(u => u.Service is null) ? [] : bound.Where(s => !s.Vanished && !listed.Contains(s.ProviderService!)).ToList();
        var known = bound.Count(s => !s.Vanished);
        if (!terms.Force && gone.Count * 2 > known)
        {
            return Nothing($"the answer lacks {gone.Count} of {known} services that we know, and more than half is not believed");
        }

        var draft = new SyncDraft(state, terms, offers, skipped);
        foreach (var service in bound)
        {
            draft.Bound(service, gone: gone.Contains(service));
        }

        draft.FurtherRoutes();
        draft.New(bound.Select(s => s.ProviderService!).ToHashSet(StringComparer.Ordinal));
        return draft.Plan();
    }

    private static SyncPlan Nothing(string why) => new([], [], [], [], [], why);

    private static (IReadOnlyDictionary<string, Offer> Offers, List<string> Skipped) Read(ServiceList offered, Func<decimal, Money?> toPanel)
    {
        var skipped = offered.Unreadable.Select(u => $"service {u.Service ?? "at place " + u.Index}: {u.What}").ToList();
        var offers = new Dictionary<string, Offer>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var info in offered.Services)
        {
            if (!seen.Add(info.Service))
            {
                skipped.Add($"service {info.Service}: it is listed twice, and the first one counts");
            }
            else if (Offer.Read(info, toPanel, out var wrong) is { } offer)
            {
                offers.Add(info.Service, offer);
            }
            else
            {
                skipped.Add($"service {info.Service}: {wrong}");
            }
        }

        return (offers, skipped);
    }
}

/// <summary>A line of a sync's report.</summary>
/// <param name="What">added, changed, quarantined, withdrawn, vanished or returned.</param>
/// <param name="ServiceId">Ours; null for one that is still to be added.</param>
/// <param name="ProviderService">The provider's id of it.</param>
/// <param name="Text">What is different, for people.</param>
public sealed record SyncLine(string What, long? ServiceId, string ProviderService, string Text);
