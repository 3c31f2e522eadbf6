using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Operations;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class WriteCatalogueTests
{
    [Theory, BothStores]
    public async Task A_sync_that_dies_while_it_writes_has_written_nothing_and_the_next_one_does_it(StoreKind kind)
    {
        var dies = false;
        var faults = new FaultPoints(point => dies && point == FaultPoint.CatalogueWriting ? throw new InvalidOperationException("It dies here.") : Task.CompletedTask);
        await using var panel = await TestPanel.StartAsync(kind, also: builder => builder.Services.Replace(ServiceDescriptor.Singleton(faults)));
        var provider = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        await panel.Get<ImportServices>().RunAsync(new ServiceList([Stock.Info("1"), Stock.Info("2")], []), provider.Id, 50, CancellationToken.None);
        var moved = new ServiceList([Stock.Info("1", 30, "Views"), Stock.Info("2", 11)], []);
        var before = await SyncedPanel.DumpAsync(panel);
        dies = true;
        await Should.ThrowAsync<InvalidOperationException>(() => panel.Get<SyncCatalogue>().ApplyAsync(provider, moved, dryRun: false, force: false, CancellationToken.None));
        (await SyncedPanel.DumpAsync(panel)).ShouldBe(before);
        dies = false;
        (await panel.Get<SyncCatalogue>().ApplyAsync(provider, moved, dryRun: false, force: false, CancellationToken.None)).ShouldBeOfType<SyncOutcome.Done>().Report.Lines
            .Count(l => l.What == "quarantined").ShouldBe(2);
        (await panel.Get<ReviewQuarantine>().ListAsync(CancellationToken.None)).Count.ShouldBe(2);
    }
}
