using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Tally.Accounts;
using Tally.Accounts.Sessions;
using Tally.Settings;

namespace Tally.Ui;

/// <summary>Who looks at a page and how they want it: language, colours, time zone. One for each request; made by <see cref="Visitors"/>.</summary>
public sealed class Visitor
{
    /// <summary>The claim that holds the number of the session.</summary>
    public const string SessionClaim = Session.Claim;

    private AntiforgeryTokenSet? _token;

    /// <summary>The account that is signed in; null for a visitor.</summary>
    public long? AccountId { get; internal set; }

    /// <summary>The signed-in account, on pages that ask for one.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the page forgot to ask for it.</exception>
    public long Account => AccountId ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>The signed-in account's e-mail address; empty for a visitor.</summary>
    public string Email { get; internal set; } = "";

    /// <summary>The number of the session that is signed in; null for a visitor.</summary>
    public long? SessionId { get; internal set; }

    public bool IsSignedIn => AccountId is not null;

    public Words Words { get; internal set; } = Words.In(null);

    public Formats Formats { get; internal set; } = new(Words.In(null), "USD", TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);

    /// <summary>Auto, light or dark.</summary>
    public Theme Theme { get; internal set; }

    public PanelSettings Panel { get; internal set; } = new();

    /// <summary>The page's address without the host, for links that come back.</summary>
    public string Path { get; internal set; } = "/";

    /// <summary>How many notices wait, where the page knows it (the dashboard and the notices themselves): other pages spend no query on it.</summary>
    public int UnreadNotices { get; internal set; }

    /// <summary>What the page before left to say.</summary>
    public FlashMessage? Flash { get; internal set; }

    internal HttpContext Http { get; set; } = null!;

    /// <summary>The token that every form carries.</summary>
    public AntiforgeryTokenSet Token => _token ??= Http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(Http);
}

/// <summary>The colours that a visitor wants.</summary>
public enum Theme
{
    /// <summary>As the device has it.</summary>
    Auto,
    Light,
    Dark,
}

/// <summary>Learns who looks at a page, before it is made.</summary>
internal sealed class Visitors(RequestDelegate next, SettingsSnapshot settings, Profiles profiles, TimeProvider time)
{
    private const int YearS = 365 * 24 * 3600;

    public Task InvokeAsync(HttpContext http, Visitor visitor)
    {
        visitor.Path = http.Request.Path + http.Request.QueryString;
        visitor.Panel = settings.Current;
        Profile? profile = null;
        if (http.User.Identity is { IsAuthenticated: true } && long.TryParse(http.User.FindFirstValue(ClaimTypes.NameIdentifier), NumberStyles.None, CultureInfo.InvariantCulture, out var account))
        {
            profile = profiles.Find(account);
            visitor.AccountId = account;
            visitor.Email = profile?.Email ?? http.User.FindFirstValue(ClaimTypes.Email) ?? "";
            visitor.SessionId = long.TryParse(http.User.FindFirstValue(Session.Claim), NumberStyles.None, CultureInfo.InvariantCulture, out var session) ? session : null;
        }

        visitor.Words = Words.In(profile is { Language.Length: > 0 } ? profile.Language : Language(http));
        var colours = profile is { Theme.Length: > 0 } ? profile.Theme : http.Request.Cookies[Preferences.ThemeCookie];
        visitor.Theme = Enum.TryParse<Theme>(colours, ignoreCase: true, out var theme) && Enum.IsDefined(theme) ? theme : Theme.Auto;
        var zone = profile is { TimeZone.Length: > 0 } ? profile.TimeZone : http.Request.Cookies[Preferences.ZoneCookie];
        visitor.Formats = new Formats(visitor.Words, visitor.Panel.Currency, Zone(zone ?? visitor.Panel.TimeZone), time.GetUtcNow());
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = visitor.Words.Culture;
        return next(http);
    }

    /// <summary>A cookie that remembers a choice for a year, on this device.</summary>
    internal static CookieOptions Remembered(HttpContext http) =>
        new() { MaxAge = TimeSpan.FromSeconds(YearS), HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true, Path = "/" };

    // What was chosen on this device, else what the panel is set to, else what the browser asks for.
    private string? Language(HttpContext http)
    {
        if (http.Request.Cookies[Preferences.LanguageCookie] is { } chosen && Words.Languages.Contains(chosen))
        {
            return chosen;
        }

        if (settings.Current.Language != "auto")
        {
            return settings.Current.Language;
        }

        return http.Request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.ToString().Split('-')[0])
            .FirstOrDefault(l => Words.Languages.Contains(l));
    }

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;
}
