using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>An order goes to the provider, and its money follows what the provider says of it.</summary>
public sealed class DeliveryTests
{
    [Theory, BothStores]
    public async Task A_completed_order_earns_its_charge_and_knows_its_cost(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.BecomesAsync(order, OrderStatus.InProgress, remains: 70, startCount: 1234);
        var running = await delivery.Panel.AnswerAsync(order);
        running.GetProperty("start_count").GetString().ShouldBe("1234");
        running.GetProperty("remains").GetString().ShouldBe("70");
        running.GetProperty("charge").GetString().ShouldBe("1500");

        await delivery.BecomesAsync(order, OrderStatus.Completed);
        await delivery.Panel.ShouldHoldAsync("998500", order, "0");
        var row = await delivery.Panel.RowAsync(order);
        (row.Remains, row.StartCount, row.DueAt - row.EndedAt, row.LeaseBy).ShouldBe((0, 1234, 3_600_000, null), "asked for once more in an hour");

        // The provider asks 70 % of 18,500 per 1,000.
        delivery.Provider.OrdersTaken.Single().Cost.ShouldBe(1_295m);
        row.Cost.ShouldBe(129_500_000);
        var booked = await delivery.Panel.QueryAsync<long>($"SELECT amount FROM ledger_transfers WHERE subject = {order} AND debit = -5 AND credit = -6");
        booked.Sum().ShouldBe(row.Cost);
    }

    [Theory, BothStores]
    public async Task The_provider_is_told_what_the_customer_wants_under_the_panels_own_reference(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var order = await delivery.OrderAsync(service, "https://example.com/bài?x=1&y=2#z", ("order_reference", "the customer's own"));
        await delivery.SentAsync(order);
        var sent = delivery.Provider.Received.Of(SimulatedAction.Add).Single().Parameters;
        sent["service"].ShouldBe(service.ProviderService);
        sent["link"].ShouldBe("https://example.com/bài?x=1&y=2#z");
        sent["quantity"].ShouldBe("100");
        var panelId = delivery.Panel.Get<Tally.Settings.SettingsSnapshot>().Current.PanelId;
        panelId.ShouldNotBeEmpty();
        sent["order_reference"].ShouldBe($"{panelId}-{order}");
    }

    [Theory, BothStores]
    public async Task A_partial_pays_back_what_remains_and_a_cancelled_one_all(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var (partial, canceled) = (await delivery.OrderAsync(service), await delivery.OrderAsync(service));
        await delivery.BecomesAsync(partial, OrderStatus.Partial, remains: 30);
        await delivery.Panel.ShouldHoldAsync("997450", partial, "450");
        await delivery.BecomesAsync(canceled, OrderStatus.Canceled);
        await delivery.Panel.ShouldHoldAsync("998950", canceled, "1500");
        var answer = await delivery.Panel.AnswerAsync(canceled);
        answer.GetProperty("charge").GetString().ShouldBe("0");
        answer.GetProperty("remains").GetString().ShouldBe("100");
    }

    [Theory, BothStores]
    public async Task What_remains_is_clamped_before_money_hangs_on_it(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var (above, below) = (await delivery.OrderAsync(service), await delivery.OrderAsync(service));
        await delivery.BecomesAsync(above, OrderStatus.Partial, remains: 5_000);
        await delivery.Panel.ShouldHoldAsync("998500", above, "1500");
        delivery.Provider.SetStatus(await delivery.SentAsync(below), "Partial", remains: -5);
        await delivery.Panel.UntilAsync(below, o => o.Status == OrderStatus.Completed, "a Partial without remains is a Completed");
        await delivery.Panel.ShouldHoldAsync("998500", below, "0");
    }

    [Theory, BothStores]
    public async Task Words_are_read_in_any_spelling(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        foreach (var (word, status) in new[] { ("CANCELLED", OrderStatus.Canceled), ("in_progress ", OrderStatus.InProgress), (" completed", OrderStatus.Completed) })
        {
            var order = await delivery.OrderAsync(service);
            delivery.Provider.SetStatus(await delivery.SentAsync(order), word);
            await delivery.Panel.UntilAsync(order, o => o.Status == status, word);
        }

        await delivery.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task An_order_that_the_operator_reopens_is_followed_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.BecomesAsync(order, OrderStatus.Completed);
        delivery.Provider.SetStatus(await delivery.SentAsync(order), "In progress", remains: 50);
        await delivery.Panel.SettleAsync(order, OrderStatus.InProgress, remains: 50);
        await delivery.BecomesAsync(order, OrderStatus.Partial, remains: 20);
        await delivery.Panel.ShouldHoldAsync("998800", order, "300");
    }

    [Theory, BothStores]
    public async Task A_subscription_is_forwarded_and_active_and_costs_nothing_yet(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync(21, ServiceType.Subscriptions, s => s with { Min = 20, Max = 20_000 });
        var order = await delivery.Panel.AddAsync(
            ("service", service.Id.Text()), ("username", "anh"), ("min", "20"), ("max", "40"), ("posts", "3"), ("delay", "30"), ("expiry", "31/12/2099"));
        await delivery.SentAsync(order);
        await delivery.AskedAgainAsync(SimulatedAction.Status, 2);
        var answer = await delivery.Panel.AnswerAsync(order);
        answer.GetProperty("status").GetString().ShouldBe("Active");
        answer.GetProperty("charge").GetString().ShouldBe("0");
        answer.GetProperty("posts").ToString().ShouldBe("3");
        answer.GetProperty("expiry").GetString().ShouldBe("31/12/2099");
        answer.GetProperty("orders").GetArrayLength().ShouldBe(0);
        var sent = delivery.Provider.Received.Of(SimulatedAction.Add).Single().Parameters;
        (sent["username"], sent["min"], sent["max"], sent["posts"], sent["delay"], sent["expiry"]).ShouldBe(("anh", "20", "40", "3", "30", "31/12/2099"));
        sent.Keys.ShouldNotContain("link");
        sent.Keys.ShouldNotContain("quantity");
        await delivery.Panel.ShouldHoldAsync("1000000", order, "0");
        await delivery.BecomesAsync(order, OrderStatus.Expired);
    }

    [Theory, BothStores]
    public async Task A_link_that_is_active_is_not_ordered_again_until_its_order_ends(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync(Delivery.DemoService, with: s => s with { UniqueLink = true });
        var first = await delivery.OrderAsync(service);
        (string, string)[] again = [("service", service.Id.Text()), ("link", " " + Asked.Link), ("quantity", "50")];
        (await delivery.Panel.CallAsync("add", again)).GetProperty("code").GetString().ShouldBe("active_link");
        await delivery.OrderAsync(service, Asked.Link + "0");
        var other = await delivery.Panel.OpenAccountAsync("other@example.com", "1000000");
        (await delivery.Panel.CallAsAsync(other.Key.Key, "add", again)).GetProperty("order").GetInt64().ShouldBeGreaterThan(first);
        await delivery.BecomesAsync(first, OrderStatus.Completed);
        var second = (await delivery.Panel.CallAsync("add", again)).GetProperty("order").GetInt64();
        (await delivery.Panel.CallAsync("add", again)).GetProperty("code").GetString().ShouldBe("active_link");
        await delivery.BecomesAsync(second, OrderStatus.Canceled);
        await delivery.OrderAsync(service, Asked.Link, ("runs", "2"));
        (await delivery.Panel.CallAsync("add", again)).GetProperty("code").GetString().ShouldBe("active_link");
        await delivery.Panel.ShouldVerifyAsync();
    }
}
