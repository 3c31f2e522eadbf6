namespace Tally.Demo;

/// <summary>How a simulated provider behaves. The defaults suit a demo: an order is done within eight seconds.</summary>
public sealed record SimulatedProviderOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0 lets the system choose a free one.</summary>
    public int Port { get; init; }

    /// <summary>The only key that it accepts.</summary>
    public string Key { get; init; } = "simulated-provider-key";

    /// <summary>The currency that every answer names.</summary>
    public string Currency { get; init; } = "VND";

    /// <summary>What our account there holds at the start, in <see cref="Currency"/>.</summary>
    public decimal Balance { get; init; } = 1_000_000_000m;

    /// <summary>Decides every duration, start count and random fault: the same seed gives the same run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The real clock behind the simulated one.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many simulated seconds pass in a real one; greater than 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>How long an order stays Pending (simulated).</summary>
    public TimeRange PendingTime { get; init; } = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));

    /// <summary>How long an order stays In progress (simulated).</summary>
    public TimeRange DeliveryTime { get; init; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));

    /// <summary>How long a refill takes; its first half is Pending (simulated).</summary>
    public TimeRange RefillTime { get; init; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));

    /// <summary>How long after an accepted cancel request the order ends (simulated).</summary>
    public TimeSpan CancelTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The pause a refill demands after completion and after the last refill (simulated). Our own panel asks for 24 hours
    /// (lifecycle.md section 7); this one does not by default, since its orders complete in seconds.
    /// </summary>
    public TimeSpan RefillPause { get; init; } = TimeSpan.Zero;

    /// <summary>How often the target of a subscription publishes a post (simulated).</summary>
    public TimeSpan PostEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it knows <c>order_reference</c>; without, the parameter is ignored, as most panels do.</summary>
    public bool SupportsReference { get; init; } = true;

    /// <summary>Its own service ids are this plus ours: service 1 of the demo catalogue is 501 here.</summary>
    public int ServiceIdOffset { get; init; } = 500;

    /// <summary>Its rates as a percentage of the demo catalogue's; what we pay it for what we sell.</summary>
    public int CostPercent { get; init; } = 70;

    /// <summary>The id of its first order; further ones count up.</summary>
    public int FirstOrderId { get; init; } = 1;

    /// <summary>How many orders (and how many refills) it keeps; older ones become unknown ids. At least 1.</summary>
    public int MaxRemembered { get; init; } = 1_000_000;

    /// <summary>How many received calls it keeps with their parameters; the counts go on beyond. At least 1.</summary>
    public int MaxReceived { get; init; } = 100_000;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Key);
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRemembered, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReceived, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstOrderId, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ServiceIdOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(CostPercent);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Speed);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PostEvery, TimeSpan.Zero);
    }
}

/// <summary>A range of durations, both ends included. <paramref name="Shortest"/> may not exceed <paramref name="Longest"/>.</summary>
public sealed record TimeRange(TimeSpan Shortest, TimeSpan Longest)
{
    internal long Roll(int seed, long number, DiceUse use) =>
        Dice.Between((long)Shortest.TotalMilliseconds, (long)Longest.TotalMilliseconds, seed, number, use);
}
