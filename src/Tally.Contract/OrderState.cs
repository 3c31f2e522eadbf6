namespace Tally.Contract;

/// <summary>
/// How an order stands: the answer to <c>status</c>. Only the status must be there; panels leave out, empty or null all the rest, which then is null here. Numbers are what the
/// panel said, not judged: <see cref="Remains"/> may be negative or above the quantity, and the caller clamps it (lifecycle.md section 1).
/// </summary>
public sealed record OrderState
{
    /// <summary>The word; <see cref="OrderWord.Unknown"/> proves nothing about the order.</summary>
    public required OrderWord Status { get; init; }

    /// <summary>The status as the panel wrote it.</summary>
    public required string StatusText { get; init; }

    /// <summary>What the order has cost, in <see cref="Currency"/>; on Tally net of refunds.</summary>
    public decimal? Charge { get; init; }

    /// <summary>The account's currency, such as <c>USD</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>What the target had when delivery began. Null also for words in the place of a number, because no money hangs on it.</summary>
    public long? StartCount { get; init; }

    /// <summary>What is still to be delivered; raw, so it may be negative.</summary>
    public long? Remains { get; init; }

    /// <summary>Drip-feed: the number of runs.</summary>
    public long? Runs { get; init; }

    /// <summary>Drip-feed: minutes between two runs.</summary>
    public long? Interval { get; init; }

    /// <summary>Drip-feed and subscriptions: the ids of the child orders; empty without any.</summary>
    public IReadOnlyList<long> Orders { get; init; } = [];

    /// <summary>Subscriptions: posts, as the panel counts them.</summary>
    public long? Posts { get; init; }

    /// <summary>Subscriptions: the last day, as the panel writes it.</summary>
    public string? Expiry { get; init; }
}
