using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;
using Route = Tally.Catalog.Route;

namespace Tally.Orders;

/// <summary>
/// Which of a service's routes an order takes (lifecycle.md section 3): those that have not refused it and do not cost more than it brings; first the ones whose provider
/// works now, in the list's order or the cheapest first. Pure.
/// </summary>
public static class RouteChoice
{
    /// <summary>What an order's note says when no route is left that costs no more than the order brings.</summary>
    public const string EveryRouteIsALoss = "Every route costs more than the order brings.";

    /// <summary>Spreads consecutive ids evenly: any hundred of them meet every hundredth once.</summary>
    private const int Stride = 37;

    /// <summary>The route a new order starts on: a route's share of traffic is taken out first, then the routing counts.</summary>
    /// <param name="works">Whether a provider takes orders now.</param>
    /// <returns>A route whose provider does not work now when none does; null when there is none at all.</returns>
    public static Route? First(Service service, long order, Money charge, long quantity, Func<long, bool> works)
    {
        if (service.FurtherRoutes.Count == 0)
        {
            return service.Routes.FirstOrDefault();
        }

        var open = Open(service, charge, quantity, tried: null);
        var hundredth = order % 100 * Stride % 100;
        var upTo = 0L;
        foreach (var route in service.Routes)
        {
            upTo += route.Share;
            if (hundredth < upTo)
            {
                // Its turn by share; where it cannot be had, the routing decides.
                return open.Contains(route) && works(route.ProviderId) ? route : Best(service, open, works);
            }
        }

        return Best(service, open, works);
    }

    /// <summary>The route an order takes after others have refused it, or while its own does not work; null when there is none.</summary>
    public static Route? Next(Service service, Order order, string? tried, Func<long, bool> works) =>
        Best(service, Open(service, order.ChargeMoney, order.Quantity, tried), works);

    /// <summary>What <see cref="Order.Tried"/> becomes when the order's present route has refused it.</summary>
    public static string Tried(Order order) => $"{order.Tried}{Line(order.ProviderId!.Value, order.ProviderService!)}\n";

    /// <summary>Whether an order would cost more on a route than it brings. A rate that is not known is no loss.</summary>
    internal static bool IsLoss(Service service, Route route, Money charge, long quantity)
    {
        if (route.ProviderRate is not { } rate)
        {
            return false;
        }

        // A run's charge is a share rounded down, so the fraction of a unit does not count against the route.
        var cost = (Int128)rate.Units * quantity / service.Rules.Per;
        return service.Rules.Quantity != QuantitySource.Children && cost > charge.Units;
    }

    private static List<Route> Open(Service service, Money charge, long quantity, string? tried)
    {
        var refused = tried?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return [.. service.Routes.Where(r => !refused.Contains(Line(r.ProviderId, r.ProviderService)) && !IsLoss(service, r, charge, quantity))];
    }

    private static Route? Best(Service service, List<Route> open, Func<long, bool> works)
    {
        var inOrder = service.Routing == Routing.Cheapest ? open.OrderBy(r => r.ProviderRate?.Units ?? long.MaxValue) : open.AsEnumerable();
        return inOrder.OrderBy(r => works(r.ProviderId) ? 0 : 1).FirstOrDefault();
    }

    private static string Line(long provider, string service) => string.Create(CultureInfo.InvariantCulture, $"{provider} {service}");
}
