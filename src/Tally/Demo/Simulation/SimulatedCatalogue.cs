using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Tally.Demo;

/// <summary>What the provider sells at this moment, and what each service's orders are scripted to do.</summary>
internal sealed class SimulatedCatalogue
{
    private readonly ImmutableSortedDictionary<int, SimulatedService> _original;
    private readonly ConcurrentDictionary<int, OrderScript> _scripts = new();
    private ImmutableSortedDictionary<int, SimulatedService> _services;

    public SimulatedCatalogue(SimulatedProviderOptions options)
    {
        _original = DemoCatalogue.Load()
            .Select(service => SimulatedService.From(service, options))
            .ToImmutableSortedDictionary(service => service.Id, service => service);
        _services = _original;
    }

    public IEnumerable<SimulatedService> Services => Volatile.Read(ref _services).Values;

    public SimulatedService? Find(int id) => Volatile.Read(ref _services).GetValueOrDefault(id);

    /// <summary>Replaces a service by what <paramref name="change"/> makes of it; null removes it from sale.</summary>
    /// <exception cref="KeyNotFoundException">No service of this id is on sale, or its new type is none of the seventeen.</exception>
    public void Change(int id, Func<SimulatedService, SimulatedService?> change) => ImmutableInterlocked.Update(ref _services, services =>
    {
        if (!services.TryGetValue(id, out var service))
            throw new KeyNotFoundException($"The simulated provider sells no service {id}.");
        if (change(service) is not { } changed)
            return services.Remove(id);
        _ = TypeRule.Of(changed.Type);
        return services.SetItem(id, changed with { Id = id });
    });

    /// <summary>Sets rates to their original plus this percentage; asking twice moves them once.</summary>
    public void MovePrices(int percent, int? only) => ImmutableInterlocked.Update(ref _services, services => services.SetItems(
        services.Values
            .Where(service => (only is null || service.Id == only) && _original.ContainsKey(service.Id))
            .Select(service => service with { Rate = Price.Of(_original[service.Id].Rate, 100 + percent, 100) })
            .Select(service => KeyValuePair.Create(service.Id, service))
            .ToList()));

    public void Script(int id, OrderScript script) => _scripts[id] = script;

    /// <summary>What shall happen to an order: the link's words, and where they are silent the service's.</summary>
    public OrderScript ScriptFor(int id, string link) => OrderScript.Parse(link).Over(_scripts.GetValueOrDefault(id));
}
