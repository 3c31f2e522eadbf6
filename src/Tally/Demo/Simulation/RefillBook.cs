using System.Collections.Concurrent;

namespace Tally.Demo;

/// <summary>What asking for a refill came to.</summary>
internal abstract record RefillTaking
{
    private RefillTaking() { }

    public sealed record Taken(int Id) : RefillTaking;

    public sealed record Refused(Refusal Refusal) : RefillTaking;
}

/// <summary>The provider's refill tasks.</summary>
internal sealed class RefillBook(SimulatedProviderOptions options, SimulatedClock clock)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<int, SimulatedRefill> _refills = new();
    private int _lastId;

    public SimulatedRefill? Find(int? id) => id is null ? null : _refills.GetValueOrDefault(id.Value);

    public string? StatusOf(int? id) => Find(id)?.StatusAt(clock.Now);

    public RefillTaking Ask(SimulatedOrder order, RefillOutcome outcome)
    {
        lock (_gate)
        {
            var now = clock.Now;
            if (outcome == RefillOutcome.Refused)
                return new RefillTaking.Refused(Refusal.RefillDisabled);
            if (Objection(order, now) is { } objection)
                return new RefillTaking.Refused(objection);

            var id = ++_lastId;
            var refill = new SimulatedRefill(id, now, options.RefillTime.Roll(options.Seed, id, DiceUse.RefillTime), outcome);
            order.LastRefill = refill;
            _refills[id] = refill;
            _ = _refills.TryRemove(id - options.MaxRemembered, out _);
            return new RefillTaking.Taken(id);
        }
    }

    // Owner, offered, completed, one open, pause, window: the order of checks of api-v2.md section 7.
    private Refusal? Objection(SimulatedOrder order, long now)
    {
        if (!order.Draft.Service.Refill)
            return Refusal.RefillDisabled;
        var state = order.At(now);
        if (state.Status != OrderWords.Completed)
            return Refusal.RefillNotCompleted;
        if (order.LastRefill?.IsOpenAt(now) == true)
            return Refusal.RefillOpen;
        if (now < Math.Max(state.Since, order.LastRefill?.AskedAt ?? 0) + options.RefillPause.TotalMilliseconds)
            return Refusal.RefillTooEarly;
        var window = TimeSpan.FromDays(order.Draft.Service.RefillDays);
        return window > TimeSpan.Zero && now > state.Since + window.TotalMilliseconds ? Refusal.RefillExpired : null;
    }
}
