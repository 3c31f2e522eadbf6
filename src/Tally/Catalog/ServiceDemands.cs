namespace Tally.Catalog;

/// <summary>What must hold of every service that is written.</summary>
internal static class ServiceDemands
{
    /// <exception cref="InvalidInputException">A service's own figures contradict each other, or another one is bound to the same service of its provider.</exception>
    public static void Check(CatalogState state, IReadOnlyList<ServiceEdit> edits)
    {
        foreach (var edit in edits)
        {
            if (Wrong(edit.After) is { } wrong)
            {
                throw new InvalidInputException($"Service {edit.After.Id}: {wrong}.");
            }
        }

        var rebound = edits.Where(e => e.After.ProviderId is not null && Binding(e.Before) != Binding(e.After)).Select(e => e.After).ToList();
        if (rebound.Count > 0)
        {
            CheckBindings(state, edits, rebound);
        }
    }

    private static void CheckBindings(CatalogState state, IReadOnlyList<ServiceEdit> edits, IReadOnlyList<Service> rebound)
    {
        var edited = edits.Select(e => e.After.Id).ToHashSet();
        var holders = state.Services.Where(s => !edited.Contains(s.Id)).Concat(edits.Select(e => e.After)).Where(s => s.ProviderId is not null).ToLookup(Binding);
        foreach (var service in rebound)
        {
            if (holders[Binding(service)].FirstOrDefault(s => s.Id != service.Id) is { } other)
            {
                throw new InvalidInputException(
                    $"Another service, {other.Id} '{other.Name}', is bound to service {service.ProviderService} of that provider already; change that one, or make it a further route.");
            }
        }
    }

    private static (long?, string?) Binding(Service? service) => (service?.ProviderId, service?.ProviderService);

    private static string? Wrong(Service s) => s switch
    {
        { Id: < 1 or > int.MaxValue } => "the id is outside 1 … 2^31−1",
        { Name: null or "" } => "the name is empty",
        { Rate.Units: < 0 } => "the rate is below 0",
        _ when s.Min < 0 || s.Max < s.Min => "min and max do not fit",
        _ when !Enum.IsDefined(s.OnRefusal) => "on refusal, an order is held or cancelled",
        { RefillDays: < 0 } => "the refill window is below 0",
        _ when !Enum.IsDefined(s.Routing) => "routing is priority or cheapest",
        _ when s.ProviderId is not null && string.IsNullOrEmpty(s.ProviderService) => "it has a provider, but no service there",
        _ when s.ProviderId is null && s.FurtherRoutes.Count > 0 => "a manual service has no routes; give it its own provider first",
        _ when s.Routes.DistinctBy(r => (r.ProviderId, r.ProviderService)).Count() != s.Routes.Count() => "a route is there twice",
        _ when s.Routes.Any(r => r.Share is < 0 or > 100) || s.Routes.Sum(r => r.Share) > 100 => "a share is 0 to 100, and all shares sum to at most 100",
        _ when s.Dripfeed && s.Rules.Per != 1000 => $"drip-feed is not for the type {s.Rules.WireName}",
        _ => null,
    };
}
