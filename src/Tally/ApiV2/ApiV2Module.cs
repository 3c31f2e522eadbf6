using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary>API v2 for customers' programs: one URL, <c>/api/v2</c>, over the same use cases that the pages call.</summary>
public static class ApiV2Module
{
    private const string Route = "/api/v2";

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
    /// Serves <c>/api/v2</c> and <c>/api/v2/</c> for every method, before routing: no redirect, no error page, no cookie may come into the way of a program, and it need not be weighed against the
    /// pages' routes, of which the last one fits any path.
    /// </summary>
    /// <exception cref="FormatException">The configuration names a trusted proxy that is no address: told now, not to the first client.</exception>
    public static void UseApiV2(this IApplicationBuilder app)
    {
        _ = app.ApplicationServices.GetRequiredService<TrustedProxies>();

        // Everything behind it lives as long as the node: a request needs no scope of services of its own.
        var api = new Lazy<Endpoint>(app.ApplicationServices.GetRequiredService<Endpoint>);
        RequestDelegate serve = http => api.Value.ServeAsync(http);

        // Metrics and traces name a request by it.
        var known = new RouteEndpoint(serve, RoutePatternFactory.Parse(Route), 0, new EndpointMetadataCollection(new KnownRoute()), "API v2");
        app.Use(next => http =>
        {
            if (!IsRoute(http.Request.Path.Value))
            {
                return next(http);
            }

            http.SetEndpoint(known);
            return serve(http);
        });
    }

    private static bool IsRoute(string? path) =>
        Route.Equals(path, StringComparison.OrdinalIgnoreCase) || (Route + "/").Equals(path, StringComparison.OrdinalIgnoreCase);

    private sealed class KnownRoute : IRouteDiagnosticsMetadata
    {
        string IRouteDiagnosticsMetadata.Route => Route;
    }
}
