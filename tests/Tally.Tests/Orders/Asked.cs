using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;

namespace Tally.Tests.Orders;

/// <summary>What customers ask for and services they ask it of, for decisions that need no store.</summary>
internal static class Asked
{
    public const string Link = "https://example.com/post/1";

    private static readonly Dictionary<ServiceType, (string Name, string Value)[]> OwnParameters = new()
    {
        [ServiceType.Default] = [],
        [ServiceType.Package] = [],
        [ServiceType.Seo] = [("keywords", "shoes, boots")],
        [ServiceType.CustomComments] = [("comments", "first\nsecond\nthird")],
        [ServiceType.CustomCommentsPackage] = [("comments", "first\nsecond\nthird")],
        [ServiceType.Mentions] = [("usernames", "anh\nbinh")],
        [ServiceType.MentionsWithHashtags] = [("usernames", "anh\nbinh"), ("hashtags", "tet\nhue")],
        [ServiceType.MentionsCustomList] = [("usernames", "anh\nbinh")],
        [ServiceType.MentionsHashtag] = [("hashtag", "tet")],
        [ServiceType.MentionsUserFollowers] = [("username", "anh")],
        [ServiceType.MentionsMediaLikers] = [("media", "https://example.com/media/1")],
        [ServiceType.CommentLikes] = [("username", "anh")],
        [ServiceType.CommentReplies] = [("username", "anh"), ("comments", "first\nsecond\nthird")],
        [ServiceType.Poll] = [("answer_number", "2")],
        [ServiceType.InvitesFromGroups] = [("groups", "g1\ng2")],
        [ServiceType.WebTraffic] = [("country", "VN"), ("device", "1"), ("type_of_traffic", "3")],
        [ServiceType.Subscriptions] = [("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "30")],
    };

    /// <summary>The parameters of an <c>add</c>; what is not named was not sent.</summary>
    public static OrderParameters For(params (string Name, string Value)[] sent)
    {
        var all = sent.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        return new OrderParameters
        {
            Service = all.GetValueOrDefault("service", "7"),
            Link = all.GetValueOrDefault("link"),
            Quantity = all.GetValueOrDefault("quantity"),
            Runs = all.GetValueOrDefault("runs"),
            Interval = all.GetValueOrDefault("interval"),
            Reference = all.GetValueOrDefault("order_reference"),
            Own = name => all.GetValueOrDefault(name),
        };
    }

    /// <summary>Everything that the contract requires of a type, and what the test changes or adds; a null value takes a parameter away.</summary>
    public static OrderParameters For(ServiceType type, params (string Name, string? Value)[] changes)
    {
        var all = Required(type).ToDictionary(p => p.Name, p => (string?)p.Value, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            all[name] = value;
        }

        return For([.. all.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))]);
    }

    /// <summary>The parameters that the table of api-v2.md section 4 marks R, with values that fit.</summary>
    public static IEnumerable<(string Name, string Value)> Required(ServiceType type)
    {
        if (type != ServiceType.Subscriptions)
        {
            yield return ("link", Link);
        }

        if (type is not (ServiceType.Package or ServiceType.CustomComments or ServiceType.CustomCommentsPackage or ServiceType.MentionsCustomList or ServiceType.CommentReplies or ServiceType.Subscriptions))
        {
            yield return ("quantity", "100");
        }

        foreach (var own in OwnParameters[type])
        {
            yield return own;
        }
    }

    /// <summary>The terms that the parameters come to.</summary>
    public static OrderTerms Terms(ServiceType type, OrderParameters sent) =>
        OrderTerms.TryRead(TypeRules.Of(type), sent, out var terms, out var refusal) ? terms : throw new InvalidOperationException("Expected terms: " + refusal);

    /// <summary>A service with wide limits.</summary>
    public static Service Service(ServiceType type = ServiceType.Default, string rate = "15000", long min = 10, long max = 10_000) => new(
        7, "Service", "", type, "Category", "Platform", Money.Parse(rate), min, max, Refill: true, Cancel: true, Dripfeed: TypeRules.Of(type).Per == 1000,
        RefillDays: 0, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, 1);
}
