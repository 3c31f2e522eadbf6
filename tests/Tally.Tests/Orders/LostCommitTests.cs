using System.Globalization;
using Dapper;
using Shouldly;
using Tally.Testing;
using Tally.Tests.Platform.Db;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>The server is lost while it commits an order, as at a fail-over: it has the order, and nobody was told.</summary>
public sealed class LostCommitTests
{
    [Fact]
    public async Task An_order_whose_commit_got_lost_is_not_acknowledged_and_sent_again_it_is_the_one_that_is_stored()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var pooler = new LosingPooler(store.ConnectionString);
        await using var panel = await TestPanel.JoinAsync(pooler.ConnectionString);
        var customer = await panel.OpenAccountAsync("customer@example.com", "10000");
        var service = (await panel.AddServiceAsync()).Id.ToString(CultureInfo.InvariantCulture);
        (string, string)[] order = [("service", service), ("link", "https://example.com/a"), ("quantity", "100"), ("order_reference", "once")];

        pooler.LoseCommitAfter("INSERT INTO orders (");
        var lost = await panel.CallAsAsync(customer.Key.Key, "add", order);
        lost.GetProperty("code").GetString().ShouldBe("unavailable");
        lost.TryGetProperty("order", out _).ShouldBeFalse();

        await using var connection = await store.OpenAsync();
        var stored = (await connection.QueryAsync<long>("SELECT id FROM orders")).ShouldHaveSingleItem("the server had committed it");
        for (var again = 0; again < 2; again++)
        {
            var answer = await panel.CallAsAsync(customer.Key.Key, "add", order);
            answer.TryGetProperty("error", out _).ShouldBeFalse(answer.ToString());
            answer.GetProperty("order").GetInt64().ShouldBe(stored);
        }

        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders")).ShouldBe(1);
        (await panel.CallAsAsync(customer.Key.Key, "balance")).GetProperty("balance").GetString().ShouldBe("8500");
        (await panel.VerifyAsync()).Holds.ShouldBeTrue();
    }
}
