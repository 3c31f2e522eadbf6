namespace Tally.Catalog;

/// <summary>The seventeen service types (api-v2.md section 4). The numbers are stored; never renumber.</summary>
public enum ServiceType : short
{
    Default = 1,
    Package = 2,
    Seo = 3,
    CustomComments = 4,
    CustomCommentsPackage = 5,
    Mentions = 6,
    MentionsWithHashtags = 7,
    MentionsCustomList = 8,
    MentionsHashtag = 9,
    MentionsUserFollowers = 10,
    MentionsMediaLikers = 11,
    CommentLikes = 12,
    CommentReplies = 13,
    Poll = 14,
    InvitesFromGroups = 15,
    WebTraffic = 16,
    Subscriptions = 17,
}

/// <summary>Where an order's quantity comes from.</summary>
public enum QuantitySource
{
    /// <summary>The parameter <c>quantity</c>.</summary>
    Parameter,

    /// <summary>The number of lines in <c>comments</c>.</summary>
    Comments,

    /// <summary>The number of lines in <c>usernames</c>.</summary>
    Usernames,

    /// <summary>Always 1 (packages); min and max do not apply.</summary>
    One,

    /// <summary>None at <c>add</c>: each child order brings its own (subscriptions).</summary>
    Children,
}

/// <summary>A parameter of one's own that a type asks for.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Kind">How its value is read.</param>
/// <param name="Required">Whether its absence refuses the order.</param>
public sealed record TypeParameter(string Name, ParameterKind Kind, bool Required = true);

/// <summary>How a type's own parameter is read.</summary>
public enum ParameterKind
{
    /// <summary>One line of text, trimmed.</summary>
    Text,

    /// <summary>A list, one item a line; trimmed, empty items dropped.</summary>
    Lines,

    /// <summary>A list, one item a line or separated by commas.</summary>
    LinesOrCommas,

    /// <summary>A whole number, at least 0.</summary>
    Number,

    /// <summary>One of the delays in minutes that the contract names.</summary>
    Delay,

    /// <summary>A date, <c>d/m/Y</c>.</summary>
    Date,
}

/// <summary>What the contract says of a type: one row of the table in api-v2.md section 4.</summary>
/// <param name="Type">The type.</param>
/// <param name="WireName">Its name in <c>services</c>.</param>
/// <param name="Per">How many units the rate is for: 1000 or 1.</param>
/// <param name="NeedsLink">Whether <c>link</c> is required (else it is not used).</param>
/// <param name="Quantity">Where the quantity comes from.</param>
/// <param name="Own">The type's own parameters, in the order of the table.</param>
public sealed record TypeRules(ServiceType Type, string WireName, int Per, bool NeedsLink, QuantitySource Quantity, params TypeParameter[] Own)
{
    private static readonly TypeRules[] All =
    [
        new(ServiceType.Default, "Default", 1000, true, QuantitySource.Parameter),
        new(ServiceType.Package, "Package", 1, true, QuantitySource.One),
        new(ServiceType.Seo, "SEO", 1000, true, QuantitySource.Parameter, new TypeParameter("keywords", ParameterKind.LinesOrCommas)),
        new(ServiceType.CustomComments, "Custom Comments", 1000, true, QuantitySource.Comments, new TypeParameter("comments", ParameterKind.Lines)),
        new(ServiceType.CustomCommentsPackage, "Custom Comments Package", 1, true, QuantitySource.One, new TypeParameter("comments", ParameterKind.Lines)),
        new(ServiceType.Mentions, "Mentions", 1000, true, QuantitySource.Parameter, new TypeParameter("usernames", ParameterKind.Lines)),
        new(ServiceType.MentionsWithHashtags, "Mentions with Hashtags", 1000, true, QuantitySource.Parameter,
            new TypeParameter("usernames", ParameterKind.Lines), new TypeParameter("hashtags", ParameterKind.Lines)),
        new(ServiceType.MentionsCustomList, "Mentions Custom List", 1000, true, QuantitySource.Usernames, new TypeParameter("usernames", ParameterKind.Lines)),
        new(ServiceType.MentionsHashtag, "Mentions Hashtag", 1000, true, QuantitySource.Parameter, new TypeParameter("hashtag", ParameterKind.Text)),
        new(ServiceType.MentionsUserFollowers, "Mentions User Followers", 1000, true, QuantitySource.Parameter, new TypeParameter("username", ParameterKind.Text)),
        new(ServiceType.MentionsMediaLikers, "Mentions Media Likers", 1000, true, QuantitySource.Parameter, new TypeParameter("media", ParameterKind.Text)),
        new(ServiceType.CommentLikes, "Comment Likes", 1000, true, QuantitySource.Parameter, new TypeParameter("username", ParameterKind.Text)),
        new(ServiceType.CommentReplies, "Comment Replies", 1000, true, QuantitySource.Comments,
            new TypeParameter("username", ParameterKind.Text), new TypeParameter("comments", ParameterKind.Lines)),
        new(ServiceType.Poll, "Poll", 1000, true, QuantitySource.Parameter, new TypeParameter("answer_number", ParameterKind.Number)),
        new(ServiceType.InvitesFromGroups, "Invites from Groups", 1000, true, QuantitySource.Parameter, new TypeParameter("groups", ParameterKind.Lines)),
        new(ServiceType.WebTraffic, "Web Traffic", 1000, true, QuantitySource.Parameter,
            new TypeParameter("country", ParameterKind.Text), new TypeParameter("device", ParameterKind.Text), new TypeParameter("type_of_traffic", ParameterKind.Text),
            new TypeParameter("google_keyword", ParameterKind.Text, Required: false), new TypeParameter("referring_url", ParameterKind.Text, Required: false)),
        new(ServiceType.Subscriptions, "Subscriptions", 1, false, QuantitySource.Children,
            new TypeParameter("username", ParameterKind.Text), new TypeParameter("min", ParameterKind.Number), new TypeParameter("max", ParameterKind.Number),
            new TypeParameter("posts", ParameterKind.Number, Required: false), new TypeParameter("old_posts", ParameterKind.Number, Required: false),
            new TypeParameter("delay", ParameterKind.Delay), new TypeParameter("expiry", ParameterKind.Date, Required: false)),
    ];

    /// <summary>The row of a type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is no type of ours.</exception>
    public static TypeRules Of(ServiceType type) =>
        (int)type is >= 1 and <= 17 ? All[(int)type - 1] : throw new ArgumentOutOfRangeException(nameof(type), type, "No such service type.");

    /// <summary>All rows, in the order of the table.</summary>
    public static IReadOnlyList<TypeRules> Table => All;
}
