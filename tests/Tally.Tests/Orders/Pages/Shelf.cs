using AngleSharp.Dom;
using Tally.Catalog;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Tests.Ui;

namespace Tally.Tests.Orders.Pages;

/// <summary>A panel with many orders that were put straight into its store, to be looked through; their money is not booked.</summary>
internal static class Shelf
{
    /// <summary>When the first of them was placed; each next one a minute later.</summary>
    public static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly OrderStatus[] Mix =
        [OrderStatus.Completed, OrderStatus.Completed, OrderStatus.Completed, OrderStatus.Partial, OrderStatus.Canceled, OrderStatus.InProgress, OrderStatus.Processing];

    /// <summary>Puts orders there: of seven, three are Completed; of 100, one is a drip-feed; of 150, one is a subscription; each link has four.</summary>
    /// <param name="service">Whose orders they are, by the order's number.</param>
    public static Task PutAsync(this TestPanel panel, long account, int count, int firstId = 1, Func<int, long>? service = null) => panel.Get<Database>().WriteAsync(
        async tx =>
        {
            for (var from = 0; from < count; from += 5_000)
            {
                await PutAsync(tx, account, firstId, [.. Enumerable.Range(from, Math.Min(5_000, count - from))], service ?? (_ => 1));
            }
        },
        CancellationToken.None);

    /// <summary>The ids of the orders on the page.</summary>
    public static List<long> Ids(this WebVisitor visitor) =>
        [.. visitor.Page.QuerySelectorAll("tr[data-order]").Select(r => long.Parse(r.GetAttribute("data-order")!, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The page's link with this relation; null when there is none.</summary>
    public static string? Link(this WebVisitor visitor, string rel) => visitor.Page.QuerySelector($"nav.order-pager a[rel={rel}]")?.GetAttribute("href");

    public static IElement Row(this WebVisitor visitor, long order) => visitor.Page.QuerySelector($"[data-order='{order}']") ?? throw new InvalidOperationException($"Order {order} is not on the page: {visitor.Text}");

    private static Task PutAsync(WriteTransaction tx, long account, int firstId, int[] numbers, Func<int, long> service)
    {
        var type = numbers.Select(n => (short)(n % 150 == 149 ? ServiceType.Subscriptions : ServiceType.Default)).ToArray();
        var status = numbers.Select(n => n % 150 == 149 ? OrderStatus.Active : Mix[n % 7]).ToArray();

        // Two of three are placed in the same minute, so that lists must tell them apart by their ids.
        var placed = numbers.Select(n => First.AddMinutes(n - (n % 3 == 1 ? 1 : 0)).ToUnixTimeMilliseconds()).ToArray();
        return BulkInsert.IntoAsync(
            tx, "orders", CancellationToken.None,
            new BulkColumn("id", numbers.Select(n => (long)firstId + n).ToArray()),
            new BulkColumn("account_id", numbers.Select(_ => account).ToArray()),
            new BulkColumn("service_id", numbers.Select(service).ToArray()),
            new BulkColumn("type", type),
            new BulkColumn("status", status.Select(s => (short)s).ToArray()),
            new BulkColumn("send_state", numbers.Select(_ => (short)SendState.None).ToArray()),
            new BulkColumn("link", numbers.Select(n => $"https://example.com/post/{n / 4}").ToArray()),
            new BulkColumn("quantity", numbers.Select(_ => 100L).ToArray()),
            new BulkColumn("charge", numbers.Select(_ => 150_000_000L).ToArray()),
            new BulkColumn("remains", numbers.Select(_ => 0L).ToArray()),
            new BulkColumn("run", numbers.Select(n => n % 100 == 50 ? (int?)0 : null).ToArray()),
            new BulkColumn("runs", numbers.Select(n => n % 100 == 50 ? (int?)5 : null).ToArray()),
            new BulkColumn("interval_minutes", numbers.Select(n => n % 100 == 50 ? (int?)60 : null).ToArray()),
            new BulkColumn("created_at", placed),
            new BulkColumn("ended_at", placed.Select((at, i) => status[i].IsFinal() ? at : (long?)null).ToArray()));
    }
}
