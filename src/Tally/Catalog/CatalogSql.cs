using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>The catalogue's statements; each writes any number of rows in one go.</summary>
internal static class CatalogSql
{
    /// <summary>
    /// Raises the catalogue's version if it is still <paramref name="seen"/>, and holds off every other writer to the end of the transaction; false when someone else was faster.
    /// </summary>
    public static async Task<bool> TryBumpAsync(WriteTransaction tx, long seen, CancellationToken ct)
    {
        if (seen == 0)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO changes (topic, version) VALUES (@topic, 0) ON CONFLICT (topic) DO NOTHING", new { topic = Catalog.TopicName }, tx.Transaction, cancellationToken: ct));
        }

        return await tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE changes SET version = version + 1 WHERE topic = @topic AND version = @seen", new { topic = Catalog.TopicName, seen }, tx.Transaction, cancellationToken: ct)) == 1;
    }

    public static async Task WriteServicesAsync(WriteTransaction tx, IReadOnlyList<ServiceEdit> edits, long version, CancellationToken ct)
    {
        Service[] added = [.. edits.Where(e => e.Before is null).Select(e => e.After)];
        Service[] changed = [.. edits.Where(e => e.Before is not null).Select(e => e.After)];
        await BulkInsert.IntoAsync(tx, "services", ct, [Column(added, "id", s => s.Id), .. Columns(added, version)]);
        await BulkUpdate.ByIdAsync(tx, "services", [.. changed.Select(s => s.Id)], null, ct, Columns(changed, version));
        Service[] rerouted = [.. edits.Where(e => e.Before is { } before ? !before.FurtherRoutes.Equals(e.After.FurtherRoutes) : e.After.FurtherRoutes.Count > 0).Select(e => e.After)];
        if (rerouted.Length > 0)
        {
            await WriteRoutesAsync(tx, rerouted, ct);
        }
    }

    public static Task LogAsync(WriteTransaction tx, IReadOnlyList<ServiceChange> lines, CancellationToken ct) => BulkInsert.IntoAsync(
        tx, "service_changes", ct,
        Column(lines, "id", l => l.Id),
        Column(lines, "at", l => l.At),
        Column(lines, "service_id", l => l.ServiceId),
        Column(lines, "kind", l => (short)l.Kind),
        Column(lines, "name", l => l.Name),
        Column(lines, "was", l => l.Was),
        Column(lines, "now", l => l.Now));

    public static Task OpenAsync(WriteTransaction tx, IReadOnlyList<Quarantined> rows, CancellationToken ct) => BulkInsert.IntoAsync(
        tx, "quarantine", ct,
        Column(rows, "id", q => q.Id),
        Column(rows, "service_id", q => q.ServiceId),
        Column(rows, "provider_id", q => q.ProviderId),
        Column(rows, "kind", q => (short)q.Held.Kind),
        Column(rows, "was", q => q.Held.Before),
        Column(rows, "wanted", q => q.Held.After),
        Column(rows, "proposal", q => CatalogJson.Write(q.Held.Proposal)),
        Column(rows, "opened_at", q => q.OpenedAt),
        Column(rows, "moved_at", q => q.MovedAt));

    public static Task CloseAsync(WriteTransaction tx, IReadOnlyList<(Quarantined Row, QuarantineOutcome Outcome)> closed, long now, CancellationToken ct) => BulkUpdate.ByIdAsync(
        tx, "quarantine", [.. closed.Select(c => c.Row.Id)], null, ct, Column(closed, "closed_at", _ => now), Column(closed, "outcome", c => (short)c.Outcome));

    public static Task AuditAsync(WriteTransaction tx, IReadOnlyList<AuditLine> lines, long[] ids, long now, CancellationToken ct) => BulkInsert.IntoAsync(
        tx, "audit", ct,
        new BulkColumn("id", ids),
        Column(lines, "at", _ => now),
        Column(lines, "actor", l => l.Actor),
        Column(lines, "action", l => l.Action),
        Column(lines, "subject", l => l.Subject),
        Column(lines, "detail", l => l.Detail));

    /// <summary>How many changes of a provider wait.</summary>
    public static Task<long> WaitingAsync(WriteTransaction tx, long provider, CancellationToken ct) => tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
        "SELECT COUNT(*) FROM quarantine WHERE provider_id = @provider AND closed_at IS NULL", new { provider }, tx.Transaction, cancellationToken: ct));

    private static async Task WriteRoutesAsync(WriteTransaction tx, Service[] services, CancellationToken ct)
    {
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM routes WHERE {Sql.AnyOf(tx.Kind, "service_id", "ids")}", new { ids = Sql.Ids(tx.Kind, [.. services.Select(s => s.Id)]) }, tx.Transaction, cancellationToken: ct));
        (long Service, Route Route, int At)[] rows = [.. services.SelectMany(s => s.FurtherRoutes.Select((r, at) => (s.Id, r, at + 1)))];
        await BulkInsert.IntoAsync(
            tx, "routes", ct,
            Column(rows, "service_id", r => r.Service),
            Column(rows, "provider_id", r => r.Route.ProviderId),
            Column(rows, "provider_service", r => r.Route.ProviderService),
            Column(rows, "provider_rate", r => r.Route.ProviderRate?.Units),
            Column(rows, "position", r => r.At),
            Column(rows, "share", r => r.Route.Share));
    }

    private static BulkColumn[] Columns(Service[] services, long version) =>
    [
        Column(services, "name", s => s.Name),
        Column(services, "description", s => s.Description),
        Column(services, "type", s => (short)s.Type),
        Column(services, "category", s => s.Category),
        Column(services, "platform", s => s.Platform),
        Column(services, "rate", s => s.Rate.Units),
        Column(services, "min", s => s.Min),
        Column(services, "max", s => s.Max),
        Column(services, "refill", s => Flag(s.Refill)),
        Column(services, "cancel", s => Flag(s.Cancel)),
        Column(services, "dripfeed", s => Flag(s.Dripfeed)),
        Column(services, "refill_days", s => s.RefillDays),
        Column(services, "enabled", s => Flag(s.Enabled)),
        Column(services, "handles", s => Flag(s.Handles)),
        Column(services, "unique_link", s => Flag(s.UniqueLink)),
        Column(services, "on_refusal", s => (short)s.OnRefusal),
        Column(services, "provider_id", s => s.ProviderId),
        Column(services, "provider_service", s => s.ProviderService),
        Column(services, "provider_rate", s => s.ProviderRate?.Units),
        Column(services, "routing", s => (short)s.Routing),
        Column(services, "position", s => s.Position),
        Column(services, "upstream", s => s.Upstream is { } offer ? CatalogJson.Write(offer) : null),
        Column(services, "priced_by_hand", s => Flag(s.PricedByHand)),
        Column(services, "vanished", s => Flag(s.Vanished)),
        Column(services, "version", _ => version),
    ];

    private static short Flag(bool value) => (short)(value ? 1 : 0);

    private static BulkColumn Column<TRow, T>(IReadOnlyList<TRow> rows, string name, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return new BulkColumn(name, values);
    }
}
