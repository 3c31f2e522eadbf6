using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>Running nodes for all tests of a class: two on PostgreSQL, one on SQLite, which only one process serves. What changes is changed by a process beside them.</summary>
public sealed class FollowingNodes : IAsyncLifetime
{
    private readonly Dictionary<StoreKind, (ProcessPanel Panel, IReadOnlyList<ApiCaller> Callers)> _started = [];
    private int _tests;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The nodes on a store, with a customer and a service of the test's own.</summary>
    internal async Task<Following> ForTestAsync(StoreKind kind)
    {
        if (!_started.TryGetValue(kind, out var nodes))
        {
            nodes = _started[kind] = await StartAsync(kind);
        }

        var customer = await nodes.Panel.OpenAccountAsync($"customer{++_tests}@example.com");
        var following = new Following(nodes.Panel, customer, await nodes.Panel.AddServiceAsync(), nodes.Callers);
        await following.AllAsync(async node => (await following.AddAsync(node)).IsAccepted, "the new account can order the new service");
        return following;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (panel, callers) in _started.Values)
        {
            callers.ToList().ForEach(c => c.Dispose());
            await panel.DisposeAsync();
        }
    }

    private static async Task<(ProcessPanel Panel, IReadOnlyList<ApiCaller> Callers)> StartAsync(StoreKind kind)
    {
        var panel = await ProcessPanel.CreateAsync(kind);
        var callers = new List<ApiCaller>();
        for (var node = 0; node < (kind == StoreKind.Postgres ? 2 : 1); node++)
        {
            callers.Add(new ApiCaller((await panel.ServeAsync()).Address));
        }

        return (panel, callers);
    }
}

/// <summary>What one test changes, and the nodes that must follow.</summary>
internal sealed record Following(ProcessPanel Panel, OpenedAccount Customer, string Service, IReadOnlyList<ApiCaller> Callers)
{
    /// <summary>Twice a second the nodes look, and a loaded machine may be late.</summary>
    private const int WithinSeconds = 3;

    /// <summary>Runs a command that must bump a topic's counter, by which the nodes see that they are behind.</summary>
    public async Task ChangeAsync(string topic, params string[] command)
    {
        var before = await VersionAsync(topic);
        await Panel.RunAsync(command);
        (await VersionAsync(topic)).ShouldBeGreaterThan(before, topic);
    }

    /// <summary>Something comes to hold on every node soon.</summary>
    public Task AllAsync(Func<ApiCaller, Task<bool>> holds, string what) => TestPanel.WaitAsync(
        async () => (await Task.WhenAll(Callers.Select(holds))).All(held => held), what, WithinSeconds);

    public Task<AddAnswer> AddAsync(ApiCaller node, string? key = null, string quantity = "100") =>
        node.AddAsync(key ?? Customer.Key.Key, ("service", Service), ("link", "https://example.com/follow"), ("quantity", quantity));

    /// <summary>The rate under which a node lists the service; null when it does not list it.</summary>
    public async Task<string?> ListedRateAsync(ApiCaller node) => (await node.CallAsync(Customer.Key.Key, "services")).EnumerateArray()
        .Where(s => s.GetProperty("service").GetInt64().ToString() == Service).Select(s => s.GetProperty("rate").GetString()).SingleOrDefault();

    private Task<long> VersionAsync(string topic) => Panel.CountAsync("SELECT COALESCE((SELECT version FROM changes WHERE topic = @topic), 0)", new { topic });
}
