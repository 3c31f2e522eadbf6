using System.Diagnostics;
using System.Globalization;
using Dapper;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Demo;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Bench;

/// <summary>Queues orders for one paused provider, lets it go on, and takes the time until the provider has them all. The provider is a simulated one in this same process.</summary>
internal static class DrainBench
{
    private const int Parallel = 256;

    public static async Task<int> RunAsync(string database, int orders, CancellationToken ct)
    {
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = false, Balance = 1_000_000_000m, MaxRemembered = orders + 1, MaxReceived = 1 }, ct);
        upstream.Freeze();
        var app = PanelHost.Build(new PanelOptions(database, "http://127.0.0.1:0", NodeRoles.Worker, Quiet: true));
        await app.StartAsync(ct);
        await using (app)
        {
            var store = app.Services.GetRequiredService<Database>();
            var (book, provider) = await QueueAsync(app.Services, upstream, orders, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{orders} orders queued"));
            var started = Stopwatch.GetTimestamp();
            await book.PauseAsync(provider.Id, null, ct);
            var sent = 0L;
            while (sent < orders)
            {
                await Task.Delay(100, ct);
                await using var connection = await store.OpenReadAsync(ct);
                sent = await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM orders WHERE send_state = {(int)SendState.Sent}");
                if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(5))
                {
                    throw new TimeoutException($"After 5 minutes {sent} of {orders} orders are sent.");
                }
            }

            var took = Stopwatch.GetElapsedTime(started);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{store.Kind}: {orders} orders sent in {took.TotalSeconds:F2} s = {orders / took.TotalSeconds:F0} a second; the provider counted {upstream.Received.Total(SimulatedAction.Add)} calls and has {upstream.OrdersTaken.Count} orders"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""RESULT {"a_second": {{orders / took.TotalSeconds:F0}}}"""));
            await app.StopAsync(CancellationToken.None);
            return upstream.OrdersTaken.Count == orders ? 0 : 1;
        }
    }

    private static async Task<(ProviderBook Book, Provider Provider)> QueueAsync(IServiceProvider panel, SimulatedProvider upstream, int orders, CancellationToken ct)
    {
        await panel.GetRequiredService<SettingsSnapshot>().SetAsync("sync_interval_ms", "3600000", ct);
        var book = panel.GetRequiredService<ProviderBook>();
        var provider = await panel.GetRequiredService<SaveProvider>().AddAsync("bench", upstream.Url.ToString(), upstream.Key, references: false, allowPrivate: true, ct);
        await book.PauseAsync(provider.Id, "bench", ct);
        var service = new Service(
            1, "Bench", "", ServiceType.Default, "Bench", "Bench", new Money(15_000 * Money.UnitsPerOne), 10, 10_000, Refill: true, Cancel: true, Dripfeed: false, RefillDays: 0,
            Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, provider.Id, upstream.ServiceFor(3).ToString(CultureInfo.InvariantCulture), null, 0);
        await panel.GetRequiredService<SaveServices>().RunAsync([service], ct);
        await panel.GetRequiredService<Catalog.Catalog>().RefreshAsync(ct);
        var account = await panel.GetRequiredService<AccountBook>().OpenAsync("bench@tally.example", null, ct);
        await panel.GetRequiredService<CreditAccount>().RunAsync(account.Id, new Money(10_000_000_000 * Money.UnitsPerOne), "bench", "bench", ct);
        var place = panel.GetRequiredService<PlaceOrder>();
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, orders), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (i, stop) =>
        {
            var parameters = new OrderParameters { Service = "1", Link = $"https://example.com/{i}", Quantity = "100", Own = _ => null };
            if (await place.RunAsync(account.Id, parameters, stop) is not PlaceOrderOutcome.Placed)
            {
                throw new InvalidOperationException("The queue could not be filled.");
            }
        });
        return (book, provider);
    }
}
