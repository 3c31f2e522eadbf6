namespace Tally.Providers;

/// <summary>The panels that deliver what this one sells.</summary>
public static class ProvidersModule
{
    public static IServiceCollection AddProviders(this IServiceCollection services) => services.AddSnapshot<ProviderBook>();
}
