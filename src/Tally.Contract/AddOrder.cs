namespace Tally.Contract;

/// <summary>
/// The parameters of <c>add</c> for all seventeen types (api-v2.md section 4). What is null is not sent; the panel judges the rest. Lists are sent one item a line, so an
/// item that holds line breaks is several items: a list of one text may carry a whole comment list.
/// </summary>
public sealed record AddOrder
{
    /// <summary>The service's id.</summary>
    public required string Service { get; init; }

    /// <summary>An absolute http(s) URL or, where the service allows it, a handle.</summary>
    public string? Link { get; init; }

    /// <summary>Units to deliver; per run with drip-feed.</summary>
    public long? Quantity { get; init; }

    /// <summary>Drip-feed: the number of runs.</summary>
    public long? Runs { get; init; }

    /// <summary>Drip-feed: minutes between two runs.</summary>
    public long? Interval { get; init; }

    public IReadOnlyList<string>? Comments { get; init; }

    public IReadOnlyList<string>? Keywords { get; init; }

    public IReadOnlyList<string>? Usernames { get; init; }

    public IReadOnlyList<string>? Hashtags { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    public string? Username { get; init; }

    public string? Hashtag { get; init; }

    public string? Media { get; init; }

    public string? AnswerNumber { get; init; }

    public string? Country { get; init; }

    public string? Device { get; init; }

    public string? TypeOfTraffic { get; init; }

    public string? GoogleKeyword { get; init; }

    public string? ReferringUrl { get; init; }

    /// <summary>Subscriptions: the smallest quantity for a post.</summary>
    public long? Min { get; init; }

    /// <summary>Subscriptions: the largest quantity for a post.</summary>
    public long? Max { get; init; }

    /// <summary>Subscriptions: new posts to serve; 0 or null for no end.</summary>
    public long? Posts { get; init; }

    /// <summary>Subscriptions: posts to serve that exist already.</summary>
    public long? OldPosts { get; init; }

    /// <summary>Subscriptions: minutes between a post and its order, one of the values that the specification lists.</summary>
    public long? Delay { get; init; }

    /// <summary>Subscriptions: the last day; sent as d/m/Y.</summary>
    public DateOnly? Expiry { get; init; }

    /// <summary>
    /// Your own unique reference, at most 100 characters. On a panel that knows it, the same order sent again with the same reference is the same order and costs nothing.
    /// </summary>
    public string? OrderReference { get; init; }

    /// <summary>Further parameters by their wire names. None may be <c>key</c>, <c>action</c>, or one that is set above.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extra { get; init; } = [];
}
