namespace Tally.Demo;

/// <summary>
/// One order that the provider has taken. What was ordered never changes; its state is a function of time, which a test or
/// a cancel request may replace by another function.
/// </summary>
internal sealed class SimulatedOrder(OrderDraft draft, int id, long takenAt, DateTimeOffset receivedAt, Func<long, OrderState> course)
{
    private volatile Func<long, OrderState> _course = course;
    private volatile bool _cancelRequested;

    public int Id => id;

    public OrderDraft Draft => draft;

    /// <summary>When it was taken or, for a run, when it is due; simulated milliseconds.</summary>
    public long TakenAt => takenAt;

    public DateTimeOffset ReceivedAt => receivedAt;

    /// <summary>The drip-feed or subscription that this order heads; null for an ordinary order.</summary>
    public SimulatedSeries? Series { get; init; }

    /// <summary>The series' order, for a child order: that one never arrived by itself and is charged through its parent.</summary>
    public int? ParentId { get; init; }

    /// <summary>The last refill of this order; read and written under the book's lock.</summary>
    public SimulatedRefill? LastRefill { get; set; }

    /// <summary>What the account has paid for it so far; read and written under the book's lock.</summary>
    public decimal Booked { get; set; }

    public bool CancelRequested => _cancelRequested;

    public OrderState At(long now) => _course(now);

    /// <summary>Nails the state; the order stays so until the next call.</summary>
    public void Set(OrderState state)
    {
        _course = _ => state;
        _cancelRequested = false;
    }

    public void RequestCancel(CancelRequest request)
    {
        _cancelRequested = true;
        if (Series is not null)
        {
            // A run under way is settled by its own outcome (lifecycle.md section 5); only the runs to come are stopped.
            if (request.Outcome != CancelOutcome.Ignored)
                Series.StopAt(request.EffectiveAt);
            return;
        }

        var undisturbed = _course;
        _course = now => request.At(now, undisturbed, draft.Quantity, draft.Cost);
    }
}
