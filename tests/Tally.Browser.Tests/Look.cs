using Microsoft.Playwright;
using Tally.Ui;

namespace Tally.Browser.Tests;

/// <summary>What the visitor holds in their hands.</summary>
public enum Screen
{
    /// <summary>390×844, touch.</summary>
    Phone,

    /// <summary>1440×900, mouse.</summary>
    Desktop,

    /// <summary>360×740, touch: the narrowest that no page may scroll sideways on.</summary>
    Narrow,
}

/// <summary>How a visitor looks at the panel.</summary>
/// <param name="Language"><c>vi</c> or <c>en</c>.</param>
/// <param name="Script">Whether the browser runs scripts.</param>
public sealed record Look(Screen Screen, string Language = "en", Theme Theme = Theme.Light, bool Script = true)
{
    /// <summary>Every size, language and theme that the pages are shown in.</summary>
    public static IEnumerable<Look> All =>
        from screen in new[] { Screen.Phone, Screen.Desktop }
        from language in Words.Languages
        from theme in new[] { Theme.Light, Theme.Dark }
        select new Look(screen, language, theme);

    public (int Width, int Height) Size => Screen switch
    {
        Screen.Phone => (390, 844),
        Screen.Narrow => (360, 740),
        _ => (1440, 900),
    };

    public ColorScheme ColorScheme => Theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light;

    /// <summary>The browser's part of it. Language and theme are the panel's cookies; the browser asks for the same.</summary>
    public BrowserNewContextOptions Context(Uri panel) => new()
    {
        BaseURL = panel.ToString(),
        ViewportSize = new ViewportSize { Width = Size.Width, Height = Size.Height },
        IsMobile = Screen != Screen.Desktop,
        HasTouch = Screen != Screen.Desktop,
        Locale = Language == "vi" ? "vi-VN" : "en-US",
        TimezoneId = "Asia/Ho_Chi_Minh",
        ColorScheme = ColorScheme,
        ReducedMotion = ReducedMotion.Reduce,
        JavaScriptEnabled = Script,
    };

    /// <summary><c>phone-vi-dark</c>, as it stands in the names of screenshots.</summary>
    public override string ToString() => $"{Screen}-{Language}-{Theme}{(Script ? "" : "-noscript")}".ToLowerInvariant();
}
