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
        var masked = Mask(text);
        return masked.Length <= atMost ? masked : masked[..(atMost - 1)] + "…";
    }

    private static IEnumerable<string> FormsOf(string key) =>
    [
        key, WebUtility.UrlEncode(key), Uri.EscapeDataString(key), WebUtility.HtmlEncode(key), JsonEncodedText.Encode(key).Value,
        key.Replace("/", "\\/", StringComparison.Ordinal),
    ];
}
