using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Tally.Operations;
using Tally.Platform.Http;
using Xunit;

namespace Tally.Tests.Operations;

public sealed class TelemetryExportTests
{
    private const string Key = "tly_Zm9vYmFyMDEyMzQ1Njc4OWFiY2RlZg";

    [Fact]
    public async Task Prometheus_reads_our_instruments_from_this_machine()
    {
        await using var app = await StartAsync();
        Telemetry.OrderPlaced("Poll");
        using var queue = Telemetry.ObserveQueue("intake-test", () => 5);
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri(app.Urls.First() + "/metrics"));
        metrics.ShouldMatch(@"tally_orders_placed\w*_total\{[^}]*type=""Poll""[^}]*\} \d");
        metrics.ShouldMatch(@"tally_queue_depth\w*\{[^}]*queue=""intake-test""[^}]*\} 5");
        metrics.ShouldContain("dotnet_");
        metrics.ShouldNotContain("http_server_active_requests", customMessage: "it costs each request something, and nobody has asked for it");
    }

    [Fact]
    public async Task Whoever_may_not_read_the_metrics_does_not_find_them()
    {
        await using var app = await StartAsync(("Tally:Metrics", "192.0.2.1"));
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(app.Urls.First() + "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_a_receiver_nothing_is_recorded_at_all()
    {
        await using var app = await StartAsync(("Tally:Metrics", "off"));
        app.Services.GetService<MeterProvider>().ShouldBeNull();
        app.Services.GetService<TracerProvider>().ShouldBeNull();
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(app.Urls.First() + "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Traces_are_made_only_when_a_collector_is_set()
    {
        await using var app = await StartAsync();
        app.Services.GetService<MeterProvider>().ShouldNotBeNull();
        app.Services.GetService<TracerProvider>().ShouldBeNull();
    }

    [Fact]
    public async Task What_the_collector_receives_holds_no_query_and_no_key()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true"),
            ("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true"));
        using (var client = new HttpClient())
            (await client.GetStringAsync(new Uri($"{app.Urls.First()}/api/v2?key={Key}&note=my-note"))).ShouldBe("called");
        app.Services.GetRequiredService<TracerProvider>().ForceFlush(10_000).ShouldBeTrue();
        // It answers false because the Prometheus reader has nothing to push; what arrives below is the proof.
        app.Services.GetRequiredService<MeterProvider>().ForceFlush(10_000);

        var received = collector.Received();
        received.Keys.ShouldBe(["/v1/metrics", "/v1/traces"], ignoreOrder: true);
        received["/v1/traces"].ShouldContain("/api/v2");
        received["/v1/traces"].ShouldContain("/upstream");
        received["/v1/traces"].ShouldContain("own-span");
        foreach (var text in received.Values)
        {
            text.ShouldNotContain("Zm9vYmFy");
            text.ShouldNotContain("my-note");
            text.ShouldNotContain("url.query");
        }
    }

    /// <summary>An application whose one action calls itself as if it were a provider.</summary>
    private static async Task<WebApplication> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Logging.ClearProviders();
        builder.Services.AddTallyTelemetry(builder.Configuration);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapTallyMetrics();
        app.MapGet("/upstream", () => "upstream");
        app.MapGet("/api/v2", async (HttpContext http) =>
        {
            using var span = Telemetry.Activities.StartActivity("own-span");
            span?.SetTag("note", $"sent key={Key}");
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, $"Authorization: Bearer {Key}");
            using var provider = OutboundGuard.CreateClient(new OutboundOptions { AllowPrivate = true });
            await provider.GetStringAsync(new Uri($"http://{http.Request.Host}/upstream?key={Key}&note=my-note"));
            return "called";
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Receives OTLP over HTTP and keeps the bytes as text, in which strings stand plainly.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, string Body)> _received = new();

        private Collector(WebApplication app)
        {
            _app = app;
            app.MapPost("/{**path}", async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                _received.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
        }

        public string Url => _app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var collector = new Collector(app);
            await app.StartAsync();
            return collector;
        }

        public Dictionary<string, string> Received() => _received.GroupBy(r => r.Path).ToDictionary(g => g.Key, g => string.Concat(g.Select(r => r.Body)));

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
