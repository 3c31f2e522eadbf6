using System.Collections.Frozen;
using System.Globalization;
using System.Resources;

namespace Tally.Ui;

/// <summary>
/// The texts of the pages in one language. A key begins with the feature that owns it: <c>orders.empty</c> is the entry <c>orders.empty</c> in Orders/Pages/Text.resx (English)
/// and Text.vi.resx (Vietnamese); <c>ui.</c> belongs to Ui/Text.resx, <c>neworders.</c> to Orders/Pages/New/Text.resx. A test sees that each key exists in both.
/// </summary>
public sealed class Words
{
    /// <summary>The languages there are, the fallback first.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "vi"];

    private const string ResourceEnd = "Text.resources";

    private static readonly FrozenDictionary<string, ResourceManager> Owners = typeof(Words).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Tally.", StringComparison.Ordinal) && name.EndsWith("." + ResourceEnd, StringComparison.Ordinal))
        .ToFrozenDictionary(Owner, name => new ResourceManager(name[..^".resources".Length], typeof(Words).Assembly), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Words> ByLanguage = Languages.ToFrozenDictionary(l => l, l => new Words(l), StringComparer.Ordinal);

    private Words(string language) => (Language, Culture) = (language, CultureInfo.GetCultureInfo(language));

    /// <summary><c>en</c> or <c>vi</c>.</summary>
    public string Language { get; }

    public CultureInfo Culture { get; }

    /// <summary>Whose keys begin with which word, for tests.</summary>
    public static IReadOnlyDictionary<string, ResourceManager> Resources => Owners;

    /// <summary>The texts in a language; in the fallback when there is no such language.</summary>
    public static Words In(string? language) => language is not null && ByLanguage.TryGetValue(language, out var words) ? words : ByLanguage[Languages[0]];

    /// <summary>The text of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key: a mistake in a page, never a matter of input.</exception>
    public string this[string key] => Find(key) ?? throw new KeyNotFoundException($"There is no text '{key}'.");

    /// <summary>The text of a key with its places filled in (<c>{0}</c>).</summary>
    public string this[string key, params object?[] values] => string.Format(Culture, this[key], values);

    /// <summary>The same, of what somebody else has put together.</summary>
    public string this[(string Key, object[] Values) text] => this[text.Key, text.Values];

    /// <summary>The text of a key that may not exist, such as one for an error code.</summary>
    public string? Find(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Owners.TryGetValue(key[..dot], out var texts) ? texts.GetString(key, Culture) : null;
    }

    // Tally.Orders.Pages.Text → orders; Tally.Ui.Text → ui; a room of a feature's pages has its own: Tally.Orders.Pages.New.Text → neworders
#pragma warning disable CA1308 // Keys are lower case.
    private static string Owner(string resource) => resource[..^(ResourceEnd.Length + 1)].Split('.') switch
    {
        [_, var feature, "Pages", var room] => (room + feature).ToLowerInvariant(),
        [_, var feature, ..] => feature.ToLowerInvariant(),
        _ => throw new InvalidOperationException($"'{resource}' belongs to no feature."),
    };
#pragma warning restore CA1308
}
