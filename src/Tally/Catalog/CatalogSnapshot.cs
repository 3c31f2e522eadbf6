using Dapper;
using Tally.Ledger;
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
        var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
        var rows = await connection.QueryAsync<ServiceRow>(new CommandDefinition(
            """
            SELECT id, name, description, type, category, platform, rate, min, max, refill, cancel, dripfeed, refill_days, enabled, handles, unique_link, on_refusal,
                   provider_id, provider_service, provider_rate, position
            FROM services ORDER BY position, id
            """,
            cancellationToken: ct));
        var services = rows.Select(r => r.ToService()).ToList();
        Volatile.Write(ref _current, new CatalogSnapshot(version, services, services.ToDictionary(s => s.Id)));
    }

    private sealed class ServiceRow
    {
        public long Id { get; set; }

        public string Name { get; set; } = "";

        public string Description { get; set; } = "";

        public ServiceType Type { get; set; }

        public string Category { get; set; } = "";

        public string Platform { get; set; } = "";

        public long Rate { get; set; }

        public long Min { get; set; }

        public long Max { get; set; }

        public bool Refill { get; set; }

        public bool Cancel { get; set; }

        public bool Dripfeed { get; set; }

        public int RefillDays { get; set; }

        public bool Enabled { get; set; }

        public bool Handles { get; set; }

        public bool UniqueLink { get; set; }

        public OnRefusal OnRefusal { get; set; }

        public long? ProviderId { get; set; }

        public string? ProviderService { get; set; }

        public long? ProviderRate { get; set; }

        public int Position { get; set; }

        public Service ToService() => new(
            Id, Name, Description, Type, Category, Platform, new Money(Rate), Min, Max, Refill, Cancel, Dripfeed, RefillDays, Enabled, Handles, UniqueLink, OnRefusal,
            ProviderId, ProviderService, ProviderRate is { } rate ? new Money(rate) : null, Position);
    }
}
