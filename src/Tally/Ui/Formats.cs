using System.Globalization;
using Tally.Ledger;

namespace Tally.Ui;

/// <summary>How figures, amounts and times are written for a visitor: in the language's way, the panel's currency, the visitor's time zone.</summary>
public sealed class Formats(Words words, string currency, TimeZoneInfo zone, DateTimeOffset now)
{
    private const string NarrowSpace = "\u00a0";

    // Currencies that have no smaller unit in use; all others show two places.
    private static readonly string[] Whole = ["VND", "JPY", "KRW", "IDR", "CLP", "HUF", "LAK", "KHR", "MMK"];

    private static readonly Dictionary<string, string> Before = new(StringComparer.Ordinal)
    {
        ["USD"] = "$",
        ["EUR"] = "€",
        ["GBP"] = "£",
        ["JPY"] = "¥",
        ["CNY"] = "¥",
        ["INR"] = "₹",
        ["KRW"] = "₩",
        ["THB"] = "฿",
        ["PHP"] = "₱",
        ["BRL"] = "R$",
        ["TRY"] = "₺",
        ["NGN"] = "₦",
    };

    private readonly NumberFormatInfo _numbers = words.Culture.NumberFormat;

    /// <summary>The panel's currency, ISO 4217.</summary>
    public string Currency => currency;

    /// <summary>How many decimals the currency usually shows.</summary>
    public int Decimals => Whole.Contains(currency) ? 0 : 2;

    /// <summary>The currency's sign, such as ₫; its code where there is none.</summary>
    public string Sign => currency == "VND" ? "₫" : Before.GetValueOrDefault(currency, currency);

    /// <summary>The language's thousands separator and decimal point, for scripts that write amounts too.</summary>
    public (string Group, string Point) Separators => (_numbers.NumberGroupSeparator, _numbers.NumberDecimalSeparator);

    /// <summary>An amount with the currency's sign: all of its decimals, and at least as many as the currency usually shows.</summary>
    public string Amount(Money amount)
    {
        var digits = Digits(new Money(Math.Abs(amount.Units)));
        var text = Before.TryGetValue(currency, out var sign) ? sign + digits : digits + NarrowSpace + Sign;
        return amount.Units < 0 ? "−" + text : text;
    }

    /// <summary>An amount that went to (+) or from (−) a wallet.</summary>
    public string Change(Money amount) => amount.Units > 0 ? "+" + Amount(amount) : Amount(amount);

    /// <summary>A whole number with thousands apart.</summary>
    public string Number(long number) => number.ToString("N0", _numbers);

    /// <summary>A day and a time, in the visitor's zone: <c>25/11/2026 18:04</c> or <c>25 Nov 2026, 18:04</c>.</summary>
    public string Time(DateTimeOffset at) => In(at).ToString(words.Language == "vi" ? "dd/MM/yyyy HH:mm" : "d MMM yyyy, HH:mm", words.Culture);

    /// <summary>The same from unix milliseconds.</summary>
    public string Time(long unixMs) => Time(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));

    /// <summary>A day in the visitor's zone.</summary>
    public string Day(DateTimeOffset at) => In(at).ToString(words.Language == "vi" ? "dd/MM/yyyy" : "d MMM yyyy", words.Culture);

    public string Day(DateOnly day) => day.ToString(words.Language == "vi" ? "dd/MM/yyyy" : "d MMM yyyy", words.Culture);

    /// <summary>How long ago: <c>5 min ago</c>; from a week on the day.</summary>
    public string Ago(DateTimeOffset at)
    {
        var past = now - at;
        return past.TotalSeconds < 60 ? words["ui.ago.now"]
            : past.TotalMinutes < 60 ? words["ui.ago.minutes", (int)past.TotalMinutes]
            : past.TotalHours < 24 ? words["ui.ago.hours", (int)past.TotalHours]
            : past.TotalDays < 7 ? words["ui.ago.days", (int)past.TotalDays]
            : Day(at);
    }

    /// <summary>How long something takes: <c>45 min</c>, <c>3 h 20 min</c>, <c>3 h</c>, <c>2 days</c>.</summary>
    public string Span(TimeSpan span) =>
        span.TotalMinutes < 1 ? words["ui.span.moment"]
        : span.TotalHours < 1 ? words["ui.span.minutes", (int)span.TotalMinutes]
        : span.TotalHours < 48 && span.Minutes == 0 ? words["ui.span.wholeHours", (int)span.TotalHours]
        : span.TotalHours < 48 ? words["ui.span.hours", (int)span.TotalHours, span.Minutes]
        : words["ui.span.days", (int)span.TotalDays];

    /// <summary>The visitor's time zone: whose days a report has.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>An amount without its sign, in short, for the axis of a chart: <c>350K</c>, <c>1.2M</c>. At most one decimal, cut off; exact for figures that round.</summary>
    public string Short(Money amount)
    {
        var size = Math.Abs(amount.Units);
        var text = size switch
        {
            >= 1_000_000_000 * Money.UnitsPerOne => words["ui.short.billion", Tenths(size / 1_000_000_000)],
            >= 1_000_000 * Money.UnitsPerOne => words["ui.short.million", Tenths(size / 1_000_000)],
            >= 1_000 * Money.UnitsPerOne => words["ui.short.thousand", Tenths(size / 1_000)],
            _ => Digits(new Money(size)),
        };
        return amount.Units < 0 ? "−" + text : text;
    }

    /// <summary>A time in the visitor's zone.</summary>
    public DateTimeOffset In(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    /// <summary>When a day begins in the visitor's zone.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(15); // clocks went forward at midnight
        }

        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }

    private string Tenths(long units)
    {
        var (whole, rest) = Math.DivRem(units / (Money.UnitsPerOne / 10), 10);
        return rest == 0 ? Number(whole) : Number(whole) + _numbers.NumberDecimalSeparator + rest.ToString(CultureInfo.InvariantCulture);
    }

    private string Digits(Money amount)
    {
        var (whole, rest) = Math.DivRem(amount.Units, Money.UnitsPerOne);
        var decimals = rest.ToString("00000", CultureInfo.InvariantCulture).TrimEnd('0');
        decimals = decimals.Length < Decimals ? decimals.PadRight(Decimals, '0') : decimals;
        return decimals.Length == 0 ? Number(whole) : Number(whole) + _numbers.NumberDecimalSeparator + decimals;
    }
}
