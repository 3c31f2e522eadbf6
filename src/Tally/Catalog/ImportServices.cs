using System.Globalization;
using Tally.Contract;
using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>What an import did.</summary>
/// <param name="Added">Services that are new.</param>
/// <param name="Changed">Services that were there and differ now.</param>
/// <param name="Same">Services that were there just so.</param>
/// <param name="Skipped">Those that could not be taken, with the reason.</param>
public sealed record ImportReport(int Added, int Changed, int Same, IReadOnlyList<string> Skipped);

/// <summary>
/// Takes the <c>services</c> answer of any panel into the catalogue. From a provider: each service gets an id of ours, is bound to the provider's, and is priced
/// rate × (1 + margin), rounded up. From a file: the ids are kept, and services without a provider are manual.
/// </summary>
public sealed class ImportServices(Catalog catalog, SaveServices save)
{
    /// <param name="offered">What the other panel sells.</param>
    /// <param name="providerId">The provider that delivers them; null keeps each service's own provider.</param>
    /// <param name="marginPercent">What is put on the rate, in percent, −99 … 1,000,000.</param>
    /// <param name="refillDays">A refill window by the offered id, where one is known.</param>
    public async Task<ImportReport> RunAsync(
        ServiceList offered, long? providerId, decimal marginPercent, CancellationToken ct, Func<string, int>? refillDays = null)
    {
        if (marginPercent is < -99 or > 1_000_000)
        {
            throw new InvalidInputException("--margin: a percentage from -99 to 1000000.");
        }

        await catalog.RefreshAsync(ct);
        var skipped = offered.Unreadable.Select(u => $"service {u.Service ?? "at place " + u.Index}: {u.What}").ToList();
        var wanted = new List<Service>();
        var known = Known(providerId);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in offered.Services)
        {
            if (!seen.Add(service.Service))
            {
                skipped.Add($"service {service.Service}: it is listed twice, and the first one counts");
            }
            else if (Read(service, providerId, marginPercent, refillDays, known.GetValueOrDefault(service.Service), out var wrong) is { } read)
            {
                wanted.Add(read);
            }
            else
            {
                skipped.Add($"service {service.Service}: {wrong}");
            }
        }

        var fresh = wanted.Where(s => s.Id == 0).ToList();
        var ids = fresh.Count == 0 ? [] : await save.NewIdsAsync(fresh.Count, ct);
        var position = catalog.Current.Services.Count;
        var final = wanted.Where(s => s.Id != 0).Concat(fresh.Zip(ids, (service, id) => service with { Id = id }))
            .Select(s => catalog.Current.ById.ContainsKey(s.Id) ? s : s with { Position = position++ }).ToList();
        var changed = final.Where(s => catalog.Current.ById.GetValueOrDefault(s.Id) != s).ToList();
        var added = changed.Count(s => !catalog.Current.ById.ContainsKey(s.Id));
        await save.RunAsync(changed, ct);
        await catalog.RefreshAsync(ct);
        return new ImportReport(added, changed.Count - added, final.Count - changed.Count, skipped);
    }

    private Dictionary<string, Service> Known(long? providerId) => catalog.Current.Services
        .Where(s => providerId is null || s.ProviderId == providerId)
        .ToDictionary(s => providerId is null ? s.Id.ToString(CultureInfo.InvariantCulture) : s.ProviderService!, StringComparer.Ordinal);

    private static Service? Read(ServiceInfo offered, long? providerId, decimal marginPercent, Func<string, int>? refillDays, Service? known, out string? wrong)
    {
        var rules = TypeRules.Table.FirstOrDefault(r => r.WireName == ServiceTypeNames.Find(offered.Type)?.Name);
        var rate = Price(offered.Rate, marginPercent);
        long id = 0;
        wrong = offered switch
        {
            _ when rules is null => $"the type '{offered.Type}' is not one of the seventeen",
            _ when rate is null => "its rate cannot be read",
            _ when string.IsNullOrWhiteSpace(offered.Name) => "it has no name",
            _ when (offered.Name + offered.Description + offered.Category + offered.Platform).Contains('\0', StringComparison.Ordinal) => "its texts contain the character U+0000",
            _ when offered.Min < 0 => "its min is below 0",
            _ when (offered.Min ?? 1) > (offered.Max ?? 1) => "its min is above its max",
            _ when providerId is null && (!long.TryParse(offered.Service, NumberStyles.None, CultureInfo.InvariantCulture, out id) || id is < 1 or > int.MaxValue) => "its id is no number from 1 to 2^31−1",
            _ => null,
        };
        if (wrong is not null)
        {
            return null;
        }

        var days = refillDays?.Invoke(offered.Service) ?? known?.RefillDays ?? 0;
        var service = new Service(
            known?.Id ?? id, offered.Name, offered.Description ?? "", rules!.Type, offered.Category, offered.Platform ?? "", rate!.Value, offered.Min ?? 1, offered.Max ?? 1,
            offered.Refill, offered.Cancel, offered.DripFeed && rules.Per == 1000, days, known?.Enabled ?? true, known?.Handles ?? false, known?.UniqueLink ?? false,
            known?.OnRefusal ?? OnRefusal.Hold, providerId ?? known?.ProviderId, providerId is null ? known?.ProviderService : offered.Service,
            providerId is null ? known?.ProviderRate : Price(offered.Rate, 0), known?.Position ?? 0);
        return service;
    }

    /// <summary>rate × (1 + margin), rounded up to 10^-5; null when it does not fit.</summary>
    internal static Money? Price(decimal? rate, decimal marginPercent)
    {
        if (rate is not { } given || given < 0 || given > 1_000_000_000_000m)
        {
            return null;
        }

        var units = decimal.Ceiling(given * (100 + marginPercent) / 100 * Money.UnitsPerOne);
        return units is < 0 or > long.MaxValue ? null : new Money((long)units);
    }
}
