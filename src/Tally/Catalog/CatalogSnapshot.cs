namespace Tally.Catalog;

/// <summary>The services as they stood at one version; replaced as a whole when something changes.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Services">All of them, switched-off ones too, by position, then id.</param>
/// <param name="ById">The same by id.</param>
public sealed record CatalogSnapshot(long Version, IReadOnlyList<Service> Services, IReadOnlyDictionary<long, Service> ById);

public sealed class Catalog
{
    /// <summary>The newest snapshot this node has; at most a second old.</summary>
    public CatalogSnapshot Current => throw new NotSupportedException();
}
