using System.Globalization;
using System.Text.Json;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>What an operator changes beside the nodes holds on every one of them within a second or so, by the counters in the table <c>changes</c>.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class NodesFollowTests(FollowingNodes shared) : IClassFixture<FollowingNodes>
{
    [Theory, BothStores]
    public async Task A_revoked_key_stops_on_every_node_and_the_accounts_other_key_goes_on(StoreKind kind)
    {
        var nodes = await shared.ForTestAsync(kind);
        var issued = await nodes.Panel.RunAsync("key", "add", nodes.Customer.Email, "--name", "second");
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
        var nodes = await shared.ForTestAsync(kind);
        await nodes.ChangeAsync("accounts", "user", "suspend", nodes.Customer.Email);
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).Code == "invalid_key", "the account is suspended");
        await nodes.ChangeAsync("accounts", "user", "resume", nodes.Customer.Email);
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "the account orders again");
    }

    [Theory, BothStores]
    public async Task A_changed_address_list_holds_on_every_node(StoreKind kind)
    {
        var nodes = await shared.ForTestAsync(kind);
        await nodes.ChangeAsync("accounts", "addresses", "set", nodes.Customer.Email, "192.0.2.0/24, 2001:db8::/32");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "IP address is not allowed", Code: "ip_not_allowed" }, "loopback is not on the list");
        await nodes.ChangeAsync("accounts", "addresses", "set", nodes.Customer.Email, "192.0.2.0/24, 127.0.0.0/8");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "loopback is on the list");
    }

    [Theory, BothStores]
    public async Task A_changed_service_is_sold_so_by_every_node(StoreKind kind)
    {
        var nodes = await shared.ForTestAsync(kind);
        await nodes.ChangeAsync("services", "services", "set", nodes.Service, "--enabled", "false");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Disabled service ID", Code: "disabled_service" }, "the service is switched off");
        await nodes.AllAsync(async node => await nodes.ListedRateAsync(node) is null, "the service is not listed");

        await nodes.ChangeAsync("services", "services", "set", nodes.Service, "--enabled", "true", "--rate", "7.5", "--min", "200");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Quantity less than minimal 200" }, "the least quantity has changed");
        await nodes.AllAsync(async node => await nodes.ListedRateAsync(node) == "7.5", "the rate is listed");
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
        var nodes = await shared.ForTestAsync(kind);
        await nodes.ChangeAsync("settings", "settings", "set", "maintenance", "true");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)) is { Error: "Service temporarily unavailable", Code: "unavailable" }, "the panel is in maintenance");
        await nodes.ChangeAsync("settings", "settings", "set", "maintenance", "false");
        await nodes.AllAsync(async node => (await nodes.AddAsync(node)).IsAccepted, "the panel sells again");
    }

    private static string? Error(JsonElement answer) => answer.TryGetProperty("error", out var error) ? error.GetString() : null;
}
