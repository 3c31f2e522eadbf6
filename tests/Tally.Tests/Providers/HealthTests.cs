using Shouldly;
using Tally.Providers;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class HealthTests
{
    [Theory, BothStores]
    public async Task Calls_of_all_nodes_add_up_and_are_forgotten_after_a_day(StoreKind kind)
    {
        var clock = new MovableClock();
        clock.Stop();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        await using var node = await TestPanel.JoinAsync(panel.Database, clock);
        var (here, there) = (panel.Get<ProviderHealth>(), node.Get<ProviderHealth>());
        for (var i = 0; i < 3; i++)
        {
            here.Count(1, TimeSpan.FromMilliseconds(100), null);
        }

        there.Count(1, TimeSpan.FromMilliseconds(500), "add: silence");
        there.Count(2, TimeSpan.FromMilliseconds(30), "status: a page");
        (await here.FlushAsync(CancellationToken.None)).ShouldBe([1L]);
        (await there.FlushAsync(CancellationToken.None)).ShouldBeEmpty();
        (await here.FlushAsync(CancellationToken.None)).ShouldBeEmpty("what was brought in is not counted twice");

        var at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var figures = await here.ReadAsync(CancellationToken.None);
        figures[1].ShouldBe(new HealthFigure(4, 1, 75, 200, "add: silence", at));
        figures[2].ShouldBe(new HealthFigure(1, 1, 0, 30, "status: a page", at));

        // Of an hour ago only the last failure is told, of a day ago nothing.
        clock.Move(TimeSpan.FromMinutes(66));
        (await there.ReadAsync(CancellationToken.None))[1].ShouldBe(new HealthFigure(0, 0, null, null, "add: silence", at));
        clock.Move(TimeSpan.FromHours(24));
        (await there.ReadAsync(CancellationToken.None)).ShouldBeEmpty();
        await there.FlushAsync(CancellationToken.None);
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM provider_health")).ShouldBe([0L]);
    }

    [Theory, BothStores]
    public async Task Counts_that_could_not_be_brought_in_are_brought_in_later(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var health = panel.Get<ProviderHealth>();
        health.Count(1, TimeSpan.FromMilliseconds(100), null);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => health.FlushAsync(stop.Token));
        health.Count(1, TimeSpan.FromMilliseconds(300), null);
        await health.FlushAsync(CancellationToken.None);
        (await health.ReadAsync(CancellationToken.None))[1].ShouldSatisfyAllConditions(f => f.Calls.ShouldBe(2), f => f.MeanMs.ShouldBe(200), f => f.Score.ShouldBe(100));
    }
}
