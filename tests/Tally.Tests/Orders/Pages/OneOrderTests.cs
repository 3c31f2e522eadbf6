using System.Net;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Orders.Workers;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages;

/// <summary>One order's page, and what may be done with an order.</summary>
public sealed class OneOrderTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Theory, BothStores]
    public async Task An_order_shows_its_figures_its_money_and_nothing_that_is_the_operators(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(ServiceType.CustomComments);
        var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("comments", string.Join('\n', Enumerable.Range(1, 100).Select(i => $"<b>{i}</b>"))));
        await panel.SettleAsync(order, OrderStatus.Partial, remains: 40, startCount: 1_234);
        await panel.Get<Database>().WriteAsync(
            async tx =>
            {
                await tx.Command($"UPDATE orders SET note = 'secret-upstream says no', cost = 123456789, provider_service = '98765', provider_order = '55555' WHERE id = {order}").ExecuteNonQueryAsync();
                await tx.Command($"INSERT INTO refills (id, account_id, order_id, status, note, created_at, ended_at) VALUES (901, {panel.Customer.Id}, {order}, 3, 'secret-upstream: the refill period is over', 1, 2)").ExecuteNonQueryAsync();
                await tx.Command($"INSERT INTO cancels (id, account_id, order_id, state, note, created_at, ended_at) VALUES (902, {panel.Customer.Id}, {order}, 3, 'operator: bad customer', 1, 2)").ExecuteNonQueryAsync();
            },
            CancellationToken.None);
        foreach (var language in Words.Languages)
        {
            using var visitor = WebVisitor.Customer(panel, language);
            await visitor.OpenAsync($"/orders/{order}");
            var words = Words.In(language);
            visitor.Page.QuerySelector("[data-live=startCount]")!.TextContent.ShouldBe(language == "vi" ? "1.234" : "1,234");
            visitor.Page.QuerySelector("[data-live=remains]")!.TextContent.ShouldBe("40");
            visitor.Page.QuerySelector(".status-pill")!.TextContent.ShouldBe(words["ui.status.Partial"]);
            visitor.Page.QuerySelector("progress")!.GetAttribute("value").ShouldBe("60");
            visitor.Text.ShouldContain("<b>100</b>");
            var trail = visitor.Page.QuerySelectorAll("tr[data-movement]").Select(r => r.GetAttribute("data-movement") + " " + string.Join(' ', r.QuerySelectorAll("td").Select(c => c.TextContent))).ToList();
            trail.ShouldBe(language == "vi" ? ["Charge −$1.500,00 $1.500,00", "Refund +$600,00 $900,00"] : ["Charge −$1,500.00 $1,500.00", "Refund +$600.00 $900.00"]);
            visitor.Page.QuerySelector("[data-refill='901'] .order-hint")!.TextContent.ShouldBe(words["ui.error.refill_expired"]);
            visitor.Page.QuerySelector("[data-cancel='902'] .order-hint")!.TextContent.ShouldBe(words["orders.cancel.explain.Rejected"]);
            foreach (var secret in (string[])["secret-upstream", "bad customer", "98765", "55555", "1234.56789", "1,234.56"])
            {
                visitor.Page.DocumentElement.OuterHtml.ShouldNotContain(secret);
            }

            await visitor.OpenAsync("/orders/refills");
            visitor.Page.QuerySelector("[data-refill='901'] .order-hint")!.TextContent.ShouldBe(words["ui.error.refill_expired"]);
            visitor.Page.DocumentElement.OuterHtml.ShouldNotContain("secret-upstream");
        }
    }

    [Theory, BothStores]
    public async Task A_drip_feed_shows_its_runs_and_how_its_money_went_on_to_them(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var panel = delivery.Panel;
        var parent = await delivery.OrderAsync(await delivery.ServiceAsync(), Asked.Link, ("runs", "3"), ("interval", "60"));
        await TestPanel.WaitAsync(async () => (await panel.RunsAsync(parent)).Count == 1, "the first run has begun");
        var run = (await panel.RunsAsync(parent))[0].Id;
        await delivery.BecomesAsync(run, OrderStatus.Canceled);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync($"/orders/{parent}");
        visitor.Row(run).QuerySelector(".status-pill")!.GetAttribute("data-status").ShouldBe("Canceled");
        visitor.Page.QuerySelector("[data-live=charge]")!.TextContent.ShouldBe("$3,000.00", "a run that was cancelled has given its third back");
        visitor.Page.QuerySelectorAll("tr[data-movement]").Select(r => r.GetAttribute("data-movement")).ShouldBe(["Charge", "RunFunding", "RunsRefunded"]);

        await visitor.OpenAsync($"/orders/{run}");
        visitor.Page.QuerySelectorAll("tr[data-movement] td:last-child").Select(c => c.TextContent).ShouldBe(["$1,500.00", "$0.00"]);
        visitor.Page.QuerySelector($"a[href='/orders/{parent}']").ShouldNotBeNull();
        await visitor.OpenAsync("/orders/dripfeed");
        visitor.Ids().ShouldBe([parent]);
        visitor.Row(parent).QuerySelector("[data-live=charge]")!.TextContent.ShouldBe("$3,000.00");
        await visitor.OpenAsync("/orders");
        visitor.Ids().ShouldBe([run, parent]);
    }

    [Theory, BothStores]
    public async Task A_subscription_shows_its_orders_and_says_when_it_waits_for_funds(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(ServiceType.Subscriptions);
        var order = await panel.AddAsync(("service", service.Id.Text()), ("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "30"));
        await panel.PutAsync(panel.Customer.Id, 120, 5_000);
        await panel.Get<Database>().WriteAsync(
            async tx =>
            {
                await tx.Command($"UPDATE orders SET parent_id = {order} WHERE id >= 5000 AND type = 1").ExecuteNonQueryAsync();
                await tx.Command($"UPDATE orders SET status = {(int)OrderStatus.Paused}, note = '{SubscriptionOrders.NoFunds}' WHERE id = {order}").ExecuteNonQueryAsync();
            },
            CancellationToken.None);
        using var visitor = WebVisitor.Customer(panel, "vi");
        await visitor.OpenAsync($"/orders/{order}");
        visitor.Text.ShouldContain(Words.In("vi")["orders.noFunds"]);
        visitor.Text.ShouldContain("anh");
        visitor.Page.QuerySelectorAll("tr[data-order]").Length.ShouldBe(ReadOneOrder.MostChildren);
        visitor.Text.ShouldContain(Words.In("vi")["orders.children.more", 100, "120"]);
        visitor.Page.QuerySelectorAll("tr[data-movement]").ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_refill_is_offered_when_it_would_be_taken_and_asked_for_from_the_page(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await PlaceAsync(panel);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders");
        visitor.Row(order).QuerySelector("[data-action=refill]").ShouldBeNull("it is not completed");
        await panel.SettleAsync(order, OrderStatus.Completed);
        await visitor.OpenAsync("/orders");
        visitor.Row(order).QuerySelector("[data-action=refill]").ShouldBeNull("it is too early");
        visitor.Row(order).QuerySelector("[data-hint=refill]")!.TextContent.ShouldStartWith("Refill from ");
        await panel.Get<Database>().WriteAsync(tx => tx.Command($"UPDATE orders SET completed_at = completed_at - {Day.TotalMilliseconds:0}").ExecuteNonQueryAsync(), CancellationToken.None);
        await visitor.OpenAsync("/orders?status=completed");
        await visitor.SendAsync($"/orders/{order}/refill");
        visitor.Location.ShouldBe("/orders?status=completed");
        await visitor.FollowAsync();
        visitor.Page.QuerySelector(".alert-success")!.TextContent.ShouldContain(Words.In("en")["orders.refill.asked", order]);
        visitor.Row(order).QuerySelector("[data-action=refill]").ShouldBeNull();
        visitor.Row(order).QuerySelector("[data-hint=refill]")!.TextContent.ShouldBe(Words.In("en")["orders.refillOpen"]);
        (await panel.QueryAsync<long>($"SELECT COUNT(*) FROM refills WHERE order_id = {order}"))[0].ShouldBe(1);
        await visitor.OpenAsync("/orders/refills");
        visitor.Page.QuerySelectorAll("tr[data-refill]").Length.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Cancelling_from_the_page_does_what_the_use_case_does_and_refusals_are_translated(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await PlaceAsync(panel);
        using var visitor = WebVisitor.Customer(panel, "vi");
        await visitor.OpenAsync($"/orders/{order}");
        var form = visitor.Page.QuerySelector("[data-action=cancel]")!.Closest("form")!;
        form.GetAttribute("data-confirm").ShouldNotBeNull();
        await visitor.SendAsync($"/orders/{order}/cancel");
        visitor.Location.ShouldBe($"/orders/{order}");
        await visitor.FollowAsync();
        visitor.Page.QuerySelector("[data-action=cancel]").ShouldBeNull();
        visitor.Page.QuerySelector("[data-hint=cancel]").ShouldNotBeNull();
        visitor.Page.QuerySelector("[data-cancel] .status-pill")!.GetAttribute("data-status").ShouldBe("Open");
        (await panel.CancelAsync(order)).State.ShouldBe(CancelState.Open);

        await PostAsync(visitor, $"/orders/{order}/cancel", "/orders?q=1");
        visitor.Location.ShouldBe("/orders?q=1");
        await visitor.FollowAsync();
        visitor.Page.QuerySelector(".alert-danger")!.TextContent.ShouldContain(Words.In("vi")["ui.error.cancel_open"]);
        await PostAsync(visitor, $"/orders/{order}/refill", "//evil.example");
        visitor.Location.ShouldBe("/orders");
        await visitor.FollowAsync();
        visitor.Page.QuerySelector(".alert-danger")!.TextContent.ShouldContain(Words.In("vi")["ui.error.refill_not_completed"]);
        await visitor.PostAsync($"/orders/{order}/cancel", ("back", "/"));
        visitor.Status.ShouldBe(HttpStatusCode.BadRequest, "without the token nothing is done");
    }

    [Theory, BothStores]
    public async Task Order_again_is_offered_while_the_service_is_sold(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(with: s => s with { Cancel = false, Refill = false });
        var order = await PlaceAsync(panel, service);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders");
        visitor.Row(order).QuerySelector("[data-action=again]")!.GetAttribute("href").ShouldBe($"/orders/new?again={order}");
        visitor.Row(order).QuerySelectorAll("form").ShouldBeEmpty("the service offers neither cancelling nor refills");
        await panel.SaveAsync(service with { Enabled = false });
        await visitor.OpenAsync("/orders");
        visitor.Row(order).QuerySelector("[data-action=again]").ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task Another_accounts_order_is_one_that_is_not_there(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await PlaceAsync(panel);
        var stranger = await panel.OpenAccountAsync("other@example.com", "10000");
        var service = await panel.AddServiceAsync();
        var own = (await panel.CallAsAsync(stranger.Key.Key, "add", ("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"))).GetProperty("order").GetInt64();
        using var visitor = new WebVisitor(panel).SignedInAs(stranger.Id, stranger.Email);
        foreach (var path in (string[])["/orders", "/orders?q=" + order, "/orders?q=" + Asked.Link, "/orders/export.csv", "/orders/refills?q=" + order])
        {
            using var response = await visitor.GetRawAsync(path);
            (await response.Content.ReadAsStringAsync()).ShouldNotContain($"/orders/{order}\"");
        }

        await visitor.GetAsync($"/orders/{order}");
        visitor.Status.ShouldBe(HttpStatusCode.NotFound);
        await visitor.OpenAsync($"/orders/{own}");
        foreach (var action in (string[])["refill", "cancel"])
        {
            await visitor.OpenAsync($"/orders/{own}");
            await PostAsync(visitor, $"/orders/{order}/{action}", "/orders");
            visitor.Status.ShouldBe(HttpStatusCode.NotFound);
        }

        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM cancels"))[0].ShouldBe(0);
        (await panel.StatusAsync(order)).ShouldBe("Pending");
    }

    [Theory, BothStores]
    public async Task The_money_trail_is_of_the_customers_money_alone(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var order = await PlaceAsync(panel);
        await panel.SettleAsync(order, OrderStatus.Completed);
        await panel.SettleAsync(order, OrderStatus.Canceled);
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        var trail = await panel.Get<GeneralLedger>().OrderTrailAsync(connection, order, CancellationToken.None);
        trail.Select(m => (m.Reason, m.Effect.ToString(), m.Balance!.Value.ToString())).ShouldBe([(Reason.Charge, "-1500", "998500"), (Reason.Refund, "1500", "1000000")]);
    }

    private static async Task<long> PlaceAsync(TestPanel panel, Service? service = null)
    {
        service ??= await panel.AddServiceAsync();
        return await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
    }

    // With the token of the page that is open, and what its own forms do not offer.
    private static Task PostAsync(WebVisitor visitor, string action, string back) =>
        visitor.PostAsync(action, ("_token", visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!), ("back", back));
}
