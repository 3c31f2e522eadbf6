using System.Globalization;
using Dapper;
using Tally.Contract;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>What an import did.</summary>
/// <param name="Added">Services that are new.</param>
/// <param name="Changed">Services that were there and differ now.</param>
/// <param name="Same">Services that were there just so.</param>
/// <param name="Skipped">Those that could not be taken, with the reason.</param>
public sealed record ImportReport(int Added, int Changed, int Same, IReadOnlyList<string> Skipped);

/// <summary>
/// Takes the <c>services</c> answer of any panel into the catalogue as it is, at the operator's word: nothing is held. From a provider: each service gets an id of ours, is bound to the
/// provider's, and is priced by the nearest price rule, or where there is none with the import's margin, unless its price was set by hand. From a file: the ids are kept, services
/// without a provider are manual, and the prices count as set by hand.
/// </summary>
public sealed class ImportServices(Catalog catalog, ProviderBook providers, WriteCatalogue write, SaveServices save)
{
    /// <param name="offered">What the other panel sells.</param>
    /// <param name="providerId">The provider that delivers them; null keeps each service's own provider.</param>
    /// <param name="marginPercent">What is put on the rate, in percent, −99 … 1,000,000, at most two decimals.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="refillDays">A refill window by the offered id, where one is known.</param>
    /// <exception cref="InvalidInputException">The margin is outside its range.</exception>
    public async Task<ImportReport> RunAsync(
        ServiceList offered, long? providerId, decimal marginPercent, CancellationToken ct, Func<string, int>? refillDays = null)
    {
        var margin = PriceTerms.MarginOf(marginPercent) ?? throw new InvalidInputException("--margin: a percentage from -99 to 1000000, with at most two decimals.");
        await providers.RefreshAsync(ct);
        var report = new ImportReport(0, 0, 0, []);
        await write.RunAsync(
            async state =>
            {
                var skipped = new List<string>();
                var wanted = Read(state, offered, providerId, margin, refillDays, skipped);
                var edits = wanted.Where(e => e.Before != e.After).ToList();
                var added = edits.Count(e => e.Before is null);
                report = new ImportReport(added, edits.Count - added, wanted.Count - edits.Count, skipped);
                return edits.Count == 0 && (providerId is null || state.Rules.ImportMargin(providerId.Value) == margin)
                    ? null : await ChangeAsync(state, edits, providerId, margin, ct);
            },
            ct);
        await catalog.RefreshAsync(ct);
        return report;
    }

    private List<ServiceEdit> Read(CatalogState state, ServiceList offered, long? providerId, long margin, Func<string, int>? refillDays, List<string> skipped)
    {
        skipped.AddRange(offered.Unreadable.Select(u => $"service {u.Service ?? "at place " + u.Index}: {u.What}"));
        var provider = providerId is { } id ? providers.Current.GetValueOrDefault(id) : null;
        var rules = providerId is { } from ? state.Rules.WithImport(from, margin) : null;
        var known = state.Services.Where(s => providerId is null || s.ProviderId == providerId)
            .ToDictionary(s => providerId is null ? s.Id.ToString(CultureInfo.InvariantCulture) : s.ProviderService!, StringComparer.Ordinal);
        var wanted = new List<ServiceEdit>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var position = state.Services.Count;
        foreach (var info in offered.Services)
        {
            var before = known.GetValueOrDefault(info.Service);
            var wrong = "it is listed twice, and the first one counts";
            if (!seen.Add(info.Service) || ReadOne(info, provider, providerId, before, rules, margin, out wrong) is not { } after)
            {
                skipped.Add($"service {info.Service}: {wrong}");
                continue;
            }

            var days = refillDays?.Invoke(info.Service) ?? before?.RefillDays ?? 0;
            wanted.Add(new ServiceEdit(before, after with { RefillDays = days, Position = before?.Position ?? position++ }));
        }

        return wanted;
    }

    private static Service? ReadOne(
        ServiceInfo info, Provider? provider, long? providerId, Service? before, PriceRules? rules, long margin, out string? wrong)
    {
        long id = 0;
        var offer = Offer.Read(info, amount => PanelAmount.Of(provider, amount), out wrong);
        if (offer is null)
        {
            return null;
        }

        if (providerId is null && (!long.TryParse(info.Service, NumberStyles.None, CultureInfo.InvariantCulture, out id) || id is < 1 or > int.MaxValue))
        {
            wrong = "its id is no number from 1 to 2^31−1";
            return null;
        }

        var terms = rules?.For(before?.Id ?? 0, offer.Category, providerId) ?? PriceTerms.Of(margin);
        if (!MergeOffer.TryPrice(offer.Rate, terms, out var rate))
        {
            wrong = "its price does not fit";
            return null;
        }

        var service = new Service(
            before?.Id ?? id, offer.Name, offer.Description, offer.Type, offer.Category, offer.Platform, rate, offer.Min, offer.Max, offer.Refill, offer.Cancel, offer.Dripfeed,
            0, before?.Enabled ?? true, before?.Handles ?? false, before?.UniqueLink ?? false, before?.OnRefusal ?? OnRefusal.Hold, before?.ProviderId, before?.ProviderService,
            before?.ProviderRate, 0)
        {
            Routing = before?.Routing ?? Routing.Priority,
            FurtherRoutes = before?.FurtherRoutes ?? [],
            Upstream = before?.Upstream,
            PricedByHand = before?.PricedByHand ?? false,
            Vanished = before?.Vanished ?? false,
        };
        return providerId is null
            ? service with { PricedByHand = service.ProviderId is not null && (service.PricedByHand || rate != before!.Rate) }
            : service with
            {
                ProviderId = providerId,
                ProviderService = info.Service,
                ProviderRate = offer.Rate,
                Upstream = offer,
                Vanished = false,
                Rate = service.PricedByHand && before!.Rules.Per == service.Rules.Per ? before.Rate : rate,
            };
    }

    private async Task<CatalogChange> ChangeAsync(CatalogState state, List<ServiceEdit> edits, long? providerId, long margin, CancellationToken ct)
    {
        var fresh = edits.Count(e => e.After.Id == 0);
        var ids = new Queue<long>(fresh == 0 ? [] : await save.NewIdsAsync(fresh, ct));
        var changed = edits.Select(e => e.After.Id).ToHashSet();
        var moot = providerId is null ? [] : state.Waiting.Where(q => q.ProviderId == providerId && changed.Contains(q.ServiceId)).ToList();
        return new CatalogChange([.. edits.Select(e => e.After.Id == 0 ? e with { After = e.After with { Id = ids.Dequeue() } } : e)])
        {
            Closed = [.. moot.Select(q => (q, QuarantineOutcome.Withdrawn))],
            Alerted = moot.Count > 0 ? [providers.Current[providerId!.Value]] : [],
            Also = providerId is { } provider ? tx => RememberAsync(tx, provider, margin, ct) : null,
        };
    }

    private static Task RememberAsync(WriteTransaction tx, long provider, long margin, CancellationToken ct) => tx.Connection.ExecuteAsync(new CommandDefinition(
        "INSERT INTO catalogues (provider_id, margin) VALUES (@provider, @margin) ON CONFLICT (provider_id) DO UPDATE SET margin = @margin",
        new { provider, margin }, tx.Transaction, cancellationToken: ct));
}
