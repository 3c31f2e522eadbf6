using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tally.ApiV2;

namespace Tally.Tests.ApiV2;

/// <summary>A real server on 127.0.0.1 that reads requests as API v2 does and answers with the parameters.</summary>
internal sealed class EchoSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _open, _read;

    private EchoSite(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>How many requests were read to their end.</summary>
    public int Read => Volatile.Read(ref _read);

    /// <summary>When set, every answer is flood control.</summary>
    public TimeSpan? RetryAfter { get; set; }

    public Uri Url(string query) => new($"http://127.0.0.1:{Port}/api/v2{query}");

    public static async Task<EchoSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var site = new EchoSite(app);
        app.Run(site.ServeAsync);
        await app.StartAsync();
        return site;
    }

    /// <summary>Waits, at most 10 seconds, until no request is open.</summary>
    public async Task IdleAsync()
    {
        for (var i = 0; i < 200 && Volatile.Read(ref _open) > 0; i++)
        {
            await Task.Delay(50);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using var response = new Response();
            var parameters = new RequestParameters();
            switch (await RequestReader.ReadAsync(http.Request, parameters))
            {
                case ReadOutcome.ClientGone:
                    return;
                case ReadOutcome.Refused refused:
                    response.Refuse(refused.Refusal, close: refused.Close);
                    break;
                default:
                    Interlocked.Increment(ref _read);
                    Answer(parameters, response);
                    break;
            }

            await response.SendAsync(http);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void Answer(RequestParameters parameters, Response response)
    {
        if (RetryAfter is not null)
        {
            response.Refuse(Refusal.RateLimited, RetryAfter);
        }
        else if ((parameters.KeyFault ?? parameters.Fault) is { } fault)
        {
            response.Refuse(fault);
        }
        else
        {
            var first = true;
            foreach (var (name, value) in parameters.Sent())
            {
                response.Json.Raw(first ? "{"u8 : ","u8);
                first = false;
                response.Json.Text(name);
                response.Json.Raw(":"u8);
                response.Json.Text(value);
            }

            response.Json.Raw(first ? "{}"u8 : "}"u8);
        }
    }
}
