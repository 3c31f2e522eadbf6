using System.Text.Json;

namespace Tally.Ui;

/// <summary>What one page leaves for the next to say, after a form has been carried out and the browser was sent on.</summary>
/// <param name="Key">A key of <see cref="Words"/>.</param>
/// <param name="Values">What goes into the text's places.</param>
/// <param name="Kind"><c>success</c>, <c>info</c>, <c>warning</c> or <c>danger</c>.</param>
public sealed record FlashMessage(string Key, string[] Values, string Kind = "success");

/// <summary>Carries a <see cref="FlashMessage"/> over a redirect, in a cookie that is read once. The texts come from <see cref="Words"/>, and values are written as text, so a forged one can say little.</summary>
public static class Flash
{
    private const string Cookie = "tally_flash";
    private const int LongestCookie = 2_000;

    /// <summary>Leaves something for the next page to say.</summary>
    public static void Say(HttpContext http, string key, params string[] values) => Say(http, new FlashMessage(key, values));

    public static void Say(HttpContext http, FlashMessage message) =>
        http.Response.Cookies.Append(Cookie, Uri.EscapeDataString(JsonSerializer.Serialize(message)),
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true, Path = "/", MaxAge = TimeSpan.FromMinutes(5) });

    /// <summary>Takes what there is to say, once.</summary>
    internal static FlashMessage? Take(HttpContext http, Words words)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 and < LongestCookie } text)
        {
            return null;
        }

        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/" });
        try
        {
            var message = JsonSerializer.Deserialize<FlashMessage>(Uri.UnescapeDataString(text));
            return message is { Key: not null, Values: not null } && words.Find(message.Key) is not null && message.Kind is "success" or "info" or "warning" or "danger" ? message : null;
        }
        catch (JsonException)
        {
            // Not ours, or cut off: there is nothing to say.
            return null;
        }
    }
}
