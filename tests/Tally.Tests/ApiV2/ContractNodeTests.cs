using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>What the contract promises of nodes, stores and connections rather than of single requests.</summary>
public sealed class ContractNodeTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const string Unavailable = """{"error":"Service temporarily unavailable","code":"unavailable"}""";

    [Theory, BothStores]
    public async Task A_revoked_key_and_a_maintenance_reach_every_node_by_themselves(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);

        // SQLite serves one process: there the only node has to notice what a command beside it did.
        await using var second = kind == StoreKind.Postgres ? await TestPanel.JoinAsync(panel.Database) : null;
        var node = second ?? panel;
        (await node.CallAsAsync(panel.Key, "balance")).GetRawText().ShouldBe("""{"balance":"1000000","currency":"USD"}""");
        await panel.SetAsync("maintenance", "true");
        await TestPanel.WaitAsync(async () => (await node.CallAsAsync(panel.Key, "balance")).GetRawText() == Unavailable, "the other node is in maintenance");
        await panel.SetAsync("maintenance", "false");
        await TestPanel.WaitAsync(async () => (await node.CallAsAsync(panel.Key, "balance")).TryGetProperty("balance", out _), "the other node is back");
        await panel.Get<AccountBook>().RevokeKeyAsync(panel.Customer.Key.Id, CancellationToken.None);
        var refused = Refused("Invalid API key", "invalid_key");
        await TestPanel.WaitAsync(async () => (await node.CallAsAsync(panel.Key, "balance")).GetRawText() == refused, "the other node has forgotten the key");
    }

    [Theory, BothStores]
    public async Task One_reference_sent_to_two_nodes_at_once_is_one_order(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var second = kind == StoreKind.Postgres ? await TestPanel.JoinAsync(panel.Database) : null;
        var service = await panel.AddServiceAsync(rate: "1000");
        await (second ?? panel).Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        for (var round = 0; round < 5; round++)
        {
            (string, string)[] sent = [.. Default(service.Id), ("order_reference", "round " + round)];
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? panel : second ?? panel).CallAsAsync(panel.Key, "add", sent)));
            answers.Select(a => a.GetRawText()).Distinct().ShouldHaveSingleItem().ShouldMatch("^\\{\"order\":[0-9]+\\}$");
        }

        (await panel.BalanceAsync()).ShouldBe("999500");
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_reference_holds_after_a_restart(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        OpenedAccount customer;
        (string, string)[] sent;
        string first;
        await using (var before = await TestPanel.JoinAsync(store.ConnectionString))
        {
            customer = await before.OpenAccountAsync("customer@example.com", "1000");
            sent = [.. Default((await before.AddServiceAsync(rate: "1000")).Id), ("order_reference", "before")];
            first = (await before.CallAsAsync(customer.Key.Key, "add", sent)).GetRawText();
            first.ShouldStartWith("{\"order\":", Case.Sensitive);
        }

        await using var after = await TestPanel.JoinAsync(store.ConnectionString);
        (await after.CallAsAsync(customer.Key.Key, "add", sent)).GetRawText().ShouldBe(first);
        (await after.CallAsAsync(customer.Key.Key, "balance")).GetRawText().ShouldBe("""{"balance":"900","currency":"USD"}""");
    }

    [Theory, BothStores]
    public async Task A_store_that_does_not_answer_is_unavailable_and_takes_nothing(StoreKind kind)
    {
        using var log = new ContractLog();
        await using var panel = await TestPanel.StartAsync(kind, also: builder => builder.Services.AddSingleton<ILoggerProvider>(log));
        var service = await panel.AddServiceAsync(rate: "1000");
        var order = await panel.AddAsync(Default(service.Id));
        (string, string)[] sent = [.. Default(service.Id), ("order_reference", "again")];
        await ContractStore.RunAsync(panel, "ALTER TABLE orders RENAME TO orders_away", new { });
        foreach (var (action, parameters) in ((string, (string, string)[])[])
            [("add", sent), ("status", [("order", Text(order))]), ("status", [("orders", Text(order))]), ("cancel", [("orders", Text(order))]), ("refill", [("order", Text(order))]), ("refill", [("orders", Text(order))])])
        {
            (await panel.CallAsync(action, parameters)).GetRawText().ShouldBe(Unavailable, action);
        }

        // An operator hears of it once a request, as of something outside that failed.
        (log.Warnings.Count(w => w.Contains("the store does not answer", StringComparison.Ordinal)), log.Errors.Count).ShouldBe((6, 0));

        await ContractStore.RunAsync(panel, "ALTER TABLE orders_away RENAME TO orders", new { });
        (await panel.BalanceAsync()).ShouldBe("999900");
        var second = await panel.AddAsync(sent);
        second.ShouldNotBe(order);
        (await panel.AddAsync(sent)).ShouldBe(second);
        (await panel.BalanceAsync()).ShouldBe("999800");
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_store_that_is_lost_in_the_middle_of_a_commit_is_unavailable_and_the_request_can_be_sent_again(StoreKind kind)
    {
        using var log = new ContractLog();
        await using var panel = await TestPanel.StartAsync(kind, also: builder =>
        {
            builder.Services.AddSingleton<ILoggerProvider>(log);
            ForgetfulDatabase.Under(builder);
        });
        var service = await panel.AddServiceAsync(rate: "1000");
        var (cancelled, refilled) = (await panel.AddAsync(Default(service.Id)), await panel.AddAsync(Default(service.Id)));
        await panel.SettleAsync(refilled, Tally.Orders.OrderStatus.Completed, 0);
        await ContractStore.RunAsync(panel, "UPDATE orders SET completed_at = completed_at - 86400000 WHERE id = @refilled", new { refilled });
        (string, string)[] sent = [.. Default(service.Id), ("order_reference", "again")];
        foreach (var (action, parameters) in ((string, (string, string)[])[])[("add", sent), ("cancel", [("orders", Text(cancelled))]), ("refill", [("order", Text(refilled))])])
        {
            panel.Get<ForgetfulDatabase>().ForgetNext();
            (await panel.CallAsync(action, parameters)).GetRawText().ShouldBe(Unavailable, action);
        }

        (log.Warnings.Count(w => w.Contains("the store does not answer", StringComparison.Ordinal)), log.Errors.Count).ShouldBe((3, 0));

        // All of it had happened.
        (await panel.AddAsync(sent)).ShouldBeGreaterThan(refilled);
        (await panel.BalanceAsync()).ShouldBe("999700");
        (await panel.QueryAsync<long>("SELECT order_id FROM cancels")).ShouldBe([cancelled]);
        (await panel.CallAsync("refill", ("order", Text(refilled)))).GetRawText().ShouldContain("refill_open");
    }

    [Theory, BothStores]
    public async Task Old_and_plain_clients_are_answered(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var form = $"key={c.Key}&action=balance";
        const string Full = """{"balance":"1000000","currency":"USD"}""";
        foreach (var request in (string[])
            [
                $"GET /api/v2?{form} HTTP/1.0\r\n\r\n",
                $"POST /api/v2?{form} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                $"POST /api/v2 HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}",
                $"POST /api/v2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{form[..5]}\r\n{form.Length - 5:x}\r\n{form[5..]}\r\n0\r\n\r\n",
                $"POST /api/v2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {form.Length}\r\n\r\n{form}",
            ])
        {
            var answer = (await ToTheEndAsync(c, request)).Replace("HTTP/1.1 100 Continue\r\n\r\n", "");
            answer.ShouldStartWith("HTTP/1.1 200 OK\r\n", Case.Sensitive, request);
            answer.ShouldContain("\r\nContent-Type: application/json\r\n", Case.Sensitive, request);
            answer.ShouldEndWith("\r\n\r\n" + Full, Case.Sensitive, request);
        }
    }

    [Theory, BothStores]
    public async Task A_body_too_large_ends_its_connection(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        const int Length = 2 * 1_048_576;
        var answer = await ToTheEndAsync(c, $"POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n" + new string('a', Length));
        answer.ShouldContain("\r\nConnection: close\r\n", Case.Sensitive);
        answer.ShouldEndWith("\r\n\r\n" + Incorrect("The body is larger than 1048576 bytes."), Case.Sensitive);
    }

    // Everything that comes until the server ends the connection.
    private static async Task<string> ToTheEndAsync(ContractCustomer c, string request)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, c.Panel.Api.Port, timeout.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), timeout.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, timeout.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
