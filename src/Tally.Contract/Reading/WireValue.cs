using System.Globalization;
using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>Single values as panels write them: strings for numbers, numbers for strings, and a dozen ways to say nothing.</summary>
internal static class WireValue
{
    private const int LongestId = 64;

    /// <summary>The property of the first of these names that is there at all; null when none is, or the element is no object.</summary>
    public static JsonElement? Find(this JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in names)
            {
                if (element.TryGetProperty(name, out var value))
                {
                    return value;
                }
            }
        }

        return null;
    }

    /// <summary>A text, a number's digits, or <c>true</c>; null for everything else, the empty string included.</summary>
    public static string? Text(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.String => value.Value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null,
        JsonValueKind.Number => value.Value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>A yes in any form; everything else is a no, so that what is not clearly offered is not offered.</summary>
    public static bool IsYes(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String or JsonValueKind.Number => Text(value)?.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON",
        _ => false,
    };

    /// <summary>A clear no in any form.</summary>
    public static bool IsNo(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.String or JsonValueKind.Number => Text(value)?.Trim().ToUpperInvariant() is "0" or "FALSE" or "NO" or "OFF",
        _ => false,
    };

    /// <summary>Whether a value says nothing: not there, null, blank, a dash, <c>N/A</c>.</summary>
    public static bool IsAbsent(JsonElement? value) => value?.ValueKind switch
    {
        null or JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.String => value.Value.GetString()!.Trim().ToUpperInvariant() is "" or "-" or "N/A" or "NULL" or "NONE",
        _ => false,
    };

    /// <summary>Reads an amount; absent is null. False when something is there that is no amount or does not fit a decimal.</summary>
    public static bool TryAmount(JsonElement? value, out decimal? amount)
    {
        amount = null;
        if (IsAbsent(value))
        {
            return true;
        }

        if (!IsNumberLike(value) || !WireNumber.TryAmount(Text(value)!, out var read))
        {
            return false;
        }

        amount = read;
        return true;
    }

    /// <summary>Reads a whole number; absent is null. False when something is there that is no whole number of 64 bits.</summary>
    public static bool TryCount(JsonElement? value, out long? count)
    {
        count = null;
        if (IsAbsent(value))
        {
            return true;
        }

        if (!IsNumberLike(value) || !WireNumber.TryCount(Text(value)!, out var read))
        {
            return false;
        }

        count = read;
        return true;
    }

    /// <summary>A numeric id above 0, from a number or a string; null for anything else.</summary>
    public static long? NumericId(JsonElement? value) =>
        IsNumberLike(value) && decimal.TryParse(Text(value)?.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var id)
            && id is > 0 and <= long.MaxValue && decimal.Truncate(id) == id
            ? (long)id
            : null;

    /// <summary>
    /// An id as text: a number's plain digits, or a string that can be an id (at most 64 characters, no white space or comma, at least one digit, not zero); null otherwise.
    /// </summary>
    public static string? Id(JsonElement? value)
    {
        if (NumericId(value) is { } number)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        return value?.ValueKind == JsonValueKind.String && IsOpaqueId(value.Value.GetString()!.Trim()) ? value.Value.GetString()!.Trim() : null;
    }

    private static bool IsOpaqueId(string text) =>
        text.Length is > 0 and <= LongestId && text.Any(char.IsAsciiLetter) && text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsNumberLike(JsonElement? value) => value?.ValueKind is JsonValueKind.Number or JsonValueKind.String && Text(value) is not null;
}
