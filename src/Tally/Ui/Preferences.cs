using Microsoft.AspNetCore.Mvc;

namespace Tally.Ui;

/// <summary>Language, colours and time zone, chosen on any page, remembered on this device.</summary>
internal static class Preferences
{
    public const string LanguageCookie = "tally_language", ThemeCookie = "tally_theme", ZoneCookie = "tally_zone";

    public static void MapPreferences(this IEndpointRouteBuilder routes) => routes.MapPages().MapPost("/preferences", Save);

    private static IResult Save(HttpContext http, [FromForm] string? language, [FromForm] string? theme, [FromForm] string? back)
    {
        if (language is not null && Words.Languages.Contains(language))
        {
            http.Response.Cookies.Append(LanguageCookie, language, Visitors.Remembered(http));
        }

        if (Enum.TryParse<Theme>(theme, ignoreCase: true, out var colours) && Enum.IsDefined(colours))
        {
            http.Response.Cookies.Append(ThemeCookie, colours.ToString(), Visitors.Remembered(http));
        }

        return Page.Back(back);
    }
}
