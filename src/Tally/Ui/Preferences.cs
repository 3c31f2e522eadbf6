using Microsoft.AspNetCore.Mvc;
using Tally.Accounts;

namespace Tally.Ui;

/// <summary>Language, colours and time zone, chosen on any page, remembered on this device.</summary>
internal static class Preferences
{
    public const string LanguageCookie = "tally_language", ThemeCookie = "tally_theme", ZoneCookie = "tally_zone";

    public static void MapPreferences(this IEndpointRouteBuilder routes) => routes.MapPages().MapPost("/preferences", SaveAsync);

    // Whoever is signed in takes the choice along to other devices; the cookie is for the pages after signing out.
    private static async Task<IResult> SaveAsync(HttpContext http, Visitor visitor, ChangePreferences change, [FromForm] string? language, [FromForm] string? theme, [FromForm] string? back)
    {
        if (language is not null && Words.Languages.Contains(language))
        {
            http.Response.Cookies.Append(LanguageCookie, language, Visitors.Remembered(http));
            if (visitor.AccountId is { } account)
            {
                await change.RunAsync(account, language, null, null, http.RequestAborted);
            }
        }

        if (Enum.TryParse<Theme>(theme, ignoreCase: true, out var colours) && Enum.IsDefined(colours))
        {
            http.Response.Cookies.Append(ThemeCookie, colours.ToString(), Visitors.Remembered(http));
            if (visitor.AccountId is { } account)
            {
                await change.RunAsync(account, null, null, colours.ToString(), http.RequestAborted);
            }
        }

        return Page.Back(back);
    }
}
