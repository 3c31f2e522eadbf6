using System.Globalization;
using Tally.Ui;

namespace Tally.Orders.Pages;

/// <summary>The lists of orders that have an address of their own.</summary>
public enum OrderTab
{
    All,
    Dripfeed,
    Subscriptions,
    Refills,
}

/// <summary>What the address of a list says: which list, filtered how, which page of it. Whatever in it cannot be read counts as not said.</summary>
public sealed record OrderQuery
{
    private const int LongestText = 2_048;

    public OrderTab Tab { get; init; }

    public OrderStatus? Status { get; init; }

    /// <summary>The search as it was typed: an order's id, or a link.</summary>
    public string Text { get; init; } = "";

    public long? Service { get; init; }

    /// <summary>The first and the last day, in the visitor's time zone.</summary>
    public DateOnly? From { get; init; }

    /// <inheritdoc cref="From"/>
    public DateOnly? To { get; init; }

    public ListPlace Place { get; init; }

    /// <summary>Whether anything but the tab and the status narrows the list.</summary>
    public bool IsFiltered => Text.Length > 0 || Service is not null || From is not null || To is not null;

    public static OrderQuery Read(OrderTab tab, IQueryCollection query) => new()
    {
        Tab = tab,
        Status = CountOrders.Statuses.Where(s => Word(s) == query["status"]).Cast<OrderStatus?>().FirstOrDefault(),
        Text = Clean(query["q"]),
        Service = Number(query["service"]),
        From = Day(query["from"]),
        To = Day(query["to"]),
        Place = ListMark.Read(query["after"]) is { } after ? new ListPlace(after, Newer: true) : new ListPlace(ListMark.Read(query["before"])),
    };

    /// <summary>What it comes to for the use cases.</summary>
    public OrderFilter Filter(Formats formats)
    {
        var id = Number(Text.TrimStart('#'));
        return new OrderFilter
        {
            Kind = Tab switch { OrderTab.Dripfeed => OrderKind.Dripfeed, OrderTab.Subscriptions => OrderKind.Subscription, _ => OrderKind.Any },
            Status = Status,
            Id = id,
            Link = id is null && Text.Length > 0 ? Text : null,
            Service = Service,
            FromMs = From is { } from ? formats.StartOf(from).ToUnixTimeMilliseconds() : null,
            ToMs = To is { } to && to < DateOnly.MaxValue ? formats.StartOf(to.AddDays(1)).ToUnixTimeMilliseconds() : null,
        };
    }

    /// <summary>The address of the list.</summary>
    public string Url => Address(Path(Tab));

    /// <summary>The address of the same orders as a file.</summary>
    public string ExportUrl => (this with { Place = default }).Address("/orders/export.csv") is var address && Tab == OrderTab.All
        ? address : address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "tab=" + Name(Tab);

    /// <summary>The first page of a list of another status, or of all.</summary>
    public OrderQuery Of(OrderStatus? status) => this with { Tab = OrderTab.All, Status = status, Place = default };

    /// <summary>The same list without its filters.</summary>
    public OrderQuery Unfiltered => new() { Tab = Tab, Status = Status };

    public OrderQuery At(ListMark? mark, bool newer = false) => this with { Place = new ListPlace(mark, newer) };

    /// <summary>The path of a list.</summary>
    public static string Path(OrderTab tab) => tab == OrderTab.All ? "/orders" : "/orders/" + Name(tab);

    /// <summary>The tab that an address names; the list of all for anything else.</summary>
    public static OrderTab TabOf(string? name) => Enum.GetValues<OrderTab>().FirstOrDefault(t => Name(t) == name);

    /// <summary>A status in an address: <c>in-progress</c>.</summary>
    public static string Word(OrderStatus status) => status switch
    {
        OrderStatus.Pending => "pending",
        OrderStatus.Processing => "processing",
        OrderStatus.InProgress => "in-progress",
        OrderStatus.Completed => "completed",
        OrderStatus.Partial => "partial",
        OrderStatus.Canceled => "canceled",
        _ => "",
    };

    private static string Name(OrderTab tab) => tab switch { OrderTab.Dripfeed => "dripfeed", OrderTab.Subscriptions => "subscriptions", OrderTab.Refills => "refills", _ => "" };

    private string Address(string path)
    {
        var parameters = new List<KeyValuePair<string, string?>>();
        Add("status", Status is { } status ? Word(status) : null);
        Add("q", Text.Length > 0 ? Text : null);
        Add("service", Service?.ToString(CultureInfo.InvariantCulture));
        Add("from", From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add("to", To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add(Place.Newer ? "after" : "before", Place.Mark?.ToString());
        return path + QueryString.Create(parameters);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                parameters.Add(new(name, value));
            }
        }
    }

    private static string Clean(string? text) => text is null ? "" : new string([.. text.Where(c => !char.IsControl(c)).Take(LongestText)]).Trim();

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 9999 ? day : null;
}
