using System.Net;
using System.Text.Json;

namespace Tally.Contract.Sending;

/// <summary>Takes the key out of words that come from outside: there are panels that echo a request in their errors.</summary>
internal sealed class KeyMask
{
    /// <summary>Shorter keys are no secrets, and masking them would eat ordinary words and numbers.</summary>
    private const int ShortestKey = 6;

    private readonly string[] _forms;

    public KeyMask(string key) => _forms = key.Length < ShortestKey ? [] : [.. FormsOf(key).Distinct(StringComparer.Ordinal)];

    public string Mask(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Replace(form, "***", StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    /// <summary>Masks, then cuts to <paramref name="atMost"/> characters: the other way round a part of the key could survive at the end.</summary>
    public string Mask(string text, int atMost)
    {
        // What is kept of a panel's words is stored: no U+0000, which PostgreSQL does not take, and no half of a character at the cut.
        var masked = Mask(text).Replace('\0', ' ');
        if (masked.Length <= atMost)
        {
            return masked;
        }

        var end = char.IsHighSurrogate(masked[atMost - 2]) ? atMost - 2 : atMost - 1;
        return masked[..end] + "…";
    }

    private static IEnumerable<string> FormsOf(string key) =>
    [
        key, WebUtility.UrlEncode(key), Uri.EscapeDataString(key), WebUtility.HtmlEncode(key), JsonEncodedText.Encode(key).Value,
        key.Replace("/", "\\/", StringComparison.Ordinal),
    ];
}
