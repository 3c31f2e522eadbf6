using System.Net.Mail;

namespace Tally.Settings;

/// <summary>How visitors reach the operator, and what the front page says. Each may be empty: then it is not shown, or the panel's own words are.</summary>
public sealed partial record PanelSettings
{
    private const int LongestHeadline = 90, LongestLead = 300;

    /// <summary>The address of a Telegram account or group, such as <c>https://t.me/panel</c>.</summary>
    public string Telegram { get; init; } = "";

    /// <summary>The address of a Zalo account, such as <c>https://zalo.me/0900000000</c>.</summary>
    public string Zalo { get; init; } = "";

    /// <summary>The address of a Facebook page or its chat.</summary>
    public string Facebook { get; init; } = "";

    /// <summary>An e-mail address for customers.</summary>
    public string Email { get; init; } = "";

    /// <summary>A phone number, as people write it.</summary>
    public string Phone { get; init; } = "";

    /// <summary>The front page's headline in English, instead of the panel's own; at most 90 characters.</summary>
    public string HeadlineEn { get; init; } = "";

    /// <summary>The same in Vietnamese.</summary>
    public string HeadlineVi { get; init; } = "";

    /// <summary>The lines below the headline, in English; at most 300 characters.</summary>
    public string LeadEn { get; init; } = "";

    /// <summary>The same in Vietnamese.</summary>
    public string LeadVi { get; init; } = "";

    /// <summary>The operator's headline in a language; null = the panel's own.</summary>
    public string? Headline(string language) => language == "vi" ? NullIfEmpty(HeadlineVi) : NullIfEmpty(HeadlineEn);

    /// <summary>The operator's lines below the headline; null = the panel's own.</summary>
    public string? Lead(string language) => language == "vi" ? NullIfEmpty(LeadVi) : NullIfEmpty(LeadEn);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private PanelSettings WithFront(string name, string value) => (name, value.Trim()) switch
    {
        ("telegram", var typed) => this with { Telegram = LinkTo(name, typed, "https://t.me/", ["t.me", "telegram.me"], IsHandle, "a name such as @panel, or https://t.me/…") },
        ("zalo", var typed) => this with { Zalo = LinkTo(name, typed, "https://zalo.me/", ["zalo.me"], IsDigits, "a phone number such as 0900000000, or https://zalo.me/…") },
        ("facebook", var typed) => this with { Facebook = LinkTo(name, typed, "https://www.facebook.com/", ["facebook.com", "m.me", "fb.com", "fb.me"], IsHandle, "a page's name, or https://www.facebook.com/…") },
        ("email", var typed) => typed.Length == 0 || (MailAddress.TryCreate(typed, out var parsed) && parsed.Address == typed)
            ? this with { Email = typed } : throw new InvalidInputException("email: an e-mail address"),
        ("phone", var typed) => typed.Length == 0 || (typed.Length <= 24 && typed.Count(char.IsAsciiDigit) >= 6 && typed.All(c => char.IsAsciiDigit(c) || "+ .-()".Contains(c, StringComparison.Ordinal)))
            ? this with { Phone = typed } : throw new InvalidInputException("phone: a phone number such as +84 900 000 000"),
        ("headline_en", var typed) => this with { HeadlineEn = Words(name, typed, LongestHeadline) },
        ("headline_vi", var typed) => this with { HeadlineVi = Words(name, typed, LongestHeadline) },
        ("lead_en", var typed) => this with { LeadEn = Words(name, typed, LongestLead) },
        ("lead_vi", var typed) => this with { LeadVi = Words(name, typed, LongestLead) },
        _ => throw new InvalidOperationException($"'{name}' is none of the front page's settings."),
    };

    // What people know each other by there, made an address; or an address, only there and only https.
    private static string LinkTo(string name, string typed, string start, string[] hosts, Predicate<string> isName, string wanted)
    {
        if (typed.Length == 0)
        {
            return "";
        }

        if (isName(typed.TrimStart('@')))
        {
            return start + typed.TrimStart('@');
        }

        return typed.Length <= 200 && Uri.TryCreate(typed, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0
            && hosts.Any(h => uri.Host == h || uri.Host.EndsWith("." + h, StringComparison.Ordinal))
            ? uri.AbsoluteUri : throw new InvalidInputException($"{name}: {wanted}");
    }

    private static bool IsHandle(string text) => text.Length is >= 3 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');

    private static bool IsDigits(string text) => text.Length is >= 8 and <= 15 && text.All(char.IsAsciiDigit);

    private static string Words(string name, string typed, int longest) =>
        typed.Length <= longest && !typed.Any(char.IsControl) ? typed : throw new InvalidInputException($"{name}: at most {longest} characters in one line; empty for the panel's own words");
}
