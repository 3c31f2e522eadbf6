using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Tally.Operations;

/// <summary>
/// Where telemetry goes: metrics to a Prometheus endpoint at <c>/metrics</c> (see <see cref="MetricsAccess"/> for who may read it), and metrics and
/// traces by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; OpenTelemetry's other environment variables (protocol, headers, sampler, service name)
/// hold as usual. Without a receiver nothing is recorded. Log lines never leave this way: they go to the console, redacted.
/// </summary>
public static class TelemetryExport
{
    private const string MetricsPath = "/metrics";

    /// <summary>
    /// How many series a metric may have that counts by a few words (a kind, a code, a generation, a version of TLS). Each metric gets the memory for all that it may have beforehand: 144 KB for
    /// the 2,000 of one that is told nothing.
    /// </summary>
    private const int FewSeries = 100;

    /// <summary>The metrics that count by route or by provider, of which a panel may have many.</summary>
    private static readonly FrozenSet<string> s_many = FrozenSet.Create(
        "http.server.request.duration", "http.client.request.duration", "http.client.open_connections", "http.client.active_requests", "http.client.connection.duration", "http.client.request.time_in_queue",
        "tally.provider.calls", "tally.provider.call.time", "tally.sync.applied", "tally.sync.unusable");

    /// <exception cref="FormatException"><c>Tally:Metrics</c> or <c>Tally:TrustedProxies</c> is malformed.</exception>
    public static IServiceCollection AddTallyTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var access = MetricsAccess.From(configuration);
        var hasCollector = !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        services.AddSingleton(access);
        services.TryAddSingleton(TrustedProxies.From(configuration));
        if (!access.IsOn && !hasCollector) return services;

        var telemetry = services.AddOpenTelemetry().ConfigureResource(static resource =>
            resource.AddService("tally", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)));
        telemetry.WithMetrics(metrics => AddMetrics(metrics, access.IsOn, hasCollector));
        if (hasCollector) telemetry.WithTracing(AddTraces);
        return services;
    }

    /// <summary>Maps <c>/metrics</c> unless it is off. Whoever may not read it is told 404, as if it were not there.</summary>
    public static void MapTallyMetrics(this IEndpointRouteBuilder endpoints)
    {
        var access = endpoints.ServiceProvider.GetRequiredService<MetricsAccess>();
        if (!access.IsOn) return;
        var proxies = endpoints.ServiceProvider.GetRequiredService<TrustedProxies>();
        endpoints.MapPrometheusScrapingEndpoint(MetricsPath, meterProvider: null, branch => branch.Use((http, next) =>
        {
            if (access.Allows(http, proxies)) return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }), optionsName: null).AllowAnonymous().DisableHttpMetrics();
    }

    private static void AddMetrics(MeterProviderBuilder metrics, bool toPrometheus, bool toCollector)
    {
        // Of ASP.NET Core's meters only these two: each of the others costs every request something, and nobody has asked for it.
        metrics.AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel");

        // One view for all: where two match, neither can drop what the other one lets through.
        metrics.AddView(static instrument =>
            instrument.Name == "http.server.active_requests" ? MetricStreamConfiguration.Drop
            : s_many.Contains(instrument.Name) ? null
            : new MetricStreamConfiguration { CardinalityLimit = FewSeries });
        metrics.AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddNpgsqlInstrumentation();
        if (toPrometheus) metrics.AddPrometheusExporter();
        if (toCollector) metrics.AddOtlpExporter();
    }

    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddSource(Telemetry.Name)
        .AddAspNetCoreInstrumentation(static options =>
             options.Filter = static http => !http.Request.Path.StartsWithSegments(MetricsPath, StringComparison.Ordinal))
        .AddHttpClientInstrumentation()
        .AddNpgsql()
        .AddProcessor(new TraceRedaction()) // before the exporter: processors run in the order they are added
        .AddOtlpExporter();
}
