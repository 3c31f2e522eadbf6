using System.Globalization;
using Dapper;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Tally.Tests.Orders;

namespace Tally.Tests.Catalog;

/// <summary>A panel that has imported a simulated provider's catalogue at a margin of 50 %, and syncs it when a test says so.</summary>
internal sealed class SyncedPanel : IAsyncDisposable
{
    private SyncedPanel(TestPanel panel, SimulatedProvider upstream, Provider provider, MovableClock clock) => (Panel, Upstream, Provider, Clock) = (panel, upstream, provider, clock);

    public TestPanel Panel { get; }

    public SimulatedProvider Upstream { get; }

    /// <summary>The provider as the panel knows it.</summary>
    public Provider Provider { get; }

    public MovableClock Clock { get; }

    public static async Task<SyncedPanel> StartAsync(StoreKind kind)
    {
        var upstream = await SimulatedProvider.StartAsync();
        var clock = new MovableClock();
        clock.Stop();
        var panel = await TestPanel.StartAsync(kind, clock);
        var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key);
        var answer = await panel.Get<ProviderBook>().CallAsync(provider, "services", api => api.ServicesAsync());
        await panel.Get<ImportServices>().RunAsync(answer.ShouldBeOfType<ApiResult<ServiceList>.Answered>().Value, provider.Id, 50, CancellationToken.None);
        return new SyncedPanel(panel, upstream, provider, clock);
    }

    /// <summary>Our service of one of the provider's, by its number in the demo catalogue.</summary>
    public Service Of(int demo) =>
        Panel.Get<Tally.Catalog.Catalog>().Current.Services.Single(s => s.ProviderId == Provider.Id && s.ProviderService == Upstream.ServiceFor(demo).ToString(CultureInfo.InvariantCulture));

    /// <summary>Changes what the provider sells.</summary>
    public void Change(int demo, Func<SimulatedService, SimulatedService?> change) => Upstream.ChangeService(Upstream.ServiceFor(demo), change);

    public Task<SyncOutcome> SyncAsync(bool dryRun = false, bool force = false) =>
        Panel.Get<SyncCatalogue>().RunAsync(Provider, dryRun, force, CancellationToken.None);

    /// <summary>Syncs, and expects that it goes through; the report's lines as <c>what text</c>.</summary>
    public async Task<IReadOnlyList<SyncLine>> DoneAsync(bool dryRun = false, bool force = false) =>
        (await SyncAsync(dryRun, force)).ShouldBeOfType<SyncOutcome.Done>().Report.Lines;

    public Task<IReadOnlyList<QuarantineItem>> WaitingAsync() => Panel.Get<ReviewQuarantine>().ListAsync(CancellationToken.None);

    public Task JudgeAsync(bool accept, params long[] ids) => Panel.Get<ReviewQuarantine>().RunAsync(ids.Length == 0 ? null : ids, accept, "test", CancellationToken.None);

    public async Task<Service> SetAsync(Service service, Func<Service, Service> edit, NewRate? rate = null) =>
        (await Panel.Get<SetService>().RunAsync(service.Id, edit, rate, "test", CancellationToken.None)).After;

    /// <summary>The newest lines of the log that customers see, newest first, as <c>Kind was now</c>; without the new ones of the import.</summary>
    public async Task<IReadOnlyList<string>> UpdatesAsync(long service)
    {
        var page = await Panel.Get<ReadUpdates>().RunAsync(null, 500, CancellationToken.None);
        return [.. page.Changes.Where(c => c.ServiceId == service && c.Kind != ServiceChangeKind.New).Select(c => $"{c.Kind} {c.Was} {c.Now}")];
    }

    public async Task<IReadOnlyList<string>> AlertsAsync() =>
        [.. (await Panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).Where(a => a.Kind == AlertKind.Quarantine).Select(a => $"{a.Subject}: {a.Text}")];

    /// <summary>When the catalogue is due, unix ms.</summary>
    public async Task<long?> DueAsync()
    {
        await using var connection = await Panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long?>("SELECT due_at FROM catalogues WHERE provider_id = @Id", new { Provider.Id });
    }

    /// <summary>Everything that a sync may write, save when it is due again.</summary>
    public Task<string> DumpAsync() => DumpAsync(Panel);

    public static async Task<string> DumpAsync(TestPanel panel)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        var parts = new List<string>();
        foreach (var sql in (string[])
            ["SELECT * FROM services ORDER BY id", "SELECT * FROM routes ORDER BY service_id, position", "SELECT * FROM quarantine ORDER BY id", "SELECT * FROM service_changes ORDER BY id",
             "SELECT * FROM price_rules ORDER BY scope, subject", "SELECT version FROM changes WHERE topic = 'services'", "SELECT * FROM alerts WHERE kind = 'Quarantine' ORDER BY raised_at, subject", "SELECT * FROM audit ORDER BY id"])
        {
            var rows = await connection.QueryAsync(sql);
            parts.AddRange(rows.Select(r => string.Join('|', ((IDictionary<string, object?>)r).Values)));
        }

        return string.Join('\n', parts);
    }

    public async ValueTask DisposeAsync()
    {
        await Panel.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
