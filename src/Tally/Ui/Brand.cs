using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tally.Settings;

namespace Tally.Ui;

/// <summary>
/// The operator's colour, as a style sheet of its own: the content security policy lets no page carry styles. Filled areas (the logo, the main button) have the colour itself; what is written
/// in it, Tabler's "primary", is as much darker or lighter as reading it on our surfaces takes.
/// </summary>
internal static class Brand
{
    /// <summary>The least contrast of text (WCAG 2.2, 1.4.3).</summary>
    public const double Readable = 4.5;

    /// <summary>How much of the colour is in the ground below what is chosen, such as the current page in the menu; in percent.</summary>
    public const int Tint = 10;

    /// <summary>The surfaces of css/10-shell.css on which text stands.</summary>
    public static IReadOnlyList<Color> LightSurfaces { get; } = [Color.White, Color.Parse("#f5f7fa")];

    public static IReadOnlyList<Color> DarkSurfaces { get; } = [Color.Parse("#0e1624"), Color.Parse("#152033")];

    private static readonly Color Ink = Color.Parse("#101828");

    /// <summary>The style sheet's address; it changes with the colour.</summary>
    public static string Url(PanelSettings panel) => "/brand.css?v=" + Fingerprint(Css(panel.BrandColor));

    public static void MapBrand(this IEndpointRouteBuilder routes) => routes.MapGet("/brand.css", static (HttpContext http, SettingsSnapshot settings, string? v) =>
    {
        var css = Css(settings.Current.BrandColor);
        http.Response.Headers.CacheControl = v == Fingerprint(css) ? "public, max-age=31536000, immutable" : "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Text(css, "text/css; charset=utf-8");
    }).ShortCircuit();

    internal static string Css(string color)
    {
        var (fill, onFill) = Fill(Color.Parse(color));
        return ":root{" + Var("brand", fill) + Var("brand-fg", onFill) + Var("brand-hover", fill.Mixed(onFill == Color.White ? Color.Black : Color.White, 12)) + "}"
            + ":root,[data-bs-theme=\"light\"]{" + Written(Text(Color.Parse(color), LightSurfaces, Color.Black), Color.Black) + "}"
            + "[data-bs-theme=\"dark\"]{" + Written(Text(Color.Parse(color), DarkSurfaces, Color.White), Color.White) + "}";
    }

    /// <summary>The colour for filled areas and what is written on it: white where it can be read, else ink. In the narrow band where neither can, the area is a little darker.</summary>
    internal static (Color Fill, Color Text) Fill(Color color)
    {
        for (var percent = 0; ; percent++)
        {
            var fill = color.Mixed(Color.Black, percent);
            if (fill.Contrast(Color.White) >= Readable || fill.Contrast(Ink) >= Readable)
            {
                return (fill, fill.Contrast(Color.White) >= Readable ? Color.White : Ink);
            }
        }
    }

    /// <summary>The colour as text: with so much black or white in it that it can be read on each of the surfaces, and on each with a tint of itself.</summary>
    internal static Color Text(Color color, IReadOnlyList<Color> surfaces, Color towards)
    {
        var percent = 0;
        while (percent < 100 && !surfaces.All(s => IsReadable(color.Mixed(towards, percent), s)))
        {
            percent++;
        }

        return color.Mixed(towards, percent);
    }

    private static bool IsReadable(Color text, Color surface) => text.Contrast(surface) >= Readable && text.Contrast(surface.Mixed(text, Tint)) >= Readable;

    private static string Written(Color text, Color towards)
    {
        var (hover, on) = (text.Mixed(towards, 20), text.Contrast(Color.White) >= Readable ? Color.White : Ink);
        return Var("tblr-primary", text) + Rgb("tblr-primary-rgb", text) + Var("tblr-primary-fg", on) + Var("tblr-primary-darken", hover)
            + Var("tblr-link-color", text) + Rgb("tblr-link-color-rgb", text) + Var("tblr-link-hover-color", hover) + Rgb("tblr-link-hover-color-rgb", hover);
    }

    private static string Var(string name, Color color) => $"--{name}:{color};";

    private static string Rgb(string name, Color color) => string.Create(CultureInfo.InvariantCulture, $"--{name}:{color.R},{color.G},{color.B};");

    private static string Fingerprint(string css) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(css)))[..10];
}
