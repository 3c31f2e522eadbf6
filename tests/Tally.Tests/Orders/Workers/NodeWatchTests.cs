using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>Who is alive and who has gone, look by look.</summary>
public sealed class NodeWatchTests
{
    [Theory, BothStores]
    public async Task A_node_whose_beat_stands_still_for_seven_looks_has_gone_and_its_leases_end(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var watch = ActivatorUtilities.CreateInstance<NodeWatch>(panel.Services);
        await BeatAsync(panel, "dead");
        await BeatAsync(panel, "living");
        var provider = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k");
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = provider.Id, ProviderService = "1" });
        var orders = await Task.WhenAll(Enumerable.Range(0, 2).Select(n => panel.AddAsync(("service", service.Id.Text()), ("link", $"{Asked.Link}{n}"), ("quantity", "100"))));
        var far = panel.Get<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() + 40_000;
        await LeaseAsync(panel, orders[0], SendState.Sending, "dead", far);
        await LeaseAsync(panel, orders[1], SendState.Sending, "living", far);

        for (var look = 0; look < 7; look++)
        {
            await watch.RunOnceAsync(CancellationToken.None);
            await BeatAsync(panel, "living");
            (await panel.RowAsync(orders[0])).LeaseBy.ShouldBe("dead", "it may just be slow");
        }

        await watch.RunOnceAsync(CancellationToken.None);
        var rows = await Task.WhenAll(orders.Select(o => panel.RowAsync(o)));
        rows.Select(r => (r.SendState, r.LeaseBy)).ShouldBe([(SendState.Unconfirmed, null), (SendState.Sending, "living")]);
        rows[0].DueAt.ShouldBeNull("this provider knows no references");
        rows[1].DueAt.ShouldBe(far);
        (await panel.QueryAsync<string>("SELECT name FROM nodes ORDER BY name")).ShouldBe(["living", panel.Get<Node>().Name], ignoreOrder: true);
    }

    [Theory, BothStores]
    public async Task A_node_is_known_while_it_runs_and_forgotten_when_it_has_stopped(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var watch = ActivatorUtilities.CreateInstance<NodeWatch>(panel.Services);
        await watch.StartAsync(CancellationToken.None);
        (await panel.QueryAsync<string>("SELECT name FROM nodes")).ShouldBe([panel.Get<Node>().Name]);
        await watch.StopAsync(CancellationToken.None);
        (await panel.QueryAsync<string>("SELECT name FROM nodes")).ShouldBeEmpty();
    }

    [Fact]
    public async Task On_SQLite_whoever_else_is_listed_has_gone_at_once()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await BeatAsync(panel, "before");
        using var watch = ActivatorUtilities.CreateInstance<NodeWatch>(panel.Services);
        await watch.StartAsync(CancellationToken.None);
        (await panel.QueryAsync<string>("SELECT name FROM nodes")).ShouldBe([panel.Get<Node>().Name]);
        await watch.StopAsync(CancellationToken.None);
    }

    private static Task BeatAsync(TestPanel panel, string node) => ExecuteAsync(
        panel, "INSERT INTO nodes (name, beat, started_at) VALUES (@node, 1, 0) ON CONFLICT (name) DO UPDATE SET beat = nodes.beat + 1", new { node });

    private static Task LeaseAsync(TestPanel panel, long order, SendState state, string node, long until) => ExecuteAsync(
        panel,
        "UPDATE orders SET send_state = @state, lease_by = @node, due_at = @until, provider_order = CASE WHEN @state = 3 THEN CAST(id AS TEXT) ELSE NULL END WHERE id = @order",
        new { order, state = (int)state, node, until });

    private static Task ExecuteAsync(TestPanel panel, string sql, object parameters) =>
        panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(sql, parameters, tx.Transaction), CancellationToken.None);
}
