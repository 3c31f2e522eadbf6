using System.Globalization;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

/// <summary>A catalogue as large as big panels have; the figures are in docs/performance.md. The limits are far off: they only tell bulk writes from row by row.</summary>
public sealed class LargeCatalogueTests
{
    private const int Services = 5_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory, BothStores]
    public async Task Five_thousand_services_are_imported_and_synced_within_seconds(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        await TimedAsync(kind, "imported", () => panel.Get<ImportServices>().RunAsync(Offered(10), upstream.Id, 50, CancellationToken.None));
        panel.Get<Tally.Catalog.Catalog>().Current.Services.Count.ShouldBe(Services);
        var version = panel.Get<Tally.Catalog.Catalog>().Current.Version;
        (await TimedAsync(kind, "compared", () => SyncAsync(panel, upstream, 10))).ShouldBeEmpty();
        panel.Get<Tally.Catalog.Catalog>().Current.Version.ShouldBe(version);
        (await TimedAsync(kind, "priced anew", () => SyncAsync(panel, upstream, 11))).ShouldAllBe(l => l.What == "changed");
        (await TimedAsync(kind, "put in quarantine", () => SyncAsync(panel, upstream, 22))).Count(l => l.What == "quarantined").ShouldBe(Services);
        (await TimedAsync(kind, "accepted", () => panel.Get<ReviewQuarantine>().RunAsync(null, accept: true, "test", CancellationToken.None))).Count.ShouldBe(Services);
        panel.Get<Tally.Catalog.Catalog>().Current.Services.ShouldAllBe(s => s.Sold && s.Rate.ToString() == "33");
    }

    private static async Task<IReadOnlyList<SyncLine>> SyncAsync(TestPanel panel, Provider upstream, decimal rate) =>
        (await panel.Get<SyncCatalogue>().ApplyAsync(upstream, Offered(rate), dryRun: false, force: false, CancellationToken.None)).ShouldBeOfType<SyncOutcome.Done>().Report.Lines;

    private static async Task<T> TimedAsync<T>(StoreKind kind, string what, Func<Task<T>> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        var result = await work();
        var took = TimeProvider.System.GetElapsedTime(started);
        TestContext.Current.SendDiagnosticMessage($"{kind}: {Services} services {what} in {took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms");
        took.ShouldBeLessThan(Limit, what);
        return result;
    }

    private static ServiceList Offered(decimal rate) => new([.. Enumerable.Range(1, Services).Select(id => Stock.Info(id.Text(), rate, "Service " + id.Text()))], []);
}
