namespace Tally.Contract;

/// <summary>A service type's name and unit of price.</summary>
/// <param name="Name">The name as the API writes it.</param>
/// <param name="RatePer">How many units a service's <c>rate</c> buys: 1000 or 1.</param>
public sealed record ServiceTypeName(string Name, int RatePer);

/// <summary>The seventeen service types of api-v2.md section 4.</summary>
public static class ServiceTypeNames
{
    public const string Default = "Default";
    public const string Package = "Package";
    public const string Seo = "SEO";
    public const string CustomComments = "Custom Comments";
    public const string CustomCommentsPackage = "Custom Comments Package";
    public const string Mentions = "Mentions";
    public const string MentionsWithHashtags = "Mentions with Hashtags";
    public const string MentionsCustomList = "Mentions Custom List";
    public const string MentionsHashtag = "Mentions Hashtag";
    public const string MentionsUserFollowers = "Mentions User Followers";
    public const string MentionsMediaLikers = "Mentions Media Likers";
    public const string CommentLikes = "Comment Likes";
    public const string CommentReplies = "Comment Replies";
    public const string Poll = "Poll";
    public const string InvitesFromGroups = "Invites from Groups";
    public const string WebTraffic = "Web Traffic";
    public const string Subscriptions = "Subscriptions";

    // Singular for plural and the reverse, where that cannot mean another type ("Mentions Hashtags" could, so it is not here).
    private static readonly (string Alias, string Name)[] s_aliases =
    [
        ("packages", Package), ("customcomment", CustomComments), ("customcommentpackage", CustomCommentsPackage), ("customcommentspackages", CustomCommentsPackage),
        ("mention", Mentions), ("mentionwithhashtags", MentionsWithHashtags), ("mentionswithhashtag", MentionsWithHashtags), ("mentioncustomlist", MentionsCustomList),
        ("mentionhashtag", MentionsHashtag), ("mentionuserfollowers", MentionsUserFollowers), ("mentionsuserfollower", MentionsUserFollowers),
        ("mentionmedialikers", MentionsMediaLikers), ("mentionsmedialiker", MentionsMediaLikers), ("commentlike", CommentLikes), ("commentslikes", CommentLikes),
        ("commentreply", CommentReplies), ("commentsreplies", CommentReplies), ("polls", Poll), ("invitefromgroups", InvitesFromGroups), ("invitesfromgroup", InvitesFromGroups),
        ("websitetraffic", WebTraffic), ("subscription", Subscriptions),
    ];

    /// <summary>All seventeen, in the order of the specification.</summary>
    public static IReadOnlyList<ServiceTypeName> All { get; } =
    [
        new(Default, 1000), new(Package, 1), new(Seo, 1000), new(CustomComments, 1000), new(CustomCommentsPackage, 1), new(Mentions, 1000), new(MentionsWithHashtags, 1000),
        new(MentionsCustomList, 1000), new(MentionsHashtag, 1000), new(MentionsUserFollowers, 1000), new(MentionsMediaLikers, 1000), new(CommentLikes, 1000),
        new(CommentReplies, 1000), new(Poll, 1000), new(InvitesFromGroups, 1000), new(WebTraffic, 1000), new(Subscriptions, 1),
    ];

    private static readonly Dictionary<string, ServiceTypeName> s_bare = BuildBare();

    /// <summary>The type of that name without regard to case, spaces, hyphens and underscores, by common aliases too; null for anything else.</summary>
    public static ServiceTypeName? Find(string? text) => Words.Bare(text) is { } bare ? s_bare.GetValueOrDefault(bare) : null;

    private static Dictionary<string, ServiceTypeName> BuildBare()
    {
        var bare = All.ToDictionary(t => Words.Bare(t.Name)!, StringComparer.Ordinal);
        foreach (var (alias, name) in s_aliases)
        {
            bare.Add(alias, bare[Words.Bare(name)!]);
        }

        return bare;
    }
}
