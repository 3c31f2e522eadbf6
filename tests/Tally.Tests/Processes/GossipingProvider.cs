using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tally.Tests.Processes;

/// <summary>A provider that refuses everything and repeats in its words all that it was told, the caller's key too. There are such panels.</summary>
internal sealed class GossipingProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GossipingProvider(WebApplication app) => _app = app;

    public string Url => new Uri(new Uri(_app.Urls.First()), "/api/v2").ToString();

    /// <summary>What its refusals begin with.</summary>
    public string Words { get; set; } = "";

    public static async Task<GossipingProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new GossipingProvider(app);
        app.MapPost("/api/v2", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var told = $"{await reader.ReadToEndAsync()} {http.Request.QueryString} {http.Request.Headers.Authorization}";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { error = provider.Words + told }));
        });
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
