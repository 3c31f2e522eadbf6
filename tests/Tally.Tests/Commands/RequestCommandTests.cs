using System.Globalization;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class RequestCommandTests
{
    [Theory, BothStores]
    public async Task Refills_are_listed_and_manual_ones_brought_to_their_ends(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("refills", "list")).ShouldSucceed().Lines.ShouldBe(["No refill."]);
        (await tally.JsonAsync("refills", "list", "--open")).GetArrayLength().ShouldBe(0);
        var (key, order) = await OrderAsync(tally);
        await tally.JsonAsync("order", "set-status", order, "Completed", "--reason", "done");
        await tally.ExecuteAsync("UPDATE orders SET completed_at = completed_at - 90000000");
        await CallAsync(tally, key, "refill", ("order", order));

        var line = (await tally.RunAsync("refills", "list", "--open", "--order", order)).ShouldSucceed().Lines.ShouldHaveSingleItem();
        line.ShouldMatch($"^ +1  20..-..-.. ..:..:..Z  Pending +order {order}  manual  waits for you$");
        (await tally.RunAsync("refills", "list", "--order", "99")).ShouldSucceed().Lines.ShouldBe(["No refill."]);
        (await tally.RunAsync("refills", "set", "1", "pending", "--reason", "x")).ShouldFail("'pending' is no end of a refill. There are: completed, rejected, error.");
        (await tally.RunAsync("refills", "set", "99", "completed", "--reason", "x")).ShouldFail("There is no refill 99.");
        (await tally.RunAsync("refills", "set", "1", "completed", "--reason", " ")).ShouldFail("A reason is required");
        (await tally.RunAsync("refills", "set", "1", "completed")).ShouldBeMisspelt("'--reason' is required");
        (await tally.RunAsync("refills", "set", "1", "completed", "--reason", "topped up")).ShouldSucceed().Lines.ShouldBe([$"refill 1 of order {order} is Completed"]);
        (await tally.RunAsync("refills", "set", "1", "error", "--reason", "x")).ShouldFail("Refill 1 is Completed already.");

        var json = (await tally.JsonAsync("refills", "list"))[0];
        (json.GetProperty("status").GetString(), json.GetProperty("note").GetString(), json.GetProperty("waitsForOperator").GetBoolean()).ShouldBe(("Completed", "topped up", false));
        (await tally.JsonAsync("refills", "list", "--open")).GetArrayLength().ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Requests_to_cancel_are_listed_and_rejected_or_followed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("cancels", "list")).ShouldSucceed().Lines.ShouldBe(["No request to cancel."]);
        var (key, order) = await OrderAsync(tally);
        await CallAsync(tally, key, "cancel", ("orders", order));
        (await tally.RunAsync("cancels", "list", "--open")).ShouldSucceed().Lines.ShouldHaveSingleItem().ShouldMatch($"Open +order {order}  manual  waits for you$");
        (await tally.RunAsync("cancels", "reject", "99", "--reason", "x")).ShouldFail("99");
        (await tally.RunAsync("cancels", "reject", "1", "--reason", " ")).ShouldFail("A reason is required");
        (await tally.RunAsync("cancels", "reject", "1")).ShouldBeMisspelt("'--reason' is required");
        (await tally.RunAsync("cancels", "reject", "1", "--reason", "it has begun")).ShouldSucceed().Lines.ShouldBe(["request 1 is rejected; the order goes on"]);
        (await tally.RunAsync("cancels", "reject", "1", "--reason", "x")).ShouldFail("ended already (Rejected)");

        await CallAsync(tally, key, "cancel", ("orders", order));
        await tally.JsonAsync("order", "set-status", order, "Canceled", "--reason", "as asked");
        (await tally.JsonAsync("cancels", "list", "--open")).GetArrayLength().ShouldBe(0);
        var all = await tally.JsonAsync("cancels", "list");
        all.EnumerateArray().Select(c => (c.GetProperty("state").GetString(), c.GetProperty("note").GetString())).ShouldBe([("rejected", "it has begun"), ("done", null)]);
        (await tally.RunAsync("ledger", "verify")).ShouldSucceed();
    }

    private static async Task<(string Key, string Order)> OrderAsync(CommandLine tally)
    {
        var key = await tally.AddUserAsync("an@example.com", "100000");
        await using var panel = await TestPanel.JoinAsync(tally.Database);
        var service = await panel.AddServiceAsync();
        var answer = await panel.CallAsAsync(key, "add", ("service", service.Id.ToString(CultureInfo.InvariantCulture)), ("link", "https://example.com/a"), ("quantity", "500"));
        return (key, answer.GetProperty("order").GetInt64().ToString(CultureInfo.InvariantCulture));
    }

    private static async Task CallAsync(CommandLine tally, string key, string action, (string Name, string Value) parameter)
    {
        await using var panel = await TestPanel.JoinAsync(tally.Database);
        (await panel.CallAsAsync(key, action, parameter)).GetRawText().ShouldNotContain("error");
    }
}
