using System.Globalization;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Operations;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>The process dies at each step of taking over a provider's catalogue; another goes on: each change is applied once, is told to customers once, and waits for the operator once.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class CatalogueFaultPointTests
{
    public static readonly TheoryData<FaultPoint> Points = [FaultPoint.CatalogueWriting, FaultPoint.CatalogueWritten];

    [Theory]
    [MemberData(nameof(Points))]
    public Task On_SQLite(FaultPoint point) => DieAsync(StoreKind.Sqlite, point);

    [Theory]
    [MemberData(nameof(Points))]
    public Task On_PostgreSQL(FaultPoint point) => DieAsync(StoreKind.Postgres, point);

    private static async Task DieAsync(StoreKind kind, FaultPoint point)
    {
        await using var dispatch = await Dispatch.CreateAsync(kind, references: true);
        var panel = dispatch.Panel;
        var provider = panel.Get<ProviderBook>().Current.Values.Single();
        var answer = await panel.Get<ProviderBook>().CallAsync(provider, "services", api => api.ServicesAsync());
        await panel.Get<ImportServices>().RunAsync(answer.ShouldBeOfType<ApiResult<ServiceList>.Answered>().Value, provider.Id, 50, CancellationToken.None);
        var (dearer, jumps) = (dispatch.Upstream.ServiceFor(1), dispatch.Upstream.ServiceFor(4));
        dispatch.Upstream.ChangeService(dearer, s => s with { Rate = s.Rate * 1.1m });
        dispatch.Upstream.ChangeService(jumps, s => s with { Rate = s.Rate * 1.5m });
        var before = await RateAsync(panel, dearer);
        var told = await panel.CountAsync("SELECT COUNT(*) FROM service_changes");
        await DueAsync(panel, provider.Id);
        await panel.DieAsync(point.ToString(), "--roles", "worker");
        (await RateAsync(panel, dearer)).ShouldBe(point == FaultPoint.CatalogueWriting ? before : before * 11 / 10, "it died at another step");

        // How long a dead node's turn keeps others out is another test's.
        await DueAsync(panel, provider.Id);
        await using var survivor = await panel.ServeAsync("--roles", "worker");
        await TestPanel.WaitAsync(
            async () => await panel.CountAsync("SELECT COUNT(*) FROM catalogues WHERE synced_at IS NOT NULL AND due_at > 1") == 1, "the survivor has taken the catalogue over", 60);
        (await RateAsync(panel, dearer)).ShouldBe(before * 11 / 10);
        (await panel.CountAsync("SELECT COUNT(*) FROM service_changes")).ShouldBe(told + 1);
        (await panel.CountAsync("SELECT COUNT(*) FROM quarantine")).ShouldBe(1);
        (await panel.QueryAsync<string>("SELECT subject FROM alerts WHERE kind = 'Quarantine' AND cleared_at IS NULL")).ShouldBe(["provider upstream"]);
    }

    private static Task DueAsync(ProcessPanel panel, long provider) => panel.ExecuteAsync(
        "INSERT INTO catalogues (provider_id, due_at) VALUES (@provider, 1) ON CONFLICT (provider_id) DO UPDATE SET due_at = 1, synced_at = NULL", new { provider });

    private static Task<long> RateAsync(ProcessPanel panel, int service) =>
        panel.CountAsync("SELECT rate FROM services WHERE provider_service = @there", new { there = service.ToString(CultureInfo.InvariantCulture) });
}
