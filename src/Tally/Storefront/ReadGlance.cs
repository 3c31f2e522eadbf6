using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Storefront;

/// <summary>A platform as the front page shows it.</summary>
/// <param name="Services">How many services of it are sold.</param>
/// <param name="From">The lowest rate of those that count by <paramref name="Per"/>, by the price list.</param>
/// <param name="Per">1000, or 1 where nothing on the platform counts by thousands.</param>
public sealed record PlatformGlance(string Name, int Services, Money From, int Per);

/// <summary>The catalogue in a few figures, all of them counted: an empty catalogue boasts of nothing.</summary>
/// <param name="Services">How many services are sold.</param>
/// <param name="Platforms">Those with most services first.</param>
/// <param name="Lowest">The lowest price of a thousand; null when nothing counts by thousands.</param>
/// <param name="Refill">Whether some come with refills.</param>
/// <param name="Dripfeed">Whether some can be spread over time.</param>
/// <param name="Subscriptions">Whether some follow new posts.</param>
/// <param name="Example">A service for the API example: the first that needs but a link and a quantity.</param>
public sealed record CatalogueGlance(
    long Version, int Services, IReadOnlyList<PlatformGlance> Platforms, Money? Lowest, bool Refill, bool Dripfeed, bool Subscriptions, Service? Example);

/// <summary>What visitors may know of the catalogue at a glance; counted once for each version of it.</summary>
public sealed class ReadGlance(Catalog.Catalog catalog)
{
    private CatalogueGlance? _last;

    public CatalogueGlance Run()
    {
        var current = catalog.Current;
        var last = Volatile.Read(ref _last);
        if (last is null || last.Version != current.Version)
        {
            last = Count(current);
            Volatile.Write(ref _last, last);
        }

        return last;
    }

    internal static CatalogueGlance Count(CatalogSnapshot catalog)
    {
        var sold = catalog.Services.Where(s => s.Sold).ToList();
        var platforms = sold.GroupBy(s => s.Platform, StringComparer.Ordinal).Select(Platform).OrderByDescending(p => p.Services).ThenBy(p => p.Name, StringComparer.Ordinal).ToList();
        return new CatalogueGlance(
            catalog.Version, sold.Count, platforms, sold.Where(s => s.Rules.Per == 1000).Select(s => (Money?)s.Rate).Min(),
            sold.Exists(s => s.Refill), sold.Exists(s => s.Dripfeed), sold.Exists(s => s.Type == ServiceType.Subscriptions), sold.Find(s => s.Type == ServiceType.Default));
    }

    private static PlatformGlance Platform(IGrouping<string, Service> services)
    {
        var per = services.Any(s => s.Rules.Per == 1000) ? 1000 : 1;
        return new PlatformGlance(services.Key, services.Count(), services.Where(s => s.Rules.Per == per).Min(s => s.Rate), per);
    }
}
