using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>What to do with an order that every provider refused (lifecycle.md section 3).</summary>
public enum OnRefusal : short
{
    /// <summary>Hold it for the operator, with the provider's words.</summary>
    Hold = 0,

    /// <summary>Cancel it and pay it back.</summary>
    Cancel = 1,
}

/// <summary>A service that the panel sells.</summary>
/// <param name="Id">1 … 2^31−1.</param>
/// <param name="Rate">The price of <see cref="TypeRules.Per"/> units.</param>
/// <param name="Min">The smallest quantity of one order (of one run, for drip-feed).</param>
/// <param name="Max">The largest quantity of one order (of one run, for drip-feed).</param>
/// <param name="RefillDays">How many days after completion a refill may be asked for; 0 = no limit.</param>
/// <param name="Handles">Whether a link may be a handle such as <c>@name</c>.</param>
/// <param name="UniqueLink">Whether a customer may have only one active order for the same link.</param>
/// <param name="ProviderId">Who delivers it; null = the operator's own staff.</param>
/// <param name="ProviderService">The provider's id of the service.</param>
/// <param name="Enabled">Whether the operator wants it sold; whether it is says <see cref="Sold"/>.</param>
/// <param name="ProviderRate">What the provider asked for when it was last asked, for <see cref="TypeRules.Per"/> units in the panel's currency; null = not known.</param>
public sealed record Service(
    long Id,
    string Name,
    string Description,
    ServiceType Type,
    string Category,
    string Platform,
    Money Rate,
    long Min,
    long Max,
    bool Refill,
    bool Cancel,
    bool Dripfeed,
    int RefillDays,
    bool Enabled,
    bool Handles,
    bool UniqueLink,
    OnRefusal OnRefusal,
    long? ProviderId,
    string? ProviderService,
    Money? ProviderRate,
    int Position)
{
    /// <summary>Which route an order takes first.</summary>
    public Routing Routing { get; init; }

    /// <summary>The routes besides the service's own provider, in order.</summary>
    public RouteList FurtherRoutes { get; init; } = [];

    /// <summary>The provider's offer that was last taken into this service; null before the first.</summary>
    public Offer? Upstream { get; init; }

    /// <summary>Whether the operator set the rate; price rules leave it alone then.</summary>
    public bool PricedByHand { get; init; }

    /// <summary>Whether its provider does not list it now; it is not sold until it is back.</summary>
    public bool Vanished { get; init; }

    /// <summary>Whether every route is known to cost more than the rate. A route of unknown cost is no loss.</summary>
    public bool BelowCost => ProviderId is not null && ProviderRate > Rate && FurtherRoutes.All(r => r.ProviderRate > Rate);

    /// <summary>What its cheapest route asks, in the rate's units; null when that of a route is not known, and for a manual service.</summary>
    public Money? KnownCost
    {
        get
        {
            if (ProviderId is null || ProviderRate is not { } cost)
            {
                return null;
            }

            foreach (var route in FurtherRoutes)
            {
                if (route.ProviderRate is not { } further)
                {
                    return null;
                }

                cost = further < cost ? further : cost;
            }

            return cost;
        }
    }

    /// <summary>Whether customers can order it: switched on, listed by its provider, and not below cost.</summary>
    public bool Sold => Enabled && !Vanished && !BelowCost;

    /// <summary>All routes, the service's own provider first; empty for a manual service.</summary>
    public IEnumerable<Route> Routes => ProviderId is { } provider ? [new Route(provider, ProviderService!, ProviderRate), .. FurtherRoutes] : FurtherRoutes;

    /// <summary>The contract's row for this service's type.</summary>
    public TypeRules Rules => TypeRules.Of(Type);
}
