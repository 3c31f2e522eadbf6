using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tally.Tests.Platform.Http;

/// <summary>A real server on 127.0.0.1 with the answers that outbound tests need.</summary>
internal sealed class LoopbackSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LoopbackSite(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    public int Hits { get; private set; }

    public Uri Url(string path) => new($"http://127.0.0.1:{Port}{path}");

    public static async Task<LoopbackSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var site = new LoopbackSite(app);
        site.Map(app);
        await app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _app.DisposeAsync();
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/hello", (HttpContext http) => Hit(http, "hello"));
        app.MapGet("/close", (HttpContext http) =>
        {
            http.Response.Headers.Connection = "close";
            return "closing";
        });
        app.MapGet("/redirect", (string to) => Results.Redirect(to));
        app.MapPost("/silent", () => _end.Task);
        app.MapGet("/cookie", (HttpContext http) =>
        {
            http.Response.Cookies.Append("session", "1");
            return http.Request.Headers.Cookie.ToString();
        });
        app.MapGet("/headers", (HttpContext http) => string.Join('\n', http.Request.Headers.Select(h => $"{h.Key}: {h.Value}")));
        app.MapGet("/many-headers", (HttpContext http) =>
        {
            for (var i = 0; i < 100; i++) http.Response.Headers[$"X-{i}"] = new string('x', 1000);
        });
        app.MapGet("/bomb", async (HttpContext http) =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(new byte[4 * 1024 * 1024]);
        });
    }

    private string Hit(HttpContext _, string text)
    {
        Hits++;
        return text;
    }
}
