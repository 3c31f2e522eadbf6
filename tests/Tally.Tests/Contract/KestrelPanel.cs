using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tally.Contract;

namespace Tally.Tests.Contract;

/// <summary>A panel on a real web server that answers one thing and keeps what it was asked.</summary>
internal sealed class KestrelPanel : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelPanel(WebApplication app) => _app = app;

    public Dictionary<string, string> Form { get; private set; } = [];

    public Dictionary<string, string> Headers { get; private set; } = [];

    public static async Task<KestrelPanel> StartAsync(string json)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var panel = new KestrelPanel(app);
        app.MapPost("/api/v2", async (HttpContext context) =>
        {
            var form = await new FormFeature(context.Request, new FormOptions { ValueLengthLimit = 1 << 24, BufferBodyLengthLimit = 1 << 24 }).ReadFormAsync(CancellationToken.None);
            panel.Form = form.ToDictionary(f => f.Key, f => f.Value.ToString());
            panel.Headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(json);
        });
        await app.StartAsync();
        return panel;
    }

    public Uri Url => new(new Uri(_app.Urls.Single()), "/api/v2");

    public ApiV2Client Client() => new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }), Url, ScriptedPanel.Key);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
