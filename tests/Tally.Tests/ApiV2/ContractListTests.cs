using Shouldly;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>Lists of ids in status, cancel, refill and refill_status (api-v2.md sections 3 and 7).</summary>
public sealed class ContractListTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const string Unknown = """{"error":"Incorrect order ID","code":"incorrect_order"}""";
    private const string NotFound = """{"error":"Refill not found","code":"refill_not_found"}""";

    [Theory, BothStores]
    public async Task Multi_status_is_keyed_by_the_items_as_sent_each_once(StoreKind kind)
    {
        var (c, order) = await ReadyAsync(kind);
        const string Told = """{"charge":"100","start_count":"0","status":"Pending","remains":"100","currency":"USD"}""";
        (string Sent, string Answer)[] rows =
        [
            ($"{order}", $$"""{"{{order}}":{{Told}}}"""),
            ($" {order} ,, 0{order} , {order},", $$"""{"{{order}}":{{Told}},"0{{order}}":{{Told}}}"""),
            ($"999999,{order}", $$"""{"999999":{{Unknown}},"{{order}}":{{Told}}}"""),
            ("abc,-1,1.5,99999999999999999999,0,\"", $$"""{"abc":{{Unknown}},"-1":{{Unknown}},"1.5":{{Unknown}},"99999999999999999999":{{Unknown}},"0":{{Unknown}},"\"":{{Unknown}}}"""),
        ];
        foreach (var (sent, answer) in rows)
        {
            (await c.AskAsync("status", ("orders", sent))).ShouldBe(answer);
            (await c.AskAsync("orders", ("orders", sent))).ShouldBe(answer);
        }

        // With both, the list wins; a name that means a list takes the single one as a list.
        (await c.AskAsync("status", ("order", "1"), ("orders", Text(order)))).ShouldBe($$"""{"{{order}}":{{Told}}}""");
        (await c.AskAsync("multi_status", ("order", Text(order)))).ShouldBe($$"""{"{{order}}":{{Told}}}""");
    }

    [Theory, BothStores]
    public async Task A_hundred_ids_are_answered_and_one_more_is_refused_by_name(StoreKind kind)
    {
        var (c, order) = await ReadyAsync(kind);
        var hundred = string.Join(',', Enumerable.Range(900_000, 99).Select(n => Text(n)).Append(Text(order)));
        (string Action, string Parameter, string One)[] rows =
            [("status", "orders", $"\"{order}\":{{\"charge\""), ("cancel", "orders", $$"""{"order":{{order}},"cancel":1}"""), ("refill", "orders", $"{{\"order\":{order},\"refill\":{{"), ("refill_status", "refills", $"{{\"refill\":{order},")];
        foreach (var (action, parameter, one) in rows)
        {
            var refusal = Incorrect($"{parameter}: at most 100 ids in one request");
            (await c.AskAsync(action, (parameter, hundred + ",999999"))).ShouldBe(refusal, action);
            var answer = await c.AskAsync(action, (parameter, hundred + "," + hundred + ", ,"));
            answer.Contains(one, StringComparison.Ordinal).ShouldBeTrue(action + answer);
            answer.Split("900098").Length.ShouldBe(2, action);
            foreach (var nothing in (string[])[",", " ", ", ,"])
            {
                (await c.AskAsync(action, (parameter, nothing))).ShouldBe(Incorrect($"{parameter}: required"), action);
            }
        }
    }

    [Theory, BothStores]
    public async Task A_list_too_long_does_nothing(StoreKind kind)
    {
        var (c, order) = await ReadyAsync(kind);
        var many = Text(order) + "," + string.Join(',', Enumerable.Range(900_000, 100));
        await c.ForNothingAsync(() => c.AskAsync("cancel", ("orders", many)));
        (await c.AskAsync("cancel", ("orders", Text(order)))).ShouldBe($$"""[{"order":{{order}},"cancel":1}]""");
    }

    [Theory, BothStores]
    public async Task Cancel_answers_an_array_in_the_order_asked_also_for_one(StoreKind kind)
    {
        var (c, order) = await ReadyAsync(kind);
        (await c.AskAsync("cancel", ("orders", $"999999, {order},0{order},abc,{order}")))
            .ShouldBe($$"""[{"order":999999,"cancel":{{Unknown}}},{"order":{{order}},"cancel":1},{"order":"abc","cancel":{{Unknown}}}]""");
        (await c.StoredAsync(order)).Status.ShouldBe(OrderStatus.Pending);
        (await c.AskAsync("cancel", ("order", "999999"))).ShouldBe($$"""[{"order":999999,"cancel":{{Unknown}}}]""");
        (await c.AskAsync("cancel", ("order", "1"), ("orders", "999998"))).ShouldBe($$"""[{"order":999998,"cancel":{{Unknown}}}]""");
    }

    [Theory, BothStores]
    public async Task One_refill_is_a_text_and_many_are_integers(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var (first, second) = (await CompletedAsync(panel), await CompletedAsync(panel));
        var one = (await panel.CallAsync("refill", ("order", Text(first)))).GetRawText();
        one.ShouldMatch("^\\{\"refill\":\"[1-9][0-9]*\"\\}$");
        var refill = long.Parse(one.Split('"')[3]);
        var many = (await panel.CallAsync("refill", ("orders", $"{second},abc,999999,{second}"))).GetRawText();
        many.ShouldBe($$"""[{"order":{{second}},"refill":{{refill + 1}}},{"order":"abc","refill":{{Unknown}}},{"order":999999,"refill":{{Unknown}}}]""");
        (await panel.CallAsync("refill_status", ("refill", Text(refill)))).GetRawText().ShouldBe("""{"status":"Pending"}""");
        (await panel.CallAsync("refill_status", ("refills", $"{refill + 1},999999, x ,0{refill},{refill}"))).GetRawText().ShouldBe(
            $$"""[{"refill":{{refill + 1}},"status":"Pending"},{"refill":999999,"status":{{NotFound}}},{"refill":"x","status":{{NotFound}}},{"refill":{{refill}},"status":"Pending"}]""");
        var stranger = await panel.OpenAccountAsync("stranger@example.com");
        (await panel.CallAsAsync(stranger.Key.Key, "refill_status", ("refill", Text(refill)))).GetRawText().ShouldBe(NotFound);
        (await panel.CallAsAsync(stranger.Key.Key, "refill", ("order", Text(first)))).GetRawText().ShouldBe(Unknown);
        (await panel.CallAsAsync(stranger.Key.Key, "cancel", ("orders", Text(first)))).GetRawText().ShouldBe($$"""[{"order":{{first}},"cancel":{{Unknown}}}]""");
    }

    // Completed long enough ago, by moving its completion back rather than the clock forward.
    private static async Task<long> CompletedAsync(TestPanel panel)
    {
        var service = await panel.AddServiceAsync(rate: "1000");
        var order = await panel.AddAsync(Default(service.Id));
        await panel.SettleAsync(order, OrderStatus.Completed, 0, 1);
        await ContractStore.RunAsync(panel, "UPDATE orders SET completed_at = completed_at - 90000000 WHERE id = @order", new { order });
        return order;
    }

    private async Task<(ContractCustomer Customer, long Order)> ReadyAsync(StoreKind kind)
    {
        var customer = await panels.CustomerAsync(kind);
        var service = await customer.Panel.AddServiceAsync(rate: "1000");
        return (customer, await customer.AddAsync(Default(service.Id)));
    }
}
