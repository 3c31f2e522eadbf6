using System.Globalization;

namespace Tally.Orders.Pages.New;

/// <summary>What stands in the order form's fields, by the parameters' wire names, just as it was typed; empty for what was not sent.</summary>
public sealed class OrderValues(Func<string, string?> read)
{
    /// <summary>An empty form.</summary>
    public static OrderValues None { get; } = new(_ => null);

    /// <summary>One field.</summary>
    public string this[string name] => read(name) ?? "";

    public static OrderValues Of(IFormCollection form) => new(name => form[name].ToString());

    /// <summary>An order of before, to be placed again.</summary>
    public static OrderValues Of(OrderParameters order) => new(name => name switch
    {
        "service" => order.Service,
        "link" => order.Link,
        "quantity" => order.Quantity,
        "runs" => order.Runs,
        "interval" => order.Interval,
        _ => order.Own(name),
    });

    /// <summary>The same with other values for some fields.</summary>
    public OrderValues With(string name, string value) => new(asked => asked == name ? value : read(asked));

    /// <summary>The values as the use case reads them.</summary>
    public OrderParameters Parameters(string? reference) => new()
    {
        Service = this["service"],
        Link = this["link"],
        Quantity = this["quantity"],
        Runs = this["runs"],
        Interval = this["interval"],
        Reference = reference,
        Own = name => name == "expiry" ? Day(this[name]) : this[name],
    };

    /// <summary>A day as a browser's date field writes it (2027-01-31) in the contract's way (31/01/2027); anything else as it is.</summary>
    public static string Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture) : text;

    /// <summary>The other way round, for the field's value.</summary>
    public static string FieldDay(string text) =>
        DateOnly.TryParseExact(text, ["d/M/yyyy", "dd/MM/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : text;
}
