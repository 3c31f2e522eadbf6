using System.Data.Common;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>Everything that a change of the catalogue is decided by, as it stood at one version: whoever writes what was decided does so only while the version still holds.</summary>
/// <param name="Version">The version of the topic <see cref="Catalog.TopicName"/>.</param>
/// <param name="Waiting">The quarantine that is open, oldest first.</param>
internal sealed record CatalogState(long Version, IReadOnlyList<Service> Services, PriceRules Rules, IReadOnlyList<Quarantined> Waiting)
{
    /// <summary>The services by id.</summary>
    public IReadOnlyDictionary<long, Service> ById { get; } = Services.ToDictionary(s => s.Id);

    public static async Task<CatalogState> ReadAsync(Database database, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var (version, services) = await CatalogRows.ReadAsync(connection, ct);
        return new CatalogState(version, services, await RulesAsync(connection, ct), await WaitingAsync(connection, ct));
    }

    private static async Task<PriceRules> RulesAsync(DbConnection connection, CancellationToken ct)
    {
        var rules = await connection.QueryAsync<RuleRow>(new CommandDefinition(
            "SELECT scope, subject, margin, fixed, step FROM price_rules ORDER BY scope, subject", cancellationToken: ct));
        var margins = await connection.QueryAsync<(long Provider, long Margin)>(new CommandDefinition("SELECT provider_id, margin FROM catalogues", cancellationToken: ct));
        return new PriceRules(
            [.. rules.Select(r => new PriceRule(r.Scope, r.Subject, new PriceTerms(r.Margin, new Money(r.Fixed), new Money(r.Step))))],
            margins.ToDictionary(m => m.Provider, m => m.Margin));
    }

    private static async Task<IReadOnlyList<Quarantined>> WaitingAsync(DbConnection connection, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT id, service_id, provider_id, kind, was, wanted, proposal, opened_at, moved_at FROM quarantine WHERE closed_at IS NULL ORDER BY opened_at, id", cancellationToken: ct));
        return [.. rows.Select(r => new Quarantined(
            r.Id, r.ServiceId, r.ProviderId, new Held(r.Kind, r.Was, r.Wanted, CatalogJson.Read<Proposal>(r.Proposal)), r.OpenedAt, r.MovedAt))];
    }

    private sealed class RuleRow
    {
        public PriceScope Scope { get; set; }

        public string Subject { get; set; } = "";

        public long Margin { get; set; }

        public long Fixed { get; set; }

        public long Step { get; set; }
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public long ServiceId { get; set; }

        public long ProviderId { get; set; }

        public QuarantineKind Kind { get; set; }

        public string Was { get; set; } = "";

        public string Wanted { get; set; } = "";

        public string Proposal { get; set; } = "";

        public long OpenedAt { get; set; }

        public long MovedAt { get; set; }
    }
}
