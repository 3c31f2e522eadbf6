using System.Data.Common;
using Dapper;
using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>Reads the services out of the store.</summary>
internal static class CatalogRows
{
    /// <summary>All services by position, and the version of which they are at least: one that changes meanwhile raises it.</summary>
    public static async Task<(long Version, IReadOnlyList<Service> Services)> ReadAsync(DbConnection connection, CancellationToken ct)
    {
        var version = await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition("SELECT version FROM changes WHERE topic = @topic", new { topic = Catalog.TopicName }, cancellationToken: ct)) ?? 0;
        var rows = await connection.QueryAsync<ServiceRow>(new CommandDefinition(
            """
            SELECT id, name, description, type, category, platform, rate, min, max, refill, cancel, dripfeed, refill_days, enabled, handles, unique_link, on_refusal,
                   provider_id, provider_service, provider_rate, routing, position, upstream, priced_by_hand, vanished
            FROM services ORDER BY position, id
            """,
            cancellationToken: ct));
        var routes = (await connection.QueryAsync<RouteRow>(new CommandDefinition(
            "SELECT service_id, provider_id, provider_service, provider_rate, share FROM routes ORDER BY service_id, position", cancellationToken: ct))).ToLookup(r => r.ServiceId);
        return (version, [.. rows.Select(r => r.ToService([.. routes[r.Id].Select(further => further.ToRoute())]))]);
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

        public Routing Routing { get; set; }

        public int Position { get; set; }

        public string? Upstream { get; set; }

        public bool PricedByHand { get; set; }

        public bool Vanished { get; set; }

        public Service ToService(RouteList further) => new(
            Id, Name, Description, Type, Category, Platform, new Money(Rate), Min, Max, Refill, Cancel, Dripfeed, RefillDays, Enabled, Handles, UniqueLink, OnRefusal,
            ProviderId, ProviderService, ProviderRate is { } rate ? new Money(rate) : null, Position)
        {
            Routing = Routing,
            FurtherRoutes = further,
            Upstream = Upstream is null ? null : CatalogJson.Read<Offer>(Upstream),
            PricedByHand = PricedByHand,
            Vanished = Vanished,
        };
    }

    private sealed class RouteRow
    {
        public long ServiceId { get; set; }

        public long ProviderId { get; set; }

        public string ProviderService { get; set; } = "";

        public long? ProviderRate { get; set; }

        public int Share { get; set; }

        public Route ToRoute() => new(ProviderId, ProviderService, ProviderRate is { } rate ? new Money(rate) : null, Share);
    }
}
