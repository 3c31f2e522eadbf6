namespace Tally.Storefront.Pages;

/// <summary>The icon that goes with a platform; operators name platforms as they like, so it is found by a word in the name.</summary>
internal static class PlatformMark
{
    private static readonly (string Word, string Icon)[] Known =
    [
        ("facebook", "brand-facebook"), ("instagram", "brand-instagram"), ("tiktok", "brand-tiktok"), ("youtube", "brand-youtube"), ("telegram", "brand-telegram"),
        ("twitter", "brand-x"), ("spotify", "brand-spotify"), ("threads", "brand-threads"), ("shopee", "shopping-cart"), ("google", "brand-google"), ("zalo", "message-circle"),
    ];

    public static string Of(string platform) => Array.Find(Known, k => platform.Contains(k.Word, StringComparison.OrdinalIgnoreCase)).Icon ?? "world";
}
