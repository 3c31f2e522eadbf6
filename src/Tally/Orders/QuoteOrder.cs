using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Orders;

/// <summary>Says what an order would cost an account now, without placing it.</summary>
public sealed class QuoteOrder(Catalog.Catalog catalog, CustomerPrices prices, TimeProvider time)
{
    /// <summary>The charge; null while the parameters are not such that an order could be placed.</summary>
    public Money? Run(long accountId, OrderParameters parameters) =>
        PlaceOrder.Decide(accountId, parameters, catalog.Current, prices.Find(accountId), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out _)?.Charge;
}
