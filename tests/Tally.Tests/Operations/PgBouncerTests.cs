using System.Globalization;
using Dapper;
using Shouldly;
using Tally.Accounts;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>Nodes behind PgBouncer in transaction mode, with fewer connections to the server than they have themselves: each transaction may run in another session.</summary>
public sealed class PgBouncerTests
{
    private const int ServerConnections = 3, Orders = 150;

    [Fact]
    public async Task Two_nodes_behind_PgBouncer_take_send_and_follow_orders_and_keep_the_books()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var pooler = await store.BehindPgBouncerAsync(ServerConnections);
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = true });

        // Both bring the empty store forward at once, so the migrations' lock is asked for through the pooler, too.
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => TestPanel.JoinAsync(pooler.ConnectionString, roles: NodeRoles.Web | NodeRoles.Worker)));
        await using var first = nodes[0];
        await using var second = nodes[1];
        await first.SetAsync("sync_interval_ms", "100");
        var upstream = await first.AddProviderAsync(provider.Url, provider.Key, references: true);
        var customer = await first.OpenAccountAsync("customer@example.com", "1000000");
        var service = await first.AddServiceAsync(with: s => s with
        {
            ProviderId = upstream.Id,
            ProviderService = provider.ServiceFor(3).ToString(CultureInfo.InvariantCulture),
        });
        await second.Get<ApiKeys>().RefreshAsync(default);
        await second.Get<Tally.Catalog.Catalog>().RefreshAsync(default);

        var ids = await Task.WhenAll(Enumerable.Range(0, Orders).Select(async n =>
        {
            var here = await AddAsync(first, customer, service.Id, n);
            (await AddAsync(second, customer, service.Id, n)).ShouldBe(here, "the reference names the same order on every node");
            return here;
        }));

        ids.Distinct().Count().ShouldBe(Orders);
        await TestPanel.WaitAsync(async () => await CountAsync(store, "SELECT COUNT(*) FROM orders WHERE send_state = @sent", new { sent = (int)SendState.Sent }) == Orders, "all are sent", 90);
        provider.OrdersTaken.Count.ShouldBe(Orders);
        (await first.VerifyAsync()).Holds.ShouldBeTrue();
        (await CountAsync(store, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")).ShouldBeInRange(1, ServerConnections);
    }

    private static async Task<long> AddAsync(TestPanel node, OpenedAccount customer, long service, int number)
    {
        var answer = await node.CallAsAsync(
            customer.Key.Key, "add", ("service", service.ToString(CultureInfo.InvariantCulture)), ("link", $"https://example.com/{number}"), ("quantity", "100"), ("order_reference", $"r-{number}"));
        return answer.TryGetProperty("order", out var order) && !answer.TryGetProperty("error", out _) ? order.GetInt64() : throw new InvalidOperationException("Expected an order: " + answer);
    }

    // Past the pooler.
    private static async Task<long> CountAsync(TestStore store, string sql, object? parameters = null)
    {
        await using var connection = await store.OpenAsync();
        return await connection.ExecuteScalarAsync<long>(sql, parameters);
    }
}
