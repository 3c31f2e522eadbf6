using System.Globalization;
using System.Text.Json;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>What an operator changes beside the nodes holds on every one of them within a second or so, by the counters in the table <c>changes</c>.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class NodesFollowTests
{
    private const string Email = "customer@example.com";

    /// <summary>Twice a second the nodes look, and a loaded machine may be late.</summary>
    private const int WithinSeconds = 3;

    [Theory, BothStores]
    public async Task A_revoked_key_stops_on_every_node_and_the_accounts_other_key_goes_on(StoreKind kind)
    {
        await using var nodes = await Nodes.StartAsync(kind);
        var issued = await nodes.Panel.RunAsync("key", "add", Email, "--name", "second");
        var (id, key) = (issued.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), issued.GetProperty("key").GetString()!);
        await nodes.AllAsync(async node => (await node.CallAsync(key, "balance")).TryGetProperty("balance", out _), "the new key works");

        await nodes.ChangeAsync("accounts", "key", "revoke", id);
        await nodes.AllAsync(async node => Error(await node.CallAsync(key, "balance")) == "Invalid API key", "the revoked key has stopped");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node, key)).Code == "invalid_key", "the revoked key cannot order");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "the other key orders");
    }

    [Theory, BothStores]
    public async Task A_suspended_account_stops_on_every_node_until_it_is_let_in_again(StoreKind kind)
    {
        await using var nodes = await Nodes.StartAsync(kind);
        await nodes.ChangeAsync("accounts", "user", "suspend", Email);
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).Code == "invalid_key", "the account is suspended");
        await nodes.ChangeAsync("accounts", "user", "resume", Email);
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "the account orders again");
    }

    [Theory, BothStores]
    public async Task A_changed_address_list_holds_on_every_node(StoreKind kind)
    {
        await using var nodes = await Nodes.StartAsync(kind);
        await nodes.ChangeAsync("accounts", "addresses", "set", Email, "192.0.2.0/24, 2001:db8::/32");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "IP address is not allowed", Code: "ip_not_allowed" }, "loopback is not on the list");
        await nodes.ChangeAsync("accounts", "addresses", "set", Email, "192.0.2.0/24, 127.0.0.0/8");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "loopback is on the list");
    }

    [Theory, BothStores]
    public async Task A_changed_service_is_sold_so_by_every_node(StoreKind kind)
    {
        await using var nodes = await Nodes.StartAsync(kind);
        await nodes.ChangeAsync("services", "services", "set", nodes.Service, "--enabled", "false");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Disabled service ID", Code: "disabled_service" }, "the service is switched off");
        await nodes.AllAsync(async node => (await node.CallAsync(nodes.Customer.Key.Key, "services")).GetArrayLength() == 0, "the service is not listed");

        await nodes.ChangeAsync("services", "services", "set", nodes.Service, "--enabled", "true", "--rate", "7.5", "--min", "200");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Quantity less than minimal 200" }, "the least quantity has changed");
        await nodes.AllAsync(async node => (await node.CallAsync(nodes.Customer.Key.Key, "services"))[0].GetProperty("rate").GetString() == "7.5", "the rate is listed");
        foreach (var node in nodes.Callers)
        {
            var before = decimal.Parse(await node.BalanceAsync(nodes.Customer.Key.Key), CultureInfo.InvariantCulture);
            (await nodes.AddAsync(node, quantity: "200")).IsAccepted.ShouldBeTrue();
            (before - decimal.Parse(await node.BalanceAsync(nodes.Customer.Key.Key), CultureInfo.InvariantCulture)).ShouldBe(1.5m);
        }

        await nodes.Panel.VerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_changed_setting_holds_on_every_node(StoreKind kind)
    {
        await using var nodes = await Nodes.StartAsync(kind);
        await nodes.ChangeAsync("settings", "settings", "set", "maintenance", "true");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Service temporarily unavailable", Code: "unavailable" }, "the panel is in maintenance");
        await nodes.ChangeAsync("settings", "settings", "set", "maintenance", "false");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "the panel sells again");
    }

    private static string? Error(JsonElement answer) => answer.TryGetProperty("error", out var error) ? error.GetString() : null;

    /// <summary>Two nodes on PostgreSQL, one on SQLite; what changes is changed by a process beside them.</summary>
    private sealed class Nodes(ProcessPanel panel, OpenedAccount customer, string service, IReadOnlyList<ApiCaller> callers) : IAsyncDisposable
    {
        public ProcessPanel Panel { get; } = panel;

        public OpenedAccount Customer { get; } = customer;

        public string Service { get; } = service;

        public IReadOnlyList<ApiCaller> Callers { get; } = callers;

        public static async Task<Nodes> StartAsync(StoreKind kind)
        {
            var panel = await ProcessPanel.CreateAsync(kind);
            var (customer, service) = (await panel.OpenAccountAsync(Email), await panel.AddServiceAsync());
            var callers = new List<ApiCaller>();
            for (var node = 0; node < (kind == StoreKind.Postgres ? 2 : 1); node++)
            {
                callers.Add(new ApiCaller((await panel.ServeAsync()).Address));
            }

            var nodes = new Nodes(panel, customer, service, callers);
            foreach (var node in callers)
            {
                (await nodes.AddAsync(node)).IsAccepted.ShouldBeTrue();
            }

            return nodes;
        }

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

        public async ValueTask DisposeAsync()
        {
            foreach (var caller in Callers)
            {
                caller.Dispose();
            }

            await Panel.DisposeAsync();
        }

        private Task<long> VersionAsync(string topic) => Panel.CountAsync("SELECT COALESCE((SELECT version FROM changes WHERE topic = @topic), 0)", new { topic });
    }
}
