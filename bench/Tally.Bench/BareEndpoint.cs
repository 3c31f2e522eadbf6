using System.Globalization;
using System.Text;
using Tally.Accounts;
using Tally.ApiV2;
using Tally.Platform;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Bench;

/// <summary>What of the panel's HTTP a <see cref="BareEndpoint"/> with a store has.</summary>
internal enum Front
{
    /// <summary>The reader of the form.</summary>
    Reader,

    /// <summary>That, and the gate.</summary>
    Gate,

    /// <summary>All of API v2: it asks the store itself, and answers what it finds.</summary>
    Api,

    /// <summary>A whole node (pages, workers, what it reads again, counting, its log) with the reader of the form in the place of its API v2.</summary>
    Node,
}

/// <summary>
/// <em>Bare</em>: Kestrel with one endpoint that reads the same form through ASP.NET's own reader and writes constant JSON of the same size. What a panel costs on top of
/// it is the panel's.
/// </summary>
/// <remarks>
/// With a store it is a limit: each request then waits for what the store has to do for it (<see cref="StoreWork"/>). It is read by the panel's own reader, answered without middleware and scheduled
/// (<see cref="ThreadScheduling"/>) as the panel is, for all three are quicker than ASP.NET's own ways; of the panel's HTTP only its two headers more are left out. With the gate each request also goes
/// through the panel's (<see cref="Gate"/>): whose key it is, whether the address is blocked, what the key may ask for in a second, when it was last used; and has these headers. With all of API v2 the
/// endpoint is the panel's own: only what the node does and counts besides is left out. With a node it is the other way round: all of that is there, and API v2 is not.
/// </remarks>
internal static class BareEndpoint
{
    /// <summary>As many bytes as the panel hands over at once: what it gets in one piece the server copies in one piece.</summary>
    private const int Slice = 32 * 1024;

    private const string Services = "services";

    private const string Status = """{"charge":"1500","start_count":"0","status":"Pending","remains":"100","currency":"VND"}""";

    private static readonly Dictionary<string, byte[]> Answers = new(StringComparer.Ordinal)
    {
        ["balance"] = Encoding.UTF8.GetBytes("""{"balance":"9992500","currency":"VND"}"""),
        ["status"] = Encoding.UTF8.GetBytes(Status),
        ["statuses"] = Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(123_456, 100).Select(id => string.Create(CultureInfo.InvariantCulture, $"\"{id}\":{Status}")))}}}"),
        ["add"] = Encoding.UTF8.GetBytes("""{"order":123456}"""),
    };

    /// <param name="servicesFile">What is answered to <c>services</c>; null = that is not asked.</param>
    /// <param name="database">A store that has something to do for each request; null = none.</param>
    /// <param name="copies">Where that store's orders are.</param>
    /// <param name="front">What is before that store.</param>
    public static async Task<int> RunAsync(string urls, string? servicesFile, string? database, Copies copies, Front front, CancellationToken ct)
    {
        if (servicesFile is not null)
        {
            Answers[Services] = await File.ReadAllBytesAsync(servicesFile, ct);
        }

        if (database is not null && ThreadScheduling.UseBatch() is { } refused)
        {
            throw new InvalidOperationException($"The limit must be scheduled as the panel is: {refused}");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Logging.ClearProviders();
        if (database is null)
        {
            await using var bare = builder.Build();
            bare.MapPost("/api/v2", BareAsync);
            await bare.RunAsync(ct);
            return 0;
        }

        if (front is Front.Node)
        {
            return await RunInNodeAsync(urls, database, copies, ct);
        }

        builder.Services.AddTally(Database.Open(database));
        builder.Services.AddApiV2();
        await using var app = builder.Build();
        await using var store = await StoreWork.OpenAsync(app.Services, copies, ct);
        if (front is not Front.Reader)
        {
            await app.Services.GetRequiredService<SettingsSnapshot>().RefreshAsync(ct);
            await app.Services.GetRequiredService<ApiKeys>().RefreshAsync(ct);
        }

        if (front is Front.Api)
        {
            app.UseApiV2();
        }
        else
        {
            app.Map("/api/v2", Serve(front, app.Services, store)).ShortCircuit();
        }

        await app.RunAsync(ct);
        return 0;
    }

    private static async Task<int> RunInNodeAsync(string urls, string database, Copies copies, CancellationToken ct)
    {
        StoreWork? store = null;
        await using var node = PanelHost.Build(
            new PanelOptions(database, urls, Quiet: true), builder => builder.Services.AddSingleton<IStartupFilter>(new InPlaceOfApiV2(http => LimitAsync(http, store!))));
        await using var opened = store = await StoreWork.OpenAsync(node.Services, copies, ct);
        await node.RunAsync(ct);
        return 0;
    }

    private static RequestDelegate Serve(Front front, IServiceProvider panel, StoreWork store)
    {
        if (front is Front.Reader)
        {
            return http => LimitAsync(http, store);
        }

        var (gate, proxies) = (panel.GetRequiredService<Gate>(), panel.GetRequiredService<TrustedProxies>());
        return http => GatedAsync(http, store, gate, proxies);
    }

    private static async Task BareAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        await AnswerAsync(http, Name(form["action"].ToString(), form.ContainsKey("orders")));
    }

    private static async Task LimitAsync(HttpContext http, StoreWork store)
    {
        var parameters = new RequestParameters();
        await RequestReader.ReadAsync(http.Request, parameters);
        var name = Name(parameters[Parameter.Action]!, parameters[Parameter.Orders] is not null);
        if (name != Services)
        {
            await store.DoAsync(name, http.RequestAborted);
        }

        await AnswerAsync(http, name);
    }

    private static async Task GatedAsync(HttpContext http, StoreWork store, Gate gate, TrustedProxies proxies)
    {
        var address = ClientAddress.Of(http, proxies);
        var blocked = gate.Blocked(address);
        var parameters = new RequestParameters();
        await RequestReader.ReadAsync(http.Request, parameters);
        if (blocked is not null || gate.Check(address, parameters) is not GateOutcome.Passed)
        {
            throw new InvalidOperationException("The gate let nobody in: the store is not the one that the keys are of.");
        }

        var name = Name(parameters[Parameter.Action]!, parameters[Parameter.Orders] is not null);
        await store.DoAsync(name, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await AnswerAsync(http, name);
    }

    private static string Name(string action, bool many) => many ? "statuses" : action;

    private static async ValueTask AnswerAsync(HttpContext http, string name)
    {
        var answer = Answers[name];
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        for (var at = 0; at < answer.Length; at += Slice)
        {
            await http.Response.BodyWriter.WriteAsync(answer.AsMemory(at, Math.Min(Slice, answer.Length - at)));
        }
    }

    private sealed class InPlaceOfApiV2(RequestDelegate answer) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, rest) => http.Request.Path == "/api/v2" ? answer(http) : rest(http));
            next(app);
        };
    }
}
