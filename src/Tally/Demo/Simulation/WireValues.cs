using System.Globalization;

namespace Tally.Demo;

/// <summary>How parameters are read: numbers, lists and id lists (api-v2.md sections 3, 4 and 7).</summary>
internal static class WireValues
{
    /// <summary>The most ids in one call.</summary>
    public const int MaxIds = 100;

    private static readonly string[] LineEnds = ["\r\n", "\n", "\r"];
    private static readonly char[] Commas = [','];

    /// <summary>ASCII digits, leading zeros allowed; null for anything else and beyond <see cref="long.MaxValue"/>.</summary>
    public static long? Number(string? value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>An order's, refill's or service's id: 1 … 2^31−1.</summary>
    public static int? Id(string? value) => Number(value) is >= 1 and <= int.MaxValue and var id ? (int)id : null;

    /// <summary>A newline list, trimmed, without empty items.</summary>
    public static string[] Lines(string? value) =>
        (value ?? "").Split(LineEnds, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A newline list in which commas part items too (<c>keywords</c>).</summary>
    public static string[] LinesOrCommas(string? value) =>
        [.. Lines(value).SelectMany(line => line.Split(Commas, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>A comma list of ids as they were sent, each once.</summary>
    public static IReadOnlyList<string> Ids(string value) =>
        [.. value.Split(Commas, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
