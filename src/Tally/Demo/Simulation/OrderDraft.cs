namespace Tally.Demo;

/// <summary>An order that has passed every check but reference and funds.</summary>
/// <param name="Service">The service as it was on sale at that moment.</param>
/// <param name="Link">The target; empty for a subscription.</param>
/// <param name="Quantity">The whole quantity, of all runs; 0 for a subscription.</param>
/// <param name="Cost">What it costs at once: quantity at the service's rate, rounded up; 0 for a subscription.</param>
/// <param name="Script">What its link and its service make of it.</param>
internal sealed record OrderDraft(SimulatedService Service, string Link, long Quantity, decimal Cost, OrderScript Script)
{
    /// <summary>The reference under which it is unique; null when none was sent, or when the provider knows of none.</summary>
    public string? Reference { get; init; }

    /// <summary>The reference as it was sent.</summary>
    public string? SentReference { get; init; }

    /// <summary>The parameters that make it the same order when it is sent again.</summary>
    public string Fingerprint { get; init; } = "";

    public DripPlan? Drip { get; init; }

    public SubscriptionPlan? Subscription { get; init; }
}

/// <summary>A drip-feed: 2 or more runs of the same quantity.</summary>
internal sealed record DripPlan(int Runs, long IntervalMinutes, long QuantityPerRun);

/// <summary>What a subscription asks for.</summary>
/// <param name="Min">The smallest quantity for a post.</param>
/// <param name="Max">The largest quantity for a post.</param>
/// <param name="Posts">How many new posts; 0 = unlimited.</param>
/// <param name="OldPosts">How many posts that are there already.</param>
/// <param name="DelayMinutes">How long after a post its order begins.</param>
/// <param name="Expiry">As it was sent, d/m/Y; empty = never.</param>
/// <param name="ExpiresAt">The simulated millisecond at which that day ends.</param>
internal sealed record SubscriptionPlan(long Min, long Max, int Posts, int OldPosts, int DelayMinutes, string Expiry, long ExpiresAt);
