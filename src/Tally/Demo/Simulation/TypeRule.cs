using System.Collections.Frozen;

namespace Tally.Demo;

/// <summary>Where an order's quantity comes from.</summary>
internal enum QuantitySource
{
    /// <summary>The parameter <c>quantity</c>, within the service's min and max.</summary>
    Given,

    /// <summary>Always 1; min and max do not count.</summary>
    One,

    /// <summary>The number of lines of the type's first list, within min and max.</summary>
    Lines,

    /// <summary>None of its own: every post brings an order.</summary>
    Posts,
}

/// <summary>
/// A row of the table in api-v2.md section 4. The provider reads the table for itself, on purpose apart from the panel's
/// own reader: two ends that shared one reader would agree on its mistakes.
/// </summary>
/// <param name="Name">The type's name in the specification's spelling.</param>
/// <param name="Quantity">Where the quantity comes from.</param>
/// <param name="Lists">Required newline lists.</param>
/// <param name="Words">Required single values, not empty.</param>
internal sealed record TypeRule(string Name, QuantitySource Quantity, string[] Lists, string[] Words)
{
    public bool NeedsLink => Quantity != QuantitySource.Posts;

    /// <summary>How many units the rate buys.</summary>
    public int PricePer => Quantity is QuantitySource.Given or QuantitySource.Lines ? 1000 : 1;

    public bool MayDripFeed => PricePer == 1000;

    private static readonly FrozenDictionary<string, TypeRule> All = new TypeRule[]
    {
        new("Default", QuantitySource.Given, [], []),
        new("Package", QuantitySource.One, [], []),
        new("SEO", QuantitySource.Given, ["keywords"], []),
        new("Custom Comments", QuantitySource.Lines, ["comments"], []),
        new("Custom Comments Package", QuantitySource.One, ["comments"], []),
        new("Mentions", QuantitySource.Given, ["usernames"], []),
        new("Mentions with Hashtags", QuantitySource.Given, ["usernames", "hashtags"], []),
        new("Mentions Custom List", QuantitySource.Lines, ["usernames"], []),
        new("Mentions Hashtag", QuantitySource.Given, [], ["hashtag"]),
        new("Mentions User Followers", QuantitySource.Given, [], ["username"]),
        new("Mentions Media Likers", QuantitySource.Given, [], ["media"]),
        new("Comment Likes", QuantitySource.Given, [], ["username"]),
        new("Comment Replies", QuantitySource.Lines, ["comments"], ["username"]),
        new("Poll", QuantitySource.Given, [], ["answer_number"]),
        new("Invites from Groups", QuantitySource.Given, ["groups"], []),
        new("Web Traffic", QuantitySource.Given, [], ["country", "device", "type_of_traffic"]),
        new("Subscriptions", QuantitySource.Posts, [], ["username"]),
    }.ToFrozenDictionary(rule => rule.Name, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The rule of a type; the name is compared without regard to case.</summary>
    public static TypeRule Of(string type) => All[type];
}
