using System.Collections;
using System.Collections.Concurrent;

namespace Tally.Demo;

/// <summary>What taking a draft came to.</summary>
internal abstract record OrderTaking
{
    private OrderTaking() { }

    public sealed record Taken(int Id) : OrderTaking;

    public sealed record Replayed(int Id) : OrderTaking;

    public sealed record Refused(Refusal Refusal) : OrderTaking;
}

/// <summary>
/// The provider's orders and our balance there. One short lock makes id, reference and balance one decision; nothing waits
/// inside it, and reading an order's state takes no lock at all.
/// </summary>
internal sealed class OrderBook(SimulatedProviderOptions options, SimulatedClock clock) : IReadOnlyCollection<TakenOrder>
{
    private readonly Lock _gate = new();
    private readonly OrderPlan _plan = new(options);
    private readonly ConcurrentDictionary<int, SimulatedOrder> _orders = new();
    private readonly Dictionary<string, SimulatedOrder> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<int, SimulatedOrder> _unsettled = [];
    private decimal _balance = options.Balance;
    private int _lastId = options.FirstOrderId - 1;
    private int _heads;

    /// <summary>How many remembered orders arrived, runs not counted.</summary>
    public int Count => Volatile.Read(ref _heads);

    /// <summary>Our balance after all refunds that are due by now.</summary>
    public decimal Balance
    {
        get
        {
            lock (_gate)
            {
                SettleAll();
                return _balance;
            }
        }

        set
        {
            lock (_gate)
            {
                SettleAll();
                _balance = value;
            }
        }
    }

    /// <summary>Charges and numbers a draft; a draft whose reference is known takes nothing.</summary>
    public OrderTaking Take(OrderDraft draft)
    {
        lock (_gate)
        {
            if (draft.Reference is { } reference && _references.TryGetValue(reference, out var first))
                return Again(first, draft.Fingerprint);
            if (_balance < draft.Cost)
                SettleAll();
            if (_balance < draft.Cost)
                return new OrderTaking.Refused(Refusal.NotEnoughFunds);

            var orders = _plan.Make(draft, _lastId + 1, clock.Now);
            var head = orders[0];
            if (draft.Reference is not null)
                _references[draft.Reference] = head;
            if (head.Series is not null || draft.Script.Ending is not null)
                _unsettled[head.Id] = head;
            _ = Settle(head);
            foreach (var order in orders)
                Remember(order);
            return new OrderTaking.Taken(head.Id);
        }
    }

    /// <summary>The order of an earlier draft with this reference.</summary>
    public SimulatedOrder? FindReference(string reference)
    {
        lock (_gate)
            return _references.GetValueOrDefault(reference);
    }

    /// <summary>The answer to a reference that is known: the first order, or a conflict.</summary>
    public static OrderTaking Again(SimulatedOrder first, string fingerprint) => first.Draft.Fingerprint == fingerprint
        ? new OrderTaking.Replayed(first.Id)
        : new OrderTaking.Refused(Refusal.ReferenceConflict(first.Id));

    /// <summary>An order, unless it is unknown, forgotten, or a run that is not due.</summary>
    public SimulatedOrder? Find(int? id)
    {
        if (id is null || !_orders.TryGetValue(id.Value, out var order))
            return null;
        if (order.ParentId is not { } parentId)
            return order;
        var hidden = _orders.TryGetValue(parentId, out var parent) && !parent.Series!.TakesPlace(order, clock.Now);
        return hidden ? null : order;
    }

    /// <summary>Does something to an order that may move money, and books what it moved.</summary>
    public void Change(SimulatedOrder order, Action<SimulatedOrder> change)
    {
        lock (_gate)
        {
            change(order);
            var head = order.ParentId is { } parent ? _orders.GetValueOrDefault(parent) : order;
            if (head is not null)
                _unsettled[head.Id] = head;
        }
    }

    /// <summary>The orders that arrived, oldest first, as they are remembered at this moment.</summary>
    public IEnumerator<TakenOrder> GetEnumerator()
    {
        var last = Volatile.Read(ref _lastId);
        for (var id = Math.Max(options.FirstOrderId, last - options.MaxRemembered + 1); id <= last; id++)
        {
            if (_orders.TryGetValue(id, out var order) && order.ParentId is null)
                yield return TakenOrder.From(order);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Remember(SimulatedOrder order)
    {
        _lastId = order.Id;
        _orders[order.Id] = order;
        if (order.ParentId is null)
            _heads++;
        if (_orders.TryRemove(order.Id - options.MaxRemembered, out var oldest))
            Forget(oldest);
    }

    private void Forget(SimulatedOrder order)
    {
        if (order.ParentId is not null)
            return;
        _heads--;
        _ = Settle(order);
        _ = _unsettled.Remove(order.Id);
        if (order.Draft.Reference is { } reference)
            _ = _references.Remove(reference);
    }

    private void SettleAll()
    {
        foreach (var order in _unsettled.Values.ToList())
        {
            if (Settle(order).IsFinal)
                _ = _unsettled.Remove(order.Id);
        }
    }

    // Owed is the target minus what is booked, so that a state that flips back and forth never pays twice.
    private OrderState Settle(SimulatedOrder order)
    {
        var state = order.At(clock.Now);
        _balance -= state.Charge - order.Booked;
        order.Booked = state.Charge;
        return state;
    }
}
