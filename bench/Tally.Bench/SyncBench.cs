using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dapper;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Bench;

/// <summary>
/// Takes the time in which all open orders of one provider are asked for once, first when each answer says something new and then when none does, while orders are added. The
/// provider is an endpoint in this same process that answers every id with the same words. A quarter as many orders of their own are asked for beforehand, which warms up.
/// </summary>
internal static class SyncBench
{
    private const int Parallel = 256, Adders = 8;
    private const long NeverMs = 3_600_000;
    private static readonly TimeSpan Preparing = TimeSpan.FromSeconds(20);
    private static long s_answered;
    private const string Status = """{"charge":"1","start_count":"100","status":"In progress","remains":"90","currency":"VND"}""";

    public static async Task<int> RunAsync(string database, int orders, CancellationToken ct)
    {
        await using var upstream = Upstream();
        await upstream.StartAsync(ct);
        var app = PanelHost.Build(new PanelOptions(database, "http://127.0.0.1:0", NodeRoles.Worker, Quiet: true));
        await app.StartAsync(ct);
        await using (app)
        {
            var (account, provider) = await OpenAsync(app.Services, new Uri(upstream.Urls.First() + "/api/v2"), ct);
            await AddAsync(app.Services, account, 1, orders * 5 / 4, ct);
            var store = app.Services.GetRequiredService<Database>();
            await store.WriteAsync(
                tx => tx.Connection.ExecuteAsync(
                    $"UPDATE orders SET send_state = {(int)SendState.Sent}, due_at = NULL, status = {(int)OrderStatus.Processing}, provider_order = CAST(id AS TEXT) WHERE provider_id = @Id",
                    new { provider.Id }, tx.Transaction),
                ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Kind}: {orders} orders are open"));
            await RoundAsync(app.Services, store, account, provider, "id % 5 = 0", "to warm up", ct);
            var alone = await AloneAsync(app.Services, account, ct);
            var (news, addsAtNews) = await RoundAsync(app.Services, store, account, provider, "id % 5 <> 0", "each answer says something new", ct);
            var (same, addsAtSame) = await RoundAsync(app.Services, store, account, provider, "id % 5 <> 0", "no answer says anything new", ct);
            alone = (alone + await AloneAsync(app.Services, account, ct)) / 2;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $$"""RESULT {"news_s": {{news:F2}}, "adds_at_news": {{addsAtNews / alone:F2}}, "same_s": {{same:F2}}, "adds_at_same": {{addsAtSame / alone:F2}}}"""));
            await app.StopAsync(CancellationToken.None);
        }

        return 0;
    }

    /// <summary>Makes open orders due and waits until each has been asked for and is due again much later; adds manual orders meanwhile.</summary>
    /// <param name="which">Which of them, in SQL.</param>
    /// <returns>The seconds, and how many orders a second were added meanwhile.</returns>
    private static async Task<(double Seconds, double Adds)> RoundAsync(IServiceProvider panel, Database store, long account, Provider provider, string which, string what, CancellationToken ct)
    {
        // They are due a little later, so that making them so is no part of what is measured.
        var at = TimeProvider.System.GetUtcNow().Add(Preparing);
        var now = at.ToUnixTimeMilliseconds();
        var due = await store.WriteAsync(
            tx => tx.Connection.ExecuteAsync(
                $"UPDATE orders SET due_at = @now WHERE send_state = {(int)SendState.Sent} AND provider_id = @Id AND {which}", new { now, provider.Id }, tx.Transaction),
            ct);
        Interlocked.Exchange(ref s_answered, 0);
        var wait = at - TimeProvider.System.GetUtcNow();
        await Task.Delay(wait > TimeSpan.Zero ? wait : throw new TimeoutException($"Making {due} orders due took more than {Preparing.TotalSeconds} s."), ct);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var adding = AddUntilAsync(panel, account, over.Token);
        var started = Stopwatch.GetTimestamp();
        var left = (long)due;

        // A claim may say already when its order is due again, so the answers are counted too; and at the end they are waited for until they are applied, or the next round would meet the last ones of this.
        // The store is looked at only when all have been asked for: counting what is left is work that is no part of a panel's.
        while (left > 0)
        {
            await Task.Delay(100, ct);
            if (Interlocked.Read(ref s_answered) < due && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(4))
            {
                continue;
            }

            await using var connection = await store.OpenReadAsync(ct);
            left = await connection.ExecuteScalarAsync<long>(
                $"SELECT COUNT(*) FROM orders WHERE send_state = {(int)SendState.Sent} AND provider_id = @Id AND {which} AND due_at < @later", new { provider.Id, later = now + (NeverMs / 2) });
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException($"After 5 minutes {left} of {due} orders are still due, and {Interlocked.Read(ref s_answered)} were asked for.");
            }
        }

        await panel.GetServices<IHostedService>().OfType<SyncOrders>().Single().IdleAsync();
        var took = Stopwatch.GetElapsedTime(started);
        await over.CancelAsync();
        var added = await adding;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{store.Kind}: {due} orders synced in {took.TotalSeconds:F1} s = {due / took.TotalSeconds:F0} a second, {what}; meanwhile {added / took.TotalSeconds:F0} orders a second were added"));
        return (took.TotalSeconds, added / took.TotalSeconds);
    }

    /// <summary>How many orders a second the same callers add while nothing is synced.</summary>
    private static async Task<double> AloneAsync(IServiceProvider panel, long account, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var started = Stopwatch.GetTimestamp();
        var adding = AddUntilAsync(panel, account, over.Token);
        await Task.Delay(TimeSpan.FromSeconds(5), ct);
        await over.CancelAsync();
        return await adding / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<long> AddUntilAsync(IServiceProvider panel, long account, CancellationToken over)
    {
        var added = 0L;
        await Task.WhenAll(Enumerable.Range(0, Adders).Select(_ => Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    await AddAsync(panel, account, service: 2, count: 1, CancellationToken.None);
                    Interlocked.Increment(ref added);
                }
            },
            CancellationToken.None)));
        return added;
    }

    private static async Task AddAsync(IServiceProvider panel, long account, int service, int count, CancellationToken ct)
    {
        var place = panel.GetRequiredService<PlaceOrder>();
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (i, stop) =>
        {
            var parameters = new OrderParameters { Service = service.ToString(CultureInfo.InvariantCulture), Link = $"https://example.com/{i}", Quantity = "100", Own = _ => null };
            if (await place.RunAsync(account, parameters, stop) is not PlaceOrderOutcome.Placed)
            {
                throw new InvalidOperationException("An order could not be placed.");
            }
        });
    }

    private static async Task<(long Account, Provider Provider)> OpenAsync(IServiceProvider panel, Uri url, CancellationToken ct)
    {
        await panel.GetRequiredService<SettingsSnapshot>().SetAsync("sync_interval_ms", NeverMs.ToString(CultureInfo.InvariantCulture), ct);
        var provider = await panel.GetRequiredService<SaveProvider>().AddAsync("bench", url.ToString(), "bench", references: false, allowPrivate: true, ct);

        // Nothing is sent to it: what the orders are asked for by is written into the store.
        await panel.GetRequiredService<ProviderBook>().PauseAsync(provider.Id, "bench", ct);
        await panel.GetRequiredService<SaveServices>().RunAsync([Service(1, provider.Id), Service(2, null)], ct);
        await panel.GetRequiredService<Catalog.Catalog>().RefreshAsync(ct);
        var account = await panel.GetRequiredService<AccountBook>().OpenAsync("bench@tally.example", null, ct);
        await panel.GetRequiredService<CreditAccount>().RunAsync(account.Id, new Money(10_000_000_000 * Money.UnitsPerOne), "bench", "bench", ct);
        return (account.Id, provider);
    }

    private static Service Service(long id, long? provider) => new(
        id, "Bench", "", ServiceType.Default, "Bench", "Bench", new Money(15_000 * Money.UnitsPerOne), 10, 10_000, Refill: true, Cancel: true, Dripfeed: false, RefillDays: 0,
        Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, provider, provider is null ? null : "1", null, 0);

    private static WebApplication Upstream()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var answer = new StringBuilder("{");
            foreach (var id in form["orders"].ToString().Split(','))
            {
                Interlocked.Increment(ref s_answered);
                answer.Append(answer.Length == 1 ? "" : ",").Append('"').Append(id).Append("\":").Append(Status);
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.Append('}').ToString(), context.RequestAborted);
        });
        return app;
    }
}
