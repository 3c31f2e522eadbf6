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
    /// How many series a metric of the runtime or of the web server may have (they have a handful: a generation, a protocol, a version of TLS). Each metric gets the memory for all that it may have
    /// beforehand, 2,000 unless told otherwise, which for these thirty would be 5 MB.
    /// </summary>
    private const int SeriesOfTheMachine = 100;

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
        metrics.AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel").AddView("http.server.active_requests", MetricStreamConfiguration.Drop);
        metrics.AddView(static instrument => instrument.Meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Server.Kestrel" ? new MetricStreamConfiguration { CardinalityLimit = SeriesOfTheMachine } : null);
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
