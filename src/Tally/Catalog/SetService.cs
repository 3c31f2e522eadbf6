using Tally.Ledger;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>What the operator says of a service's price.</summary>
public abstract record NewRate
{
    private NewRate()
    {
    }

    /// <summary>This rate, whatever the rules say; syncs leave it alone.</summary>
    public sealed record ByHand(Money Rate) : NewRate;

    /// <summary>What the price rules make of the cost, now and at every sync.</summary>
    public sealed record ByRules : NewRate;
}

/// <summary>The operator changes a service. What a sync finds changed by hand it leaves alone.</summary>
public sealed class SetService(WriteCatalogue write, Catalog catalog, ProviderBook providers)
{
    /// <summary>Changes a service; the same service twice when nothing is different.</summary>
    /// <param name="id">The service's id.</param>
    /// <param name="edit">Everything but the rate. May be called again when someone else changed the catalogue meanwhile.</param>
    /// <param name="rate">The price; null = as it is.</param>
    /// <param name="actor">Who does it, for the audit log.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="InvalidInputException">There is no such service, its figures contradict each other, or it would be sold below cost.</exception>
    public async Task<(Service Before, Service After)> RunAsync(long id, Func<Service, Service> edit, NewRate? rate, string actor, CancellationToken ct)
    {
        await providers.RefreshAsync(ct);
        Service before = null!, after = null!;
        await write.RunAsync(
            state =>
            {
                before = state.ById.GetValueOrDefault(id) ?? throw new InvalidInputException($"There is no service {id}.");
                after = Decide(before, edit(before), rate, state.Rules, ProviderName);
                return Task.FromResult(after == before ? null : Change(state, before, after, actor));
            },
            ct);
        await catalog.RefreshAsync(ct);
        return (before, after);
    }

    /// <summary>The service as the operator wants it, with what follows from that.</summary>
    internal static Service Decide(Service before, Service wanted, NewRate? rate, PriceRules rules, Func<long, string> providerName)
    {
        if ((wanted.ProviderId, wanted.ProviderService) != (before.ProviderId, before.ProviderService))
        {
            // Nothing is known yet of what it is bound to now, and the price stays the one that it had.
            wanted = wanted with { ProviderRate = null, Upstream = null, Vanished = false, PricedByHand = wanted.ProviderId is not null };
        }

        wanted = rate switch
        {
            null => wanted,
            NewRate.ByHand(var given) => wanted with { Rate = given, PricedByHand = wanted.ProviderId is not null },
            NewRate.ByRules => wanted with { Rate = Ruled(wanted, rules), PricedByHand = false, Upstream = Priced(wanted) },
            _ => throw new InvalidOperationException("A rate of no known kind."),
        };
        if (rate is not null && wanted.BelowCost)
        {
            var costs = string.Join(", ", wanted.Routes.Select(r => $"{providerName(r.ProviderId)} asks {r.ProviderRate}"));
            throw new InvalidInputException($"Service {wanted.Id} would be sold below cost: {wanted.Rate} per {wanted.Rules.Per}, but {costs}.");
        }

        return wanted;
    }

    private static Money Ruled(Service service, PriceRules rules)
    {
        if (service.ProviderRate is not { } cost)
        {
            throw new InvalidInputException($"Service {service.Id}: what its provider asks is not known, so no rule can price it. First: tally services sync");
        }

        return MergeOffer.TryPrice(cost, rules.For(service), out var price) ? price : throw new InvalidInputException($"Service {service.Id}: its price by the rules does not fit.");
    }

    /// <summary>
    /// The offer that later ones are compared with, at the cost that the price was just made of. That may be one which was held (a jump, another type's unit) and is taken back later: then the price has to follow.
    /// </summary>
    private static Offer? Priced(Service service) =>
        service is { Upstream: { } known, ProviderRate: { } cost } && TypeRules.Of(known.Type).Per == service.Rules.Per ? known with { Rate = cost } : service.Upstream;

    private CatalogChange Change(CatalogState state, Service before, Service after, string actor)
    {
        // What waits is about the service that it was bound to, or about a price that the operator has just said.
        var moot = state.Waiting.Where(q => q.ServiceId == before.Id && (after.Upstream is null || (q.Held.Kind == QuarantineKind.Price && after.Rate != before.Rate))).ToList();
        return new CatalogChange([new ServiceEdit(before, after)])
        {
            Closed = [.. moot.Select(q => (q, QuarantineOutcome.Withdrawn))],
            Audit = [new AuditLine(actor, "service set", "service " + before.Id, ServiceWords.Difference(before, after))],
            Alerted = [.. moot.Select(q => q.ProviderId).Distinct().Select(p => providers.Current[p])],
        };
    }

    private string ProviderName(long id) => providers.Current.GetValueOrDefault(id)?.Name ?? $"provider {id}";
}
