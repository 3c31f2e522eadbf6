using System.Collections;
using System.Runtime.CompilerServices;
using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>Which of a service's routes an order takes first. The numbers are stored; never renumber.</summary>
public enum Routing : short
{
    /// <summary>In the order of the list.</summary>
    Priority = 0,

    /// <summary>The cheapest first.</summary>
    Cheapest = 1,
}

/// <summary>A way to have a service delivered.</summary>
/// <param name="ProviderId">Who delivers.</param>
/// <param name="ProviderService">The provider's id of the service.</param>
/// <param name="ProviderRate">What the provider asks, in the panel's currency; null = not known.</param>
/// <param name="Share">How many orders in a hundred start here, whatever the routing says; 0 … 100. The shares of a service's routes sum to at most 100.</param>
public sealed record Route(long ProviderId, string ProviderService, Money? ProviderRate, int Share = 0);

/// <summary>Routes in their order; compared by value, so that a service is.</summary>
[CollectionBuilder(typeof(RouteList), nameof(Of))]
public sealed class RouteList : IReadOnlyList<Route>, IEquatable<RouteList>
{
    private readonly Route[] _routes;

    private RouteList(Route[] routes) => _routes = routes;

    public int Count => _routes.Length;

    public Route this[int index] => _routes[index];

    public static RouteList Of(ReadOnlySpan<Route> routes) => new(routes.ToArray());

    public IEnumerator<Route> GetEnumerator() => ((IEnumerable<Route>)_routes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(RouteList? other) => other is not null && _routes.AsSpan().SequenceEqual(other._routes);

    public override bool Equals(object? obj) => Equals(obj as RouteList);

    public override int GetHashCode() => _routes.Length == 0 ? 0 : HashCode.Combine(_routes.Length, _routes[0]);
}
