using Tally.Orders;

namespace Tally.Tests.Orders;

/// <summary>What an order's state and refunds must come to: lifecycle.md sections 1 and 2, without a store or a ledger.</summary>
internal sealed class OrderModel
{
    private readonly long _charge;
    private readonly long _quantity;

    public OrderModel(long charge, long quantity) => (_charge, _quantity, Remains) = (charge, quantity, quantity);

    public OrderStatus Status { get; private set; }

    public long Remains { get; private set; }

    public long Refunded { get; private set; }

    public void Hear(ChangedBy by, OrderStatus said, long? remains)
    {
        var left = Math.Clamp(remains ?? Remains, 0, _quantity);
        var firstPartial = said == OrderStatus.Partial && Status != OrderStatus.Partial;
        if (firstPartial && remains is null)
        {
            return;
        }

        var meant = firstPartial && left == 0 ? OrderStatus.Completed : said;
        var moves = meant != Status && Lifecycle.Allows(Status, meant, by);
        var frozen = Status is OrderStatus.Completed or OrderStatus.Canceled || (Status == OrderStatus.Partial && meant != OrderStatus.Partial);
        if (!moves && frozen)
        {
            return;
        }

        Status = moves ? meant : Status;
        Remains = Status == OrderStatus.Completed ? 0 : left;
        var target = Status switch
        {
            OrderStatus.Canceled => _charge,
            OrderStatus.Partial => (long)((Int128)_charge * Remains / _quantity),
            _ => 0,
        };
        Refunded = Math.Max(Refunded, target);
    }
}
