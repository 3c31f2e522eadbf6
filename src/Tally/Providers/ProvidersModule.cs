using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tally.Operations;
using Tally.Providers.Workers;

namespace Tally.Providers;

/// <summary>The panels that deliver what this one sells.</summary>
public static class ProvidersModule
{
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        services.AddKeyRing();
        services.AddSingleton<ProviderKeys>();
        services.TryAddSingleton(BreakerTerms.Usual);
        services.AddSingleton<ProviderTraffic>();
        services.AddSingleton<ProviderHealth>();
        services.AddSingleton<ProviderBalances>();
        services.AddSnapshot<ProviderBook>();
        services.AddSingleton<SaveProvider>();
        services.AddSingleton<SecureProviderKeys>();
        services.AddSingleton<ListProviders>();
        return services;
    }

    /// <summary>The loops of a node with the role <c>worker</c>.</summary>
    public static IServiceCollection AddProviderWorkers(this IServiceCollection services)
    {
        services.AddHostedService<PollBalances>();
        services.AddHostedService<ReportHealth>();
        return services;
    }

    /// <summary>DataProtection with its ring in the store. The ring opens itself; what needs a new key is never left to a request.</summary>
    private static void AddKeyRing(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddDataProtection().SetApplicationName("Tally");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(p => new ConfigureOptions<KeyManagementOptions>(o =>
        {
            o.XmlRepository = p.GetRequiredService<KeyRing>();
            o.AutoGenerateKeys = false;
        }));

        // It warns at every start that the ring itself is not encrypted, which SECURITY.md says.
        services.Configure<LoggerFilterOptions>(o => o.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
    }
}
