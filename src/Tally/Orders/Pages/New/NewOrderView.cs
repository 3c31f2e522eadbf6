using System.Security.Cryptography;
using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Orders.Pages.New;

/// <summary>What the page of a new order shows.</summary>
public sealed record NewOrderView
{
    /// <summary>The service that is chosen, at the customer's own rate; null = none yet.</summary>
    public Service? Service { get; init; }

    /// <summary>The same at its list rate.</summary>
    public Service? Listed { get; init; }

    /// <summary>How long its orders usually take.</summary>
    public TimeSpan? Time { get; init; }

    public required Picker Picker { get; init; }

    public OrderValues Values { get; init; } = OrderValues.None;

    /// <summary>The form's own reference: sent twice, it is one order.</summary>
    public string Reference { get; init; } = NewReference();

    public OrderProblem? Problem { get; init; }

    public required Money Balance { get; init; }

    /// <summary>What the order would cost as it stands; null while it could not be placed.</summary>
    public Money? Charge { get; init; }

    /// <summary>The service that was asked for is not sold.</summary>
    public bool Gone { get; init; }

    /// <summary>A reference that no other form has: 128 bits of randomness.</summary>
    public static string NewReference() => "web-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

/// <summary>The way to a service: platform, category, service, or a search.</summary>
/// <param name="Platforms">All of them.</param>
/// <param name="Platform">The one that is open.</param>
/// <param name="Category">The one that is open.</param>
/// <param name="Services">What can be chosen in it, or what the search has found; own rates.</param>
/// <param name="Found">How many there are of these.</param>
/// <param name="Search">What was searched for.</param>
/// <param name="Favourites">Whether the services are the customer's favourites.</param>
/// <param name="ListUrl">Where the browser gets all services for the instant search.</param>
public sealed record Picker(
    IReadOnlyList<ShelfPlatform> Platforms, ShelfPlatform? Platform, ShelfCategory? Category, IReadOnlyList<Service> Services, int Found, string? Search, bool Favourites, string ListUrl);
