using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Bench;

/// <summary>Fills a fresh store through the panel's own use cases, so that what is measured is what the panel made.</summary>
internal static class Seed
{
    private const int Parallel = 256;

    public static async Task<int> RunAsync(string database, int accounts, int orders, string keysFile, CancellationToken ct)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTally(Database.Open(database));
        await using var panel = services.BuildServiceProvider();
        await panel.GetRequiredService<Migrator>().MigrateAsync(ct);
        var settings = panel.GetRequiredService<SettingsSnapshot>();
        await settings.EnsurePanelIdAsync(ct);
        foreach (var (name, value) in new[] { ("currency", "VND"), ("requests_per_second", "1000000"), ("request_burst", "1000000") })
        {
            await settings.SetAsync(name, value, ct);
        }

        await panel.GetRequiredService<SaveServices>().RunAsync([Service()], ct);
        await panel.GetRequiredService<Catalog.Catalog>().RefreshAsync(ct);
        var opened = await OpenAsync(panel, accounts, ct);
        var placed = await OrderAsync(panel, opened, orders, ct);
        await File.WriteAllLinesAsync(keysFile, opened.Select((a, i) => $"{a.Key.Key} {string.Join(' ', placed[i])}"), ct);
        return 0;
    }

    private static async Task<List<OpenedAccount>> OpenAsync(ServiceProvider panel, int accounts, CancellationToken ct)
    {
        var opened = new List<OpenedAccount>(accounts);
        for (var i = 1; i <= accounts; i++)
        {
            var account = await panel.GetRequiredService<AccountBook>().OpenAsync($"bench{i}@tally.example", null, ct);
            await panel.GetRequiredService<CreditAccount>().RunAsync(account.Id, new Money(10_000_000_000 * Money.UnitsPerOne), "bench", "bench", ct);
            opened.Add(account);
        }

        return opened;
    }

    private static async Task<List<long>[]> OrderAsync(ServiceProvider panel, List<OpenedAccount> accounts, int orders, CancellationToken ct)
    {
        var place = panel.GetRequiredService<PlaceOrder>();
        var placed = accounts.Select(_ => new List<long>()).ToArray();
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, orders), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (i, stop) =>
        {
            var parameters = new OrderParameters { Service = "1", Link = $"https://example.com/{i}", Quantity = "100", Own = _ => null };
            var outcome = await place.RunAsync(accounts[i % accounts.Count].Id, parameters, stop);
            var order = outcome is PlaceOrderOutcome.Placed(var id, _) ? id : throw new InvalidOperationException($"The store could not be filled: {outcome}");
            lock (placed)
            {
                placed[i % accounts.Count].Add(order);
            }
        });
        return placed;
    }

    internal static Service Service() => new(
        1, "Bench", "", ServiceType.Default, "Bench", "Bench", new Money(15_000 * Money.UnitsPerOne), 10, 10_000, Refill: true, Cancel: true, Dripfeed: false, RefillDays: 0,
        Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, 0);
}
