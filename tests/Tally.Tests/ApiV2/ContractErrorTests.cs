using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>api-v2.md section 5: each error of <c>add</c> and <c>cancel</c>, letter for letter; and the order of checks of section 7.</summary>
public sealed class ContractErrorTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const string ActiveLink = """{"error":"You have active order with this link. Please wait until order being completed.","code":"active_link"}""";

    [Theory, BothStores]
    public async Task What_stands_against_an_order(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "100");
        var service = await c.Panel.AddServiceAsync(rate: "1000", with: s => s with { Min = 200, Max = 10_000, Dripfeed = false });
        var disabled = await c.Panel.AddServiceAsync(with: s => s with { Enabled = false });
        (string Refusal, (string, string)[] Parameters)[] rows =
        [
            (Refused("Incorrect service ID", "incorrect_service"), Default(999_999)),
            (Refused("Incorrect service ID", "incorrect_service"), Default(0)),
            (Refused("Incorrect service ID", "incorrect_service"), [("service", "99999999999999999999")]),
            (Refused("Disabled service ID", "disabled_service"), Default(disabled.Id)),
            (Refused("Not enough funds on balance", "not_enough_funds"), Default(service.Id, 200)),
            (Refused("Quantity less than minimal 200", "min_quantity"), Default(service.Id, 199)),
            (Refused("Quantity more than maximum 10000", "max_quantity"), Default(service.Id, 10_001)),
            (Refused("Bad link", "bad_link"), [("service", Text(service.Id)), ("quantity", "200")]),
            (Refused("Bad link", "bad_link"), Default(service.Id, 200, "example")),
            (Refused("Drip-feed is disabled for this service", "dripfeed_disabled"), [.. Default(service.Id, 200), ("runs", "2")]),
            (Incorrect("service: required"), [("link", "https://example.com/")]),
            (Incorrect("quantity: required"), [("service", Text(service.Id)), ("link", "https://example.com/")]),
        ];
        foreach (var (refusal, parameters) in rows)
        {
            await c.AddRefusedAsync(refusal, parameters);
        }
    }

    [Theory, BothStores]
    public async Task Checks_come_in_their_order(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "10");
        var service = await c.Panel.AddServiceAsync(rate: "1000", with: s => s with { UniqueLink = true });
        await c.AddAsync(Default(service.Id, 10));

        // Each of these is wrong in every later respect too.
        (await c.SendAsync("key=wrong&action=nonsense&service=x&link=%zz")).Ok().ShouldBe(Refused("Invalid API key", "invalid_key"));
        await c.AddRefusedAsync(Refused("Incorrect service ID", "incorrect_service"), ("service", "999999"), ("link", "x"), ("quantity", "x"));
        await c.AddRefusedAsync(Incorrect("quantity: expected a whole number"), ("service", Text(service.Id)), ("link", "x"), ("quantity", "x"));
        await c.AddRefusedAsync(Refused("Bad link", "bad_link"), Default(service.Id, 5, "x"));
        await c.AddRefusedAsync(Refused("Quantity less than minimal 10", "min_quantity"), Default(service.Id, 5));
        await c.AddRefusedAsync(ActiveLink, Default(service.Id, 10));
        await c.AddRefusedAsync(Refused("Not enough funds on balance", "not_enough_funds"), Default(service.Id, 10, "https://example.com/p/2"));
    }

    [Theory, BothStores]
    public async Task A_link_is_active_until_its_order_is_final_and_only_where_the_service_says_so(StoreKind kind)
    {
        var (c, other) = (await panels.CustomerAsync(kind), await panels.CustomerAsync(kind));
        var service = await c.Panel.AddServiceAsync(rate: "1", with: s => s with { UniqueLink = true });
        var second = await c.Panel.AddServiceAsync(rate: "1", with: s => s with { UniqueLink = true });
        foreach (var (end, remains) in ((OrderStatus, long)[])[(OrderStatus.Completed, 0), (OrderStatus.Partial, 5), (OrderStatus.Canceled, 100)])
        {
            var order = await c.AddAsync(Default(service.Id));
            await c.AddRefusedAsync(ActiveLink, Default(service.Id));
            await c.AddRefusedAsync(ActiveLink, Default(service.Id, 500, " https://example.com/p/1 "));
            await c.Panel.SettleAsync(order, OrderStatus.InProgress, 50);
            await c.AddRefusedAsync(ActiveLink, Default(service.Id));
            await c.Panel.SettleAsync(order, end, remains);
        }

        await c.AddAsync(Default(service.Id));
        await c.AddAsync(Default(service.Id, link: "https://example.com/p/3"));
        await c.AddAsync(Default(second.Id));
        await other.AddAsync(Default(service.Id));
        var careless = await c.Panel.AddServiceAsync(rate: "1");
        (await c.AddAsync(Default(careless.Id))).ShouldBeLessThan(await c.AddAsync(Default(careless.Id)));
    }

    [Theory, BothStores]
    public async Task Of_many_orders_for_one_link_at_once_one_is_taken(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000", with: s => s with { UniqueLink = true });
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => c.AskAsync("add", Default(service.Id))));
        answers.Count(a => a == ActiveLink).ShouldBe(29);
        (await c.BalanceAsync(), await c.OrdersAsync()).ShouldBe(("999900", 1));
    }

    [Theory, BothStores]
    public async Task A_wallet_is_never_overdrawn_by_orders_at_once(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "1000");
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => c.AskAsync("add", Default(service.Id))));
        answers.Count(a => a == Refused("Not enough funds on balance", "not_enough_funds")).ShouldBe(20);
        (await c.BalanceAsync(), await c.OrdersAsync()).ShouldBe(("0", 10));
    }

    [Theory, BothStores]
    public async Task What_stands_against_a_cancel(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        var order = await c.AddAsync(Default(service.Id));
        async Task<string> CancelAsync() => (await c.AskAsync("cancel", ("orders", Text(order)))).Replace($"[{{\"order\":{order},\"cancel\":", "")[..^2];

        (await CancelAsync()).ShouldBe("1");
        (await c.StoredAsync(order)).Status.ShouldBe(OrderStatus.Pending, "by hand: the request waits for the operator");
        (await CancelAsync()).ShouldBe(Refused("The cancel request is not completed for this order", "cancel_open"));
        await c.Panel.SettleAsync(order, OrderStatus.Canceled, 100);
        (await CancelAsync()).ShouldBe(Refused("The order cannot be canceled", "cancel_final"));
        await c.Panel.SaveAsync(service with { Cancel = false });
        (await CancelAsync()).ShouldBe(Refused("Cancel is disabled for this service", "cancel_disabled"));
        (await c.BalanceAsync()).ShouldBe("1000000");
    }

    [Theory, BothStores]
    public async Task An_order_not_yet_sent_is_cancelled_and_paid_back_at_once(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions());
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(provider.Url, provider.Key);
        var service = await panel.AddServiceAsync(rate: "1000", with: s => s with { ProviderId = upstream.Id, ProviderService = "1" });
        var order = Text(await panel.AddAsync(Default(service.Id)));
        (await panel.CallAsync("cancel", ("order", order))).GetRawText().ShouldBe($$"""[{"order":{{order}},"cancel":1}]""");
        (await panel.CallAsync("status", ("order", order))).GetRawText().ShouldBe("""{"charge":"0","start_count":"0","status":"Canceled","remains":"100","currency":"USD"}""");
        (await panel.BalanceAsync()).ShouldBe("1000000");
        (await panel.CallAsync("cancel", ("order", order))).GetRawText()
            .ShouldBe($$"""[{"order":{{order}},"cancel":{{Refused("The order cannot be canceled", "cancel_final")}}}]""");
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task In_maintenance_everything_is_unavailable_and_nothing_is_taken(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        await panel.SetAsync("maintenance", "true");
        foreach (var action in (string[])["services", "add", "status", "cancel", "refill", "refill_status", "balance", "nonsense"])
        {
            (await panel.CallAsync(action, [.. Default(service.Id), ("order", "1")])).GetRawText().ShouldBe("""{"error":"Service temporarily unavailable","code":"unavailable"}""", action);
        }

        (await panel.CallAsAsync("wrong", "balance")).GetRawText().ShouldBe(Refused("Invalid API key", "invalid_key"));
        await panel.SetAsync("maintenance", "false");
        (await panel.BalanceAsync()).ShouldBe("1000000");
        (await panel.VerifyAsync()).Orders.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Drip_feeds_that_are_cancelled_pay_back_the_runs_to_come(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        var order = await c.AddAsync([.. Default(service.Id), ("runs", "4"), ("interval", "15")]);
        (await c.BalanceAsync()).ShouldBe("999600");
        (await c.AskAsync("cancel", ("orders", Text(order)))).ShouldBe($$"""[{"order":{{order}},"cancel":1}]""");
        (await c.BalanceAsync()).ShouldBe("1000000");
        (await c.AskAsync("status", ("order", Text(order)))).ShouldBe(
            """{"charge":"0","start_count":"0","status":"Pending","remains":"400","currency":"USD","runs":"4","interval":"15","orders":[]}""");
    }
}
