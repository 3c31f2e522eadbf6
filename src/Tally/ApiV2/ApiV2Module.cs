using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary>API v2 for customers' programs: one URL, <c>/api/v2</c>, over the same use cases that the pages call.</summary>
public static class ApiV2Module
{
    /// <summary>Needs accounts, orders, catalogue, billing and settings, all of them singletons.</summary>
    public static IServiceCollection AddApiV2(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => TrustedProxies.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<SettingsSnapshot>();
            return new ApiLimits(() => settings.Current, provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<Gate>();
        services.AddSingleton<ServicesAnswer>();
        services.AddSingleton<AddAction>();
        services.AddSingleton<StatusAction>();
        services.AddSingleton<CancelAction>();
        services.AddSingleton<RefillAction>();
        services.AddSingleton<RefillStatusAction>();
        services.AddSingleton<BalanceAction>();
        services.AddSingleton<Actions>();
        services.AddSingleton<Endpoint>();
        return services;
    }

    /// <summary>
    /// Serves <c>/api/v2</c> and <c>/api/v2/</c> for every method. Nothing between routing and the endpoint runs: no redirect, no error page, no cookie
    /// may come into the way of a program.
    /// </summary>
    /// <exception cref="FormatException">The configuration names a trusted proxy that is no address: told now, not to the first client.</exception>
    public static IEndpointConventionBuilder MapApiV2(this IEndpointRouteBuilder routes)
    {
        _ = routes.ServiceProvider.GetRequiredService<TrustedProxies>();

        // Everything behind it lives as long as the node: a request needs no scope of services of its own.
        var endpoint = new Lazy<Endpoint>(routes.ServiceProvider.GetRequiredService<Endpoint>);
        return routes.Map("/api/v2", http => endpoint.Value.ServeAsync(http)).ShortCircuit();
    }
}
