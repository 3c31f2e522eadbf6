using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Where the ids of orders, refills and cancel requests come from.</summary>
public sealed class OrderIds(Database database, TimeProvider time) : IDisposable
{
    public IdAllocator Orders { get; } = new(database, time, "order");

    public IdAllocator Refills { get; } = new(database, time, "refill");

    public IdAllocator Cancels { get; } = new(database, time, "cancel");

    public void Dispose()
    {
        Orders.Dispose();
        Refills.Dispose();
        Cancels.Dispose();
    }
}
