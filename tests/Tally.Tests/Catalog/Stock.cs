using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;

namespace Tally.Tests.Catalog;

/// <summary>Services and offers for decisions that need no store.</summary>
internal static class Stock
{
    public const long Provider = 3;

    public static Offer Offer(string rate = "10", ServiceType type = ServiceType.Default) =>
        new("Likes", "words", type, "Category", "Platform", Money.Parse(rate), 10, 1_000, Refill: true, Cancel: true, Dripfeed: TypeRules.Of(type).Per == 1000);

    /// <summary>A service that took this offer at a margin of 50 %.</summary>
    public static Service Service(Offer offer, long id = 7, string there = "1") => new(
        id, offer.Name, offer.Description, offer.Type, offer.Category, offer.Platform, Pricing.Of(offer.Rate, PriceTerms.Of(5_000)), offer.Min, offer.Max, offer.Refill, offer.Cancel,
        offer.Dripfeed, 0, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, Provider, there, offer.Rate, (int)id)
    {
        Upstream = offer,
    };

    /// <summary>The rules of a panel that imported with a margin of 50 %.</summary>
    public static PriceRules Rules { get; } = new([], new Dictionary<long, long> { [Provider] = 5_000 });

    public static ServiceInfo Info(string id, decimal rate = 10, string name = "Likes", string type = "Default") => new()
    {
        Service = id,
        Name = name,
        Description = "words",
        Type = type,
        Category = "Category",
        Platform = "Platform",
        Rate = rate,
        Min = 10,
        Max = 1_000,
        Refill = true,
        Cancel = true,
        DripFeed = true,
    };
}
