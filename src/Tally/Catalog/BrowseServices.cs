using System.Globalization;

namespace Tally.Catalog;

/// <summary>What a visitor wants to see of the services.</summary>
/// <param name="Platform">Only this platform; null or empty = all.</param>
/// <param name="Category">Only this category; null or empty = all.</param>
/// <param name="Search">Words that all must be in id, name, category or platform, marks and case aside; an id alone finds that service first.</param>
/// <param name="Among">Only these services (favourites); null = all.</param>
public sealed record ServicesWanted(string? Platform = null, string? Category = null, string? Search = null, IReadOnlySet<long>? Among = null);

/// <summary>A page of the price list.</summary>
/// <param name="Services">In the order of the shelf: platforms, their categories, their services.</param>
/// <param name="Next">Behind which service the next page begins; null at the end.</param>
/// <param name="Found">How many there are on all pages.</param>
public sealed record ServicesPage(IReadOnlyList<Service> Services, long? Next, int Found);

/// <summary>A platform and its categories, in the order in which the operator has put their first services.</summary>
public sealed record ShelfPlatform(string Name, IReadOnlyList<ShelfCategory> Categories)
{
    /// <summary>How many services are sold.</summary>
    public int Services => Categories.Sum(c => c.Services.Count);
}

/// <summary>A category of a platform and its services that are sold.</summary>
public sealed record ShelfCategory(string Name, IReadOnlyList<Service> Services);

/// <summary>The services as a shop window: grouped, searched, page by page; all of it out of the copy in memory.</summary>
public sealed class BrowseServices(Catalog catalog)
{
    private volatile Shelf? _shelf;

    /// <summary>The platforms with what is sold of them.</summary>
    public IReadOnlyList<ShelfPlatform> Platforms => Newest().Platforms;

    /// <summary>A page of what is wanted.</summary>
    /// <param name="wanted">What to look for.</param>
    /// <param name="behind">The last service of the page before; null, or one that is not there any more = from the start.</param>
    /// <param name="atMost">1 … 200.</param>
    public ServicesPage Run(ServicesWanted wanted, long? behind, int atMost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(atMost, 200);
        var found = Find(Newest(), wanted);
        var start = behind is { } id ? found.FindIndex(e => e.Service.Id == id) + 1 : 0;
        var page = found.Skip(start).Take(atMost).Select(e => e.Service).ToList();
        return new ServicesPage(page, start + page.Count < found.Count ? page[^1].Id : null, found.Count);
    }

    private static List<Entry> Find(Shelf shelf, ServicesWanted wanted)
    {
        var words = SearchText.Words(wanted.Search);
        var found = shelf.Entries.Where(e =>
            (string.IsNullOrEmpty(wanted.Platform) || e.Service.Platform == wanted.Platform)
            && (string.IsNullOrEmpty(wanted.Category) || e.Service.Category == wanted.Category)
            && wanted.Among?.Contains(e.Service.Id) != false
            && Array.TrueForAll(words, w => e.Folded.Contains(w, StringComparison.Ordinal))).ToList();
        if (words is [var only] && long.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && found.FindIndex(e => e.Service.Id == id) is var at and > 0)
        {
            var exact = found[at];
            found.RemoveAt(at);
            found.Insert(0, exact);
        }

        return found;
    }

    private Shelf Newest()
    {
        var snapshot = catalog.Current;
        var shelf = _shelf;
        return shelf is not null && shelf.Version >= snapshot.Version ? shelf : _shelf = Shelf.Of(snapshot);
    }

    private sealed record Entry(Service Service, string Folded);

    private sealed record Shelf(long Version, IReadOnlyList<ShelfPlatform> Platforms, IReadOnlyList<Entry> Entries)
    {
        // GroupBy keeps the order of first appearance: what the operator put first comes first.
        public static Shelf Of(CatalogSnapshot catalog)
        {
            var platforms = catalog.Services.Where(s => s.Sold).GroupBy(s => s.Platform)
                .Select(p => new ShelfPlatform(p.Key, [.. p.GroupBy(s => s.Category).Select(c => new ShelfCategory(c.Key, [.. c]))])).ToList();
            var entries = platforms.SelectMany(p => p.Categories).SelectMany(c => c.Services)
                .Select(s => new Entry(s, string.Create(CultureInfo.InvariantCulture, $"{s.Id} {SearchText.Fold($"{s.Name} {s.Category} {s.Platform}")}"))).ToList();
            return new Shelf(catalog.Version, platforms, entries);
        }
    }
}
