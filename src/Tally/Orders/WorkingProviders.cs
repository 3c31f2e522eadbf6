using Tally.Providers;

namespace Tally.Orders;

/// <summary>Whether a provider takes orders now.</summary>
public sealed class WorkingProviders(ProviderBook providers, ProviderTraffic traffic)
{
    /// <summary>Whether there is such a provider, it is not paused, and calls to it do not rest.</summary>
    public bool Works(long provider) => providers.Current.TryGetValue(provider, out var found) && !found.Paused && !traffic.Rests(found);
}
