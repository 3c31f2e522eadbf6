using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;

namespace Tally.Demo;

/// <summary>What the demo customer asks for: links, texts and quantities that fit a service, made up but plausible.</summary>
internal static class DemoWish
{
    private static readonly string[] Shops = ["tiemtra.demo", "nhabep.demo", "gomxua.demo", "phongtap.demo"];

    private static readonly string[] Comments =
        ["Đẹp quá shop ơi", "Hóng hàng về", "Giá sao vậy shop?", "Đã nhận được hàng, rất ưng", "Shop tư vấn nhiệt tình", "Màu này xinh ghê", "Lần sau lại ủng hộ", "Giao nhanh lắm nha", "Để dành mua tặng mẹ", "10 điểm không có nhưng"];

    /// <summary>An order for about so much money, within what the service allows.</summary>
    public static OrderParameters Of(Service service, Money about, Random random)
    {
        var quantity = Quantity(service, about, random);
        var shop = Shops[random.Next(Shops.Length)];
        var own = Own(service, quantity, shop, random);
        return new OrderParameters
        {
            Service = Text(service.Id),
            Link = Link(service, shop, random.Next(100_000, 999_999)),
            Quantity = Text(quantity),
            Own = name => own.GetValueOrDefault(name),
        };
    }

    /// <summary>A subscription for an account's new posts.</summary>
    public static OrderParameters Subscription(Service service, long min, long max, int posts)
    {
        var own = new Dictionary<string, string>(StringComparer.Ordinal) { ["username"] = Shops[0], ["min"] = Text(min), ["max"] = Text(max), ["posts"] = Text(posts), ["delay"] = "0" };
        return new OrderParameters { Service = Text(service.Id), Own = name => own.GetValueOrDefault(name) };
    }

    private static long Quantity(Service service, Money about, Random random)
    {
        if (service.Rules.Quantity is Catalog.QuantitySource.Comments or Catalog.QuantitySource.Usernames)
        {
            return Math.Min(service.Max, service.Min + random.Next(8));
        }

        var wanted = (long)((Int128)about.Units * service.Rules.Per / Math.Max(1, service.Rate.Units));
        var round = wanted switch { >= 50_000 => 10_000, >= 5_000 => 1_000, >= 500 => 100, _ => 10 };
        return Math.Clamp(wanted / round * round, service.Min, service.Max);
    }

    private static Dictionary<string, string> Own(Service service, long quantity, string shop, Random random) =>
        service.Rules.Own.ToDictionary(p => p.Name, p => Value(p.Name, quantity, shop, random), StringComparer.Ordinal);

    private static string Value(string name, long quantity, string shop, Random random) => name switch
    {
        "comments" => string.Join('\n', Enumerable.Range(0, (int)Math.Clamp(quantity, 10, 200)).Select(i => Comments[i % Comments.Length])),
        "usernames" => string.Join('\n', Enumerable.Range(1, (int)Math.Clamp(quantity, 10, 200)).Select(i => string.Create(CultureInfo.InvariantCulture, $"khach{i:000}"))),
        "hashtags" => "#tiemtra\n#trasua",
        "hashtag" => "#tiemtra",
        "username" => shop,
        "media" => $"https://www.instagram.com/p/{random.Next(100_000, 999_999)}",
        "keywords" => "trà sữa ngon\nquán trà gần đây",
        "answer_number" => "2",
        "groups" => "https://www.facebook.com/groups/hoiantrasua",
        "country" => "VN",
        "device" => "1",
        "type_of_traffic" => "2",
        "referring_url" => "https://www.facebook.com",
        _ => "",
    };

    private static string Link(Service service, string shop, int post) => service.Platform switch
    {
        var p when p.Contains("Facebook", StringComparison.Ordinal) => $"https://www.facebook.com/{shop}/posts/{post}",
        var p when p.Contains("TikTok", StringComparison.Ordinal) => $"https://www.tiktok.com/@{shop}/video/{post}",
        var p when p.Contains("Instagram", StringComparison.Ordinal) => $"https://www.instagram.com/p/{shop}-{post}",
        var p when p.Contains("YouTube", StringComparison.Ordinal) => $"https://www.youtube.com/watch?v=demo{post}",
        var p when p.Contains("Telegram", StringComparison.Ordinal) => $"https://t.me/{shop}/{post}",
        var p when p.Contains("Shopee", StringComparison.Ordinal) => $"https://shopee.vn/{shop}",
        _ => $"https://{shop}.example/bai-viet/{post}",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
