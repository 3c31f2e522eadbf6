using Dapper;
using Shouldly;
using Tally.Operations;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>One node asks a provider where its orders stand, and another one when that has gone.</summary>
public sealed class SyncTurnsTests
{
    [Theory, BothStores]
    public async Task A_turn_is_one_living_nodes_and_that_of_one_that_has_gone_is_nobodys(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var (one, other) = (await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k", name: "one"), await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k", name: "other"));
        var (first, second) = (new Node(), new Node());
        await BeatAsync(panel, first, second);
        (await IsOursAsync(panel, first, one)).ShouldBeTrue();
        (await IsOursAsync(panel, second, one)).ShouldBeFalse();
        (await IsOursAsync(panel, second, other)).ShouldBeTrue("each provider has a turn of its own");
        (await IsOursAsync(panel, first, other)).ShouldBeFalse();
        (await IsOursAsync(panel, first, one)).ShouldBeTrue("it lasts");

        // As NodeWatch does with one that is not heard of, or a node itself that stops.
        await panel.ExecuteAsync($"DELETE FROM nodes WHERE name = '{first.Name}'");
        (await IsOursAsync(panel, second, one)).ShouldBeTrue();
        await BeatAsync(panel, first);
        (await IsOursAsync(panel, first, one)).ShouldBeFalse("it was taken for dead, and is back");
    }

    [Theory, BothStores]
    public async Task A_node_that_was_taken_for_dead_sees_soon_that_it_has_no_turn_any_more(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var provider = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k");
        var (first, second) = (new Node(), new Node());
        await BeatAsync(panel, first, second);
        var turns = Turns(panel, first);
        (await turns.IsOursAsync(provider.Id, CancellationToken.None)).ShouldBeTrue();
        (await turns.IsOursAsync(provider.Id, CancellationToken.None)).ShouldBeTrue();
        await panel.ExecuteAsync($"DELETE FROM nodes WHERE name = '{first.Name}'");
        (await IsOursAsync(panel, second, provider)).ShouldBeTrue();
        await BeatAsync(panel, first);
        await TestPanel.WaitAsync(async () => !await turns.IsOursAsync(provider.Id, CancellationToken.None), "it looks again");
    }

    [Theory, BothStores]
    public async Task Of_many_nodes_that_want_a_turn_at_once_one_gets_it(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var provider = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k");
        var nodes = Enumerable.Range(0, 8).Select(_ => new Node()).ToArray();
        await BeatAsync(panel, nodes);
        var got = await Task.WhenAll(nodes.Select(n => Task.Run(() => IsOursAsync(panel, n, provider))));
        got.Count(g => g).ShouldBe(1);
        (await panel.QueryAsync<string>("SELECT node FROM sync_turns")).ShouldBe([nodes[Array.IndexOf(got, true)].Name]);
    }

    [Theory, BothStores]
    public async Task Without_the_turn_nothing_is_taken(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, upstream, service) = await turned.AddProviderAsync();
        await turned.SentAsync(service);
        await turned.Panel.ExecuteAsync("UPDATE orders SET due_at = 1");
        var other = new Node();
        await BeatAsync(turned.Panel, other);
        (await IsOursAsync(turned.Panel, other, upstream)).ShouldBeTrue();
        await turned.SyncAsync();
        provider.Received.Total(Tally.Demo.SimulatedAction.Status).ShouldBe(0);

        await turned.Panel.ExecuteAsync("DELETE FROM nodes");
        await TestPanel.WaitAsync(
            async () =>
            {
                await turned.SyncAsync();
                return provider.Received.Total(Tally.Demo.SimulatedAction.Status) == 1;
            },
            "its turn is taken over");
    }

    /// <summary>As a node that has not looked yet.</summary>
    private static Task<bool> IsOursAsync(TestPanel panel, Node node, Provider provider) => Turns(panel, node).IsOursAsync(provider.Id, CancellationToken.None);

    private static SyncTurns Turns(TestPanel panel, Node node) => new(panel.Get<Database>(), node, new FaultPoints(), TimeProvider.System);

    private static async Task BeatAsync(TestPanel panel, params Node[] nodes)
    {
        foreach (var node in nodes)
        {
            await panel.Get<Database>().WriteAsync(
                tx => tx.Connection.ExecuteAsync("INSERT INTO nodes (name, beat, started_at) VALUES (@Name, 1, 0)", new { node.Name }, tx.Transaction), CancellationToken.None);
        }
    }
}
