using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>The services as they stood at one version; replaced as a whole when something changes.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Services">All of them, switched-off ones too, by position, then id.</param>
/// <param name="ById">The same by id.</param>
public sealed record CatalogSnapshot(long Version, IReadOnlyList<Service> Services, IReadOnlyDictionary<long, Service> ById);

/// <summary>The services in memory; a copy that follows the store within a second.</summary>
public sealed class Catalog(Database database) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "services";

    // One at a time, so that an older reading never takes the place of a newer one.
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private CatalogSnapshot _current = new(-1, [], new Dictionary<long, Service>());

    public string Topic => TopicName;

    public long Seen => Current.Version;

    /// <summary>The newest snapshot this node has; at most a second old.</summary>
    public CatalogSnapshot Current => Volatile.Read(ref _current);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var (version, services) = await CatalogRows.ReadAsync(connection, ct);
        Volatile.Write(ref _current, new CatalogSnapshot(version, services, services.ToDictionary(s => s.Id)));
    }
}
