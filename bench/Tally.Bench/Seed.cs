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

    /// <param name="services">How many services the price list has; the first is the one that is ordered.</param>
    /// <param name="keysFile">Gets a line an account: its key, then its orders' ids.</param>
    public static async Task<int> RunAsync(string database, int accounts, int orders, int services, string keysFile, CancellationToken ct)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddTally(Database.Open(database));
        await using var panel = collection.BuildServiceProvider();
        await panel.GetRequiredService<Migrator>().MigrateAsync(ct);
        var settings = panel.GetRequiredService<SettingsSnapshot>();
        await settings.EnsurePanelIdAsync(ct);
        foreach (var (name, value) in new[] { ("currency", "VND"), ("requests_per_second", "1000000"), ("request_burst", "1000000") })
        {
            await settings.SetAsync(name, value, ct);
        }

        await panel.GetRequiredService<SaveServices>().RunAsync([Service(), .. Enumerable.Range(2, services - 1).Select(Listed)], ct);
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

    // What a price list in Vietnam looks like, word lengths and emoji included.
    private static Service Listed(int id)
    {
        var (network, what) = (Networks[id % Networks.Length], Kinds[id / Networks.Length % Kinds.Length]);
        return Service() with
        {
            Id = id,
            Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{network} {what} 👍 Việt 🇻🇳 | 🕓 lập tức | ⚡ {id % 9 + 1}K / ngày | 🔼 {id % 50 + 1}K | 🛡️ bảo hành {id % 60} ngày"),
            Description = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Chất lượng cao, người dùng thật tại Việt Nam; bắt đầu trong 0 – {id % 12 + 1} giờ. Không nhận liên kết riêng tư. Mã {id}."),
            Category = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{network} · {what} | ổn định {id % 25}"),
            Platform = network,
            Rate = new Money((1_000 + id % 90_000) * Money.UnitsPerOne),
        };
    }

    private static readonly string[] Networks = ["Facebook", "TikTok", "Instagram", "YouTube", "Telegram", "Shopee", "Threads"];
    private static readonly string[] Kinds = ["thích bài viết", "theo dõi trang cá nhân", "bình luận theo nội dung", "lượt xem video", "thành viên nhóm", "chia sẻ"];

    internal static Service Service() => new(
        1, "Bench", "", ServiceType.Default, "Bench", "Bench", new Money(15_000 * Money.UnitsPerOne), 10, 10_000, Refill: true, Cancel: true, Dripfeed: false, RefillDays: 0,
        Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, 0);
}
