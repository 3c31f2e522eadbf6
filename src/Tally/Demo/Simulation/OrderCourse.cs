namespace Tally.Demo;

/// <summary>
/// An order's way as a pure function of time: Pending, In progress with linearly falling remains, then its ending. No timer
/// moves an order, so a million of them cost nothing until somebody asks.
/// </summary>
internal sealed record OrderCourse(long TakenAt, long PendingFor, long DeliverFor, long StartCount, OrderEnding Ending, long Quantity, decimal Cost)
{
    private long BeginsAt => TakenAt + PendingFor;

    private long EndsAt => BeginsAt + DeliverFor;

    /// <summary>The course of the order with this number: durations and start count follow from the seed and the number alone.</summary>
    public static OrderCourse For(SimulatedProviderOptions options, int number, long takenAt, OrderScript script, long quantity, decimal cost) => new(
        takenAt,
        options.PendingTime.Roll(options.Seed, number, DiceUse.PendingTime),
        script.DeliveryTime is { } set ? (long)set.TotalMilliseconds : options.DeliveryTime.Roll(options.Seed, number, DiceUse.DeliveryTime),
        Dice.Between(0, 50_000, options.Seed, number, DiceUse.StartCount),
        script.Ending ?? new OrderEnding.Completed(),
        quantity,
        cost);

    public OrderState At(long now)
    {
        if (now < BeginsAt)
            return new OrderState(OrderWords.Pending, 0, Quantity, Cost, TakenAt);
        if (Ending is OrderEnding.Canceled)
            return new OrderState(OrderWords.Canceled, 0, Quantity, 0, BeginsAt);
        if (now < EndsAt)
            return new OrderState(OrderWords.InProgress, StartCount, RemainsDuringDelivery(now), Cost, BeginsAt);
        return FinalRemains == 0
            ? new OrderState(OrderWords.Completed, StartCount, 0, Cost, EndsAt)
            : new OrderState(OrderWords.Partial, StartCount, FinalRemains, Price.AfterRefund(Cost, Quantity, FinalRemains), EndsAt);
    }

    private long FinalRemains => Ending is OrderEnding.Partial partial ? Math.Max(1, Quantity * partial.PercentRemaining / 100) : 0;

    private long RemainsDuringDelivery(long now)
    {
        var delivered = (Int128)(Quantity - FinalRemains) * (now - BeginsAt) / DeliverFor;
        return Quantity - (long)delivered;
    }
}
