namespace Tally.Demo;

/// <summary>Makes the orders of a draft: one, or a series with all its runs, whose ids follow the head's.</summary>
internal sealed class OrderPlan(SimulatedProviderOptions options)
{
    // An account that posts for ever would need orders without end; this one falls silent, and its subscription stays Active.
    private const int PostsOfAnUnlimitedSubscription = 50;

    /// <summary>The head first, then the runs in the order of their ids.</summary>
    public IReadOnlyList<SimulatedOrder> Make(OrderDraft draft, int id, long now)
    {
        if (draft.Drip is { } drip)
            return Series(draft, id, now, Drip(draft, drip, id, now), runs => new DripFeed(draft, now, runs));
        if (draft.Subscription is { } subscription)
            return Series(draft, id, now, Posts(draft, subscription, id, now), runs => new Subscription(draft, now, runs));
        return [Single(draft, id, now, parent: null)];
    }

    private SimulatedOrder Single(OrderDraft draft, int id, long dueAt, int? parent)
    {
        var course = OrderCourse.For(options, id, dueAt, draft.Script, draft.Quantity, draft.Cost);
        return new SimulatedOrder(draft, id, dueAt, options.Time.GetUtcNow(), course.At) { ParentId = parent };
    }

    private List<SimulatedOrder> Series(
        OrderDraft draft, int id, long now, IEnumerable<SimulatedOrder> planned, Func<IReadOnlyList<SimulatedOrder>, SimulatedSeries> kind)
    {
        var runs = planned.ToList();
        var series = kind(runs);
        return [new SimulatedOrder(draft, id, now, options.Time.GetUtcNow(), series.At) { Series = series }, .. runs];
    }

    private IEnumerable<SimulatedOrder> Drip(OrderDraft draft, DripPlan drip, int id, long now)
    {
        // The total is rounded up once; runs share it, the last one takes the remainder (api-v2.md section 7).
        var share = Price.Share(draft.Cost, drip.Runs);
        var run = draft with { Quantity = drip.QuantityPerRun, Cost = share, Drip = null, Reference = null };
        var interval = drip.IntervalMinutes * (long)TimeSpan.FromMinutes(1).TotalMilliseconds;
        for (var i = 0; i < drip.Runs - 1; i++)
            yield return Single(run, id + 1 + i, now + (i * interval), id);
        yield return Single(run with { Cost = draft.Cost - (share * (drip.Runs - 1)) }, id + drip.Runs, now + ((drip.Runs - 1) * interval), id);
    }

    private IEnumerable<SimulatedOrder> Posts(OrderDraft draft, SubscriptionPlan plan, int id, long now)
    {
        var newPosts = plan.Posts == 0 ? PostsOfAnUnlimitedSubscription : plan.Posts;
        var delay = (long)TimeSpan.FromMinutes(plan.DelayMinutes).TotalMilliseconds;
        for (var i = 0; i < plan.OldPosts + newPosts; i++)
        {
            var publishedAt = now + ((long)options.PostEvery.TotalMilliseconds * Math.Max(0, i + 1 - plan.OldPosts));
            if (publishedAt >= plan.ExpiresAt)
                yield break;
            var quantity = Dice.Between(plan.Min, plan.Max, options.Seed, id + 1 + i, DiceUse.PostQuantity);
            var cost = Price.Of(draft.Service.Rate, quantity, per: 1);
            var post = draft with { Quantity = quantity, Cost = cost, Subscription = null, Reference = null };
            yield return Single(post, id + 1 + i, i < plan.OldPosts ? now : publishedAt + delay, id);
        }
    }
}
