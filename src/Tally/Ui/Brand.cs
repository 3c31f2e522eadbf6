using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tally.Settings;

namespace Tally.Ui;

/// <summary>The operator's colour, as a style sheet of its own: the content security policy lets no page carry styles.</summary>
internal static class Brand
{
    /// <summary>The style sheet's address; it changes with the colour.</summary>
    public static string Url(PanelSettings panel) => "/brand.css?v=" + Fingerprint(Css(panel.BrandColor));

    public static void MapBrand(this IEndpointRouteBuilder routes) => routes.MapGet("/brand.css", static (HttpContext http, SettingsSnapshot settings, string? v) =>
    {
        var css = Css(settings.Current.BrandColor);
        http.Response.Headers.CacheControl = v == Fingerprint(css) ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Text(css, "text/css; charset=utf-8");
    }).ShortCircuit();

    /// <summary>The colour, a darker one for what is pointed at, and a text colour that can be read on it.</summary>
    internal static string Css(string color)
    {
        var (r, g, b) = (Channel(color, 1), Channel(color, 3), Channel(color, 5));
        var text = Luminance(r, g, b) > 179 ? "#182433" : "#ffffff";
        return string.Create(CultureInfo.InvariantCulture,
            $":root,[data-bs-theme]{{--tblr-primary:{color};--tblr-primary-rgb:{r},{g},{b};--tblr-primary-fg:{text};--tblr-primary-darken:rgb({r * 9 / 10},{g * 9 / 10},{b * 9 / 10});--tblr-link-color:{color};--tblr-link-color-rgb:{r},{g},{b};--tblr-link-hover-color-rgb:{r * 9 / 10},{g * 9 / 10},{b * 9 / 10}}}");
    }

    private static int Luminance(int r, int g, int b) => ((r * 299) + (g * 587) + (b * 114)) / 1000;

    private static int Channel(string color, int at) => int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Fingerprint(string css) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(css)))[..10];
}
