using System.Globalization;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class OrderCommandTests
{
    [Theory, BothStores]
    public async Task An_order_is_shown_and_settled_and_its_money_follows(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var (first, second) = await OrdersAsync(tally);
        (await tally.RunAsync("order", "show", first)).ShouldSucceed().Lines.ShouldBe(
            [
                $"order     {first} of account 1, service 1", "status    Pending, start count 0, remains 500 of 500", "charge    7500, refunded 0", "link      https://example.com/a",
                "provider  none: manual",
            ]);
        (await tally.RunAsync("order", "set-status", first, "in progress", "--start-count", "120", "--reason", "begun")).ShouldSucceed()
            .Lines[1].ShouldBe("status    In progress, start count 120, remains 500 of 500");
        var json = await tally.JsonAsync("order", "set-status", first, "Partial", "--remains", "100", "--reason", "ran dry");
        json.GetProperty("status").GetString().ShouldBe("Partial");
        json.GetProperty("charge").GetString().ShouldBe("7500");
        json.GetProperty("refunded").GetString().ShouldBe("1500");
        json.GetProperty("remains").GetInt64().ShouldBe(100);
        (await tally.RunAsync("order", "show", first)).ShouldSucceed().Lines[2].ShouldBe("charge    7500, refunded 1500");
        (await tally.RunAsync("order", "set-status", second, "Canceled", "--reason", "asked for")).ShouldSucceed().Lines[2].ShouldBe("charge    7500, refunded 7500");
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("balance").GetString().ShouldBe("94000");
        (await tally.RunAsync("ledger", "verify")).ShouldSucceed();
    }

    [Theory, BothStores]
    public async Task What_cannot_become_of_an_order_is_refused_and_moves_no_money(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var (first, second) = await OrdersAsync(tally);
        (await tally.RunAsync("order", "show", "99")).ShouldFail("There is no order 99.");
        (await tally.RunAsync("order", "show", "first")).ShouldBeMisspelt("first");
        (await tally.RunAsync("order", "set-status", "99", "Completed", "--reason", "x")).ShouldFail("There is no order 99.");
        (await tally.RunAsync("order", "set-status", first, "Delivered", "--reason", "x")).ShouldFail("'Delivered' is no status. There are: Pending, Processing");
        (await tally.RunAsync("order", "set-status", first, "Partial", "--reason", "x")).ShouldFail("A Partial needs --remains");
        (await tally.RunAsync("order", "set-status", first, "Partial", "--remains=-1", "--reason", "x")).ShouldFail("--remains", "0 to 500");
        (await tally.RunAsync("order", "set-status", first, "Partial", "--remains", "501", "--reason", "x")).ShouldFail("--remains", "0 to 500");
        (await tally.RunAsync("order", "set-status", first, "In progress", "--start-count=-1", "--reason", "x")).ShouldFail("--start-count");
        (await tally.RunAsync("order", "set-status", first, "Completed", "--reason", " ")).ShouldFail("A reason is required");
        (await tally.RunAsync("order", "set-status", first, "Completed")).ShouldBeMisspelt("'--reason' is required");
        (await tally.RunAsync("order", "set-status", first, "Paused", "--reason", "x")).ShouldFail($"Order {first} is Pending; it cannot become Paused.");
        await tally.JsonAsync("order", "set-status", second, "Canceled", "--reason", "x");
        (await tally.RunAsync("order", "set-status", second, "Completed", "--reason", "x")).ShouldFail($"Order {second} is Canceled; it cannot become Completed.");
        (await tally.JsonAsync("order", "show", first)).GetProperty("status").GetString().ShouldBe("Pending");
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("balance").GetString().ShouldBe("92500");
    }

    [Theory, BothStores]
    public async Task Orders_that_wait_for_a_person_are_listed_and_seen_to(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var (first, second) = await OrdersAsync(tally);
        (await tally.RunAsync("orders", "attention", "list")).ShouldSucceed().Lines.ShouldBe(["No order waits for a person."]);
        (await tally.JsonAsync("orders", "attention", "list")).GetArrayLength().ShouldBe(0);
        await tally.JsonAsync("provider", "add", "up", "https://panel.example/api/v2", "key-there");
        await tally.ExecuteAsync("UPDATE orders SET status = 1, send_state = 4, due_at = NULL, provider_id = 1, provider_service = '55', note = 'no answer'");
        var list = (await tally.RunAsync("orders", "attention", "list")).ShouldSucceed();
        list.Lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]).ShouldBe([first, second]);
        list.Lines[0].ShouldMatch("Unconfirmed +provider 1 service 55 +7500 +https://example.com/a +no answer$");
        var json = await tally.JsonAsync("orders", "attention", "list");
        (json[0].GetProperty("status").GetString(), json[0].GetProperty("charge").GetString()).ShouldBe(("Processing", "7500"));

        (await tally.RunAsync("orders", "attention", "cancel", first, "--reason", "they do not have it")).ShouldSucceed().Lines[0].ShouldStartWith($"order {first} is Canceled");
        (await tally.JsonAsync("orders", "attention", "attach", second, "8812", "--reason", "they have it")).GetProperty("providerOrder").GetString().ShouldBe("8812");
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("balance").GetString().ShouldBe("92500");
        (await tally.RunAsync("orders", "attention", "resend", second, "--reason", "x")).ShouldFail(second);
        (await tally.RunAsync("orders", "attention", "resend", "99", "--reason", "x")).ShouldFail("99");
        (await tally.RunAsync("orders", "attention", "cancel", first, "--reason", " ")).ShouldFail("A reason is required");
        (await tally.RunAsync("orders", "attention", "cancel", first)).ShouldBeMisspelt("'--reason' is required");
        (await tally.RunAsync("orders", "attention", "attach", second, "--reason", "x")).ShouldBeMisspelt("Required argument");
    }

    /// <summary>Two orders of 500 at 15000 a thousand, by a customer who had 100000.</summary>
    private static async Task<(string First, string Second)> OrdersAsync(CommandLine tally)
    {
        var key = await tally.AddUserAsync("an@example.com", "100000");
        await using var panel = await TestPanel.JoinAsync(tally.Database);
        var service = await panel.AddServiceAsync();
        var orders = new List<string>();
        foreach (var link in (string[])["https://example.com/a", "https://example.com/b"])
        {
            var answer = await panel.CallAsAsync(key, "add", ("service", service.Id.ToString(CultureInfo.InvariantCulture)), ("link", link), ("quantity", "500"));
            orders.Add(answer.GetProperty("order").GetInt64().ToString(CultureInfo.InvariantCulture));
        }

        return (orders[0], orders[1]);
    }
}
