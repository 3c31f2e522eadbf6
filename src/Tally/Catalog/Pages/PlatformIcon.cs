namespace Tally.Catalog.Pages;

/// <summary>An icon for a platform by what its name says; operators name platforms as they like.</summary>
internal static class PlatformIcon
{
    private static readonly (string Word, string Icon)[] Known =
    [
        ("facebook", "brand-facebook"), ("instagram", "brand-instagram"), ("tiktok", "brand-tiktok"), ("youtube", "brand-youtube"), ("telegram", "brand-telegram"),
        ("twitter", "brand-x"), ("spotify", "brand-spotify"), ("threads", "brand-threads"), ("shopee", "shopping-cart"), ("google", "brand-google"), ("traffic", "world"), ("website", "world"),
    ];

    public static string Of(string platform)
    {
        var folded = SearchText.Fold(platform);
        return Array.Find(Known, k => folded.Contains(k.Word, StringComparison.Ordinal)) is { Icon: { } icon } ? icon : "apps";
    }
}
