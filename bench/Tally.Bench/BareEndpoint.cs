using System.Text;
using Dapper;
using Tally.Billing;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>
/// <em>Bare</em>: Kestrel with one endpoint that reads the same form through ASP.NET's own reader and writes constant JSON of the same size. What a panel costs on top of
/// it is the panel's.
/// </summary>
internal static class BareEndpoint
{
    /// <summary>As many bytes as the panel hands over at once: what it gets in one piece the server copies in one piece.</summary>
    private const int Slice = 128 * 1024;

    private static readonly Dictionary<string, byte[]> Answers = new(StringComparer.Ordinal)
    {
        ["balance"] = Encoding.UTF8.GetBytes("""{"balance":"9992500","currency":"VND"}"""),
        ["status"] = Encoding.UTF8.GetBytes("""{"charge":"1500","start_count":"0","status":"Pending","remains":"100","currency":"VND"}"""),
        ["add"] = Encoding.UTF8.GetBytes("""{"order":123456}"""),
    };

    /// <param name="database">A store to read from before each answer, of a random account's: what is left of a panel when all but its reading is bare; null = none.</param>
    public static async Task<int> RunAsync(string urls, string? servicesFile, string? database, CancellationToken ct)
    {
        if (servicesFile is not null)
        {
            Answers["services"] = await File.ReadAllBytesAsync(servicesFile, ct);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Logging.ClearProviders();
        if (database is not null)
        {
            builder.Services.AddTally(Database.Open(database));
        }

        await using var app = builder.Build();
        var read = database is null ? null : await ReadsAsync(app.Services, ct);
        app.MapPost("/api/v2", async http =>
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            var action = form["action"].ToString();
            var answer = Answers[action];
            if (read is not null)
            {
                await read(action, http.RequestAborted);
            }

            http.Response.ContentType = "application/json";
            http.Response.ContentLength = answer.Length;
            for (var at = 0; at < answer.Length; at += Slice)
            {
                await http.Response.BodyWriter.WriteAsync(answer.AsMemory(at, Math.Min(Slice, answer.Length - at)));
            }
        });
        await app.RunAsync(ct);
        return 0;
    }

    /// <summary>The panel's own reading, for accounts and orders of the store's.</summary>
    private static async Task<Func<string, CancellationToken, ValueTask>> ReadsAsync(IServiceProvider panel, CancellationToken ct)
    {
        await using var connection = await panel.GetRequiredService<Database>().OpenReadAsync(ct);
        var some = (await connection.QueryAsync<(long Account, long Order)>("SELECT account_id, id FROM orders WHERE id % 97 = 0 ORDER BY id LIMIT 10000")).ToArray();
        var (balance, orders) = (panel.GetRequiredService<ReadBalance>(), panel.GetRequiredService<ReadOrders>());
        return async (action, stop) =>
        {
            var (account, order) = some[Random.Shared.Next(some.Length)];
            if (action == "balance")
            {
                await balance.RunAsync(account, stop);
            }
            else if (await orders.OneAsync(account, order, stop) is null)
            {
                throw new InvalidOperationException("An order of the store's was not found in it.");
            }
        };
    }
}
