using System.Globalization;

namespace Tally.Accounts.Pages;

/// <summary>A time zone as the list shows it.</summary>
/// <param name="Id">The IANA name.</param>
/// <param name="Text"><c>(UTC+07:00) Asia/Ho Chi Minh</c></param>
internal sealed record TimeZoneChoice(string Id, string Text);

/// <summary>The time zones that one may choose: those that customers often have first, then all, by offset and name.</summary>
internal static class TimeZones
{
    private static readonly string[] Often =
    [
        "Asia/Ho_Chi_Minh", "UTC", "Asia/Bangkok", "Asia/Singapore", "Asia/Jakarta", "Asia/Manila", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Europe/Istanbul", "Europe/London", "Europe/Berlin",
        "Europe/Moscow", "Africa/Lagos", "America/Sao_Paulo", "America/New_York", "America/Los_Angeles", "Australia/Sydney",
    ];

    // Names like Asia/Ho_Chi_Minh, without old aliases such as US/Pacific, EST and Etc/GMT+5.
    private static readonly string[] Areas = ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

    /// <summary>The zones with their offsets at a time.</summary>
    public static (IReadOnlyList<TimeZoneChoice> Often, IReadOnlyList<TimeZoneChoice> All) At(DateTimeOffset now)
    {
        var all = TimeZoneInfo.GetSystemTimeZones()
            .Where(z => z.HasIanaId && z.Id.Split('/') is [var area, ..] && Areas.Contains(area) && z.Id.Contains('/', StringComparison.Ordinal))
            .OrderBy(z => z.GetUtcOffset(now)).ThenBy(z => z.Id, StringComparer.Ordinal)
            .Select(z => Choice(z, now));
        return ([.. Often.Select(id => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? Choice(zone, now) : null).OfType<TimeZoneChoice>()], [.. all]);
    }

    /// <summary>Whether one may choose it.</summary>
    public static bool Exists(string id) => id.Length <= 60 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId;

    private static TimeZoneChoice Choice(TimeZoneInfo zone, DateTimeOffset now)
    {
        var offset = zone.GetUtcOffset(now);
        var sign = offset < TimeSpan.Zero ? "−" : "+";
        return new TimeZoneChoice(zone.Id, string.Create(CultureInfo.InvariantCulture, $"(UTC{sign}{offset.Duration():hh\\:mm}) {zone.Id.Replace('_', ' ')}"));
    }
}
