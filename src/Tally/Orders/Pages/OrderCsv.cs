using System.Globalization;
using System.Text;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Ui;

namespace Tally.Orders.Pages;

/// <summary>
/// Orders as a file for spreadsheets: RFC 4180 (commas, CRLF, quotes doubled), UTF-8 with a mark by which Excel knows it. Figures have no thousands separators. A text that a spreadsheet would take
/// for a formula gets an apostrophe in front, and every text is quoted (OWASP, CSV injection).
/// </summary>
public static class OrderCsv
{
    private static readonly string[] Columns =
        ["id", "time", "serviceId", "service", "link", "quantity", "startCount", "remains", "status", "charge", "refunded", "currency", "dripfeed", "completed"];

    /// <summary>The first line.</summary>
    public static string Head(Words words) => string.Join(',', Columns.Select(c => Text(words["orders.csv." + c]))) + "\r\n";

    /// <summary>A line for each order.</summary>
    public static string Lines(IEnumerable<OrderLine> orders, IReadOnlyDictionary<long, Service> services, Words words, Formats formats)
    {
        var lines = new StringBuilder();
        foreach (var o in orders)
        {
            lines.Append(Number(o.Id)).Append(',').Append(Time(o.CreatedAt, formats)).Append(',').Append(Number(o.ServiceId)).Append(',')
                .Append(Text(services.GetValueOrDefault(o.ServiceId)?.Name ?? "")).Append(',').Append(Text(o.Link)).Append(',')
                .Append(Number(o.Quantity)).Append(',').Append(Number(o.StartCount)).Append(',').Append(Number(o.Remains)).Append(',')
                .Append(Text(words["ui.status." + o.Status])).Append(',').Append(new Money(o.Charge)).Append(',').Append(new Money(o.Refunded + o.RunsRefunded)).Append(',')
                .Append(formats.Currency).Append(',').Append(o.ParentId is { } parent ? Number(parent) : "").Append(',')
                .Append(o.CompletedAt is { } completed ? Time(completed, formats) : "").Append("\r\n");
        }

        return lines.ToString();
    }

    /// <summary>A cell with a text.</summary>
    public static string Text(string text) =>
        $"\"{(text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(long at, Formats formats) => formats.In(DateTimeOffset.FromUnixTimeMilliseconds(at)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
