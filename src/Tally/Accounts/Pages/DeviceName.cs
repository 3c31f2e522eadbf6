namespace Tally.Accounts.Pages;

/// <summary>What a browser says of itself, in words. The names are the makers' and the same in all languages.</summary>
/// <param name="Browser">Null when it is none that we know.</param>
/// <param name="System">Null when it is none that we know.</param>
internal sealed record DeviceName(string? Browser, string? System, bool IsPhone)
{
    // In this order: Edge and Opera also say Chrome, Chrome also says Safari.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("coc_coc_browser", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("YaBrowser", "Yandex"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    // Android also says Linux, an iPhone also says Mac OS X.
    private static readonly (string Sign, string Name, bool Phone)[] Systems =
    [
        ("iPhone", "iPhone", true), ("iPad", "iPad", true), ("Android", "Android", true), ("Windows", "Windows", false), ("CrOS", "ChromeOS", false), ("Mac OS X", "macOS", false),
        ("Linux", "Linux", false),
    ];

    public static DeviceName Of(string agent)
    {
        var browser = Browsers.FirstOrDefault(b => agent.Contains(b.Sign, StringComparison.Ordinal)).Name;
        var system = Systems.FirstOrDefault(s => agent.Contains(s.Sign, StringComparison.Ordinal));
        return new DeviceName(browser, system.Name, system.Phone);
    }
}
