using System.Text.Json.Nodes;

namespace Tally.Demo;

/// <summary>An order that is carried out by child orders: all planned when it is taken, each invisible until it is due.</summary>
internal abstract class SimulatedSeries(IReadOnlyList<SimulatedOrder> runs)
{
    private long _stoppedAt = long.MaxValue;

    public IReadOnlyList<SimulatedOrder> Runs => runs;

    /// <summary>No run that is due at this simulated millisecond or later takes place.</summary>
    public void StopAt(long at) => Interlocked.Exchange(ref _stoppedAt, at);

    public bool IsStoppedBy(long now) => Interlocked.Read(ref _stoppedAt) <= now;

    public bool TakesPlace(SimulatedOrder run, long now) => run.TakenAt <= now && run.TakenAt < Interlocked.Read(ref _stoppedAt);

    public abstract OrderState At(long now);

    /// <summary>Adds the keys that a series' <c>status</c> carries besides the plain ones (lifecycle.md sections 5 and 6).</summary>
    public abstract void Describe(JsonObject answer, long now);

    protected IEnumerable<SimulatedOrder> Due(long now) => runs.Where(run => TakesPlace(run, now));

    protected JsonArray DueIds(long now) => new([.. Due(now).Select(run => (JsonNode)run.Id)]);
}

/// <summary>A drip-feed: equal runs, one every interval, paid in full at once.</summary>
internal sealed class DripFeed(OrderDraft draft, long takenAt, IReadOnlyList<SimulatedOrder> runs) : SimulatedSeries(runs)
{
    public override OrderState At(long now)
    {
        var states = Due(now).Select(run => run.At(now)).ToList();
        if (states.Count == 0 && !IsStoppedBy(now))
            return new OrderState(OrderWords.Pending, 0, draft.Quantity, draft.Cost, takenAt);

        var delivered = states.Sum(state => draft.Drip!.QuantityPerRun - state.Remains);
        var remains = draft.Quantity - delivered;
        var startCount = states.Count == 0 ? 0 : states[0].StartCount;
        var over = (states.Count == Runs.Count || IsStoppedBy(now)) && states.TrueForAll(state => state.IsFinal);
        if (!over)
            return new OrderState(OrderWords.InProgress, startCount, remains, draft.Cost, takenAt);

        var status = remains == 0 ? OrderWords.Completed : delivered == 0 ? OrderWords.Canceled : OrderWords.Partial;
        var since = states.Count == 0 ? now : states.Max(state => state.Since);
        return new OrderState(status, startCount, remains, Price.AfterRefund(draft.Cost, draft.Quantity, remains), since);
    }

    public override void Describe(JsonObject answer, long now)
    {
        answer["runs"] = draft.Drip!.Runs;
        answer["interval"] = draft.Drip.IntervalMinutes;
        answer["orders"] = DueIds(now);
    }
}

/// <summary>A subscription: a child order of a random quantity for every post, paid as the posts come.</summary>
internal sealed class Subscription(OrderDraft draft, long takenAt, IReadOnlyList<SimulatedOrder> runs) : SimulatedSeries(runs)
{
    public override OrderState At(long now)
    {
        var states = Due(now).Select(run => run.At(now)).ToList();
        var charge = states.Sum(state => state.Charge);
        var remains = states.Sum(state => state.Remains);
        var plan = draft.Subscription!;
        var allPosts = plan.Posts > 0 && states.Count >= plan.Posts + plan.OldPosts && states.TrueForAll(state => state.IsFinal);
        var status = IsStoppedBy(now) ? OrderWords.Canceled
            : allPosts ? OrderWords.Completed
            : plan.ExpiresAt <= now ? OrderWords.Expired
            : OrderWords.Active;
        return new OrderState(status, 0, remains, charge, states.Count == 0 ? takenAt : states.Max(state => state.Since));
    }

    public override void Describe(JsonObject answer, long now)
    {
        answer["posts"] = draft.Subscription!.Posts.ToString(System.Globalization.CultureInfo.InvariantCulture);
        answer["expiry"] = draft.Subscription.Expiry;
        answer["orders"] = DueIds(now);
    }
}
