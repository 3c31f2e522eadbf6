using System.Text;

namespace Tally.Bench;

/// <summary>
/// <em>Bare</em>: Kestrel with one endpoint that reads the same form through ASP.NET's own reader and writes constant JSON of the same size. What a panel costs on top of
/// it is the panel's.
/// </summary>
internal static class BareEndpoint
{
    private static readonly Dictionary<string, byte[]> Answers = new(StringComparer.Ordinal)
    {
        ["balance"] = Encoding.UTF8.GetBytes("""{"balance":"9992500","currency":"VND"}"""),
        ["status"] = Encoding.UTF8.GetBytes("""{"charge":"1500","start_count":"0","status":"Pending","remains":"100","currency":"VND"}"""),
        ["add"] = Encoding.UTF8.GetBytes("""{"order":123456}"""),
    };

    public static async Task<int> RunAsync(string urls, string? servicesFile, CancellationToken ct)
    {
        if (servicesFile is not null)
        {
            Answers["services"] = await File.ReadAllBytesAsync(servicesFile, ct);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapPost("/api/v2", async http =>
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            var answer = Answers[form["action"].ToString()];
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = answer.Length;
            await http.Response.BodyWriter.WriteAsync(answer);
        });
        await app.RunAsync(ct);
        return 0;
    }
}
