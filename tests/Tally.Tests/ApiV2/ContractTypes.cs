using Tally.Catalog;

namespace Tally.Tests.ApiV2;

/// <summary>One row of the table in api-v2.md section 4, written down a second time, so that the table in the code is held against it.</summary>
/// <param name="Required">A full set of what the type requires, besides <c>service</c>.</param>
/// <param name="Optional">What it also reads.</param>
/// <param name="Quantity">The order's quantity by that set.</param>
/// <param name="Charge">What that costs at a rate of 1.23457, rounded up.</param>
public sealed record ContractType(ServiceType Type, (string Name, string Value)[] Required, string[] Optional, long Quantity, string Charge)
{
    public const string Rate = "1.23457";

    private static readonly (string Name, string Value) Link = ("link", "https://example.com/p/1"), Hundred = ("quantity", "101"), Usernames = ("usernames", "ann\nbob\ncy"),
        Comments = ("comments", "One\nTwo\nThree"), Username = ("username", "ann");

    /// <summary>The seventeen rows.</summary>
    public static IReadOnlyList<ContractType> All { get; } =
    [
        Per1000(ServiceType.Default, [Link, Hundred]) with { Optional = ["runs", "interval"] },
        PerOne(ServiceType.Package, [Link]),
        Per1000(ServiceType.Seo, [Link, Hundred, ("keywords", "buy,shoes")]),
        Counted(ServiceType.CustomComments, [Link, Comments]),
        PerOne(ServiceType.CustomCommentsPackage, [Link, Comments]),
        Per1000(ServiceType.Mentions, [Link, Hundred, Usernames]),
        Per1000(ServiceType.MentionsWithHashtags, [Link, Hundred, Usernames, ("hashtags", "#a\n#b")]),
        Counted(ServiceType.MentionsCustomList, [Link, Usernames]),
        Per1000(ServiceType.MentionsHashtag, [Link, Hundred, ("hashtag", "#a")]),
        Per1000(ServiceType.MentionsUserFollowers, [Link, Hundred, Username]),
        Per1000(ServiceType.MentionsMediaLikers, [Link, Hundred, ("media", "https://example.com/m/1")]),
        Per1000(ServiceType.CommentLikes, [Link, Hundred, Username]),
        Counted(ServiceType.CommentReplies, [Link, Username, Comments]),
        Per1000(ServiceType.Poll, [Link, Hundred, ("answer_number", "2")]),
        Per1000(ServiceType.InvitesFromGroups, [Link, Hundred, ("groups", "https://example.com/g/1\nhttps://example.com/g/2")]),
        Per1000(ServiceType.WebTraffic, [Link, Hundred, ("country", "VN"), ("device", "1"), ("type_of_traffic", "3")]) with { Optional = ["google_keyword", "referring_url"] },
        new(ServiceType.Subscriptions, [Username, ("min", "100"), ("max", "200"), ("delay", "30")], ["posts", "old_posts", "expiry"], 0, "0"),
    ];

    /// <summary>Which of its parameters are lists with one item a line.</summary>
    public IEnumerable<string> Lists => Required.Select(r => r.Name).Where(n => n is "comments" or "usernames" or "hashtags" or "groups" or "keywords");

    /// <summary>The required set with one parameter changed, or left out when <paramref name="value"/> is null.</summary>
    public (string Name, string Value)[] With(string name, string? value) =>
        [.. Required.Where(r => r.Name != name), .. value is null ? [] : new (string, string)[] { (name, value) }];

    private static ContractType Per1000(ServiceType type, (string Name, string Value)[] required) => new(type, required, [], 101, "0.1247");

    private static ContractType Counted(ServiceType type, (string Name, string Value)[] required) => new(type, required, [], 3, "0.00371");

    private static ContractType PerOne(ServiceType type, (string Name, string Value)[] required) => new(type, required, [], 1, Rate);
}
