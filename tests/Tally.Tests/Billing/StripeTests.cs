using System.Net;
using Shouldly;
using Tally.Billing;
using Tally.Operations;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Billing;

/// <summary>Cards, from the form to the wallet: Stripe's own client against a Stripe on loopback, and its events with real signatures.</summary>
public sealed class StripeTests
{
    [Theory, BothStores]
    public async Task A_checkout_is_begun_and_credited_by_its_event_alone_and_once(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe);
        using var visitor = WebVisitor.Customer(panel, "vi");
        var id = await BeginAsync(visitor, "250000");
        stripe.Authorizations.ShouldHaveSingleItem().ShouldBe("Bearer " + PaidPanel.StripeKey);
        var asked = stripe.Asked.ShouldHaveSingleItem();
        (asked["mode"], asked["locale"], asked["line_items[0][price_data][currency]"], asked["line_items[0][price_data][unit_amount]"]).ShouldBe(("payment", "vi", "vnd", "250000"));
        asked["metadata[tally_payment]"].ShouldBe(id.Text());
        asked["success_url"].ShouldBe($"{panel.Http.BaseAddress}funds/payments/{id}?from=checkout");

        // Coming back proves nothing.
        await visitor.OpenAsync($"/funds/payments/{id}?from=checkout");
        visitor.Page.QuerySelector("[data-state=waiting]").ShouldNotBeNull();
        (await panel.BalanceAsync()).ShouldBe("0");

        var paid = FakeStripe.Event("checkout.session.completed", "cs_test_1", panel.PanelId(), id, 250_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => panel.StripeAsync(paid)));
        answers.Select(a => a.Status).ShouldAllBe(s => s == HttpStatusCode.OK);
        (await panel.BalanceAsync()).ShouldBe("250000");
        var payment = await panel.PaymentAsync(id);
        (payment.State, payment.Reference, payment.Receipt).ShouldBe((PaymentState.Credited, "cs_test_1", "pi_1"));
        await visitor.OpenAsync($"/funds/payments/{id}");
        visitor.Page.QuerySelector("[data-state=credited]").ShouldNotBeNull();
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Money_on_its_way_waits_and_then_comes_or_fails(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe, "USD");
        using var visitor = WebVisitor.Customer(panel);
        var (comes, fails, expires) = (await BeginAsync(visitor, "12.34"), await BeginAsync(visitor, "5"), await BeginAsync(visitor, "7"));
        stripe.Asked[0]["line_items[0][price_data][unit_amount]"].ShouldBe("1234");
        string Of(string type, int session, long id, long amount, string status = "paid") => FakeStripe.Event(type, $"cs_test_{session}", panel.PanelId(), id, amount, "usd", status, $"pi_{session}");
        await panel.StripeAsync(Of("checkout.session.completed", 1, comes, 1_234, "unpaid"));
        await panel.StripeAsync(Of("checkout.session.completed", 2, fails, 500, "unpaid"));
        (await panel.BalanceAsync()).ShouldBe("0");
        (await panel.PaymentAsync(comes)).State.ShouldBe(PaymentState.Waiting);
        await panel.StripeAsync(Of("checkout.session.async_payment_succeeded", 1, comes, 1_234));
        await panel.StripeAsync(Of("checkout.session.async_payment_failed", 2, fails, 500));
        await panel.StripeAsync(Of("checkout.session.expired", 3, expires, 700, "unpaid"));
        (await panel.BalanceAsync()).ShouldBe("12.34");
        (await panel.PaymentAsync(fails)).State.ShouldBe(PaymentState.Failed);
        (await panel.PaymentAsync(expires)).State.ShouldBe(PaymentState.Expired);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Events_that_are_not_proved_or_not_ours_change_nothing(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe);
        using var visitor = WebVisitor.Customer(panel);
        var id = await BeginAsync(visitor, "50000");
        var paid = FakeStripe.Event("checkout.session.completed", "cs_test_1", panel.PanelId(), id, 50_000);
        (await panel.StripeAsync(paid, "whsec_another_secret_0123")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await panel.StripeAsync(paid, age: TimeSpan.FromMinutes(6))).Status.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var body in new[] { "", "{", "[]", "null", "{}", """{"object":"event","type":"checkout.session.completed"}""", """{"object":"event","type":5,"data":{"object":7}}""" })
        {
            ((int)(await panel.StripeAsync(body)).Status).ShouldBeLessThan(500, body);
        }

        (await panel.StripeAsync(new string(' ', 300_000))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var foreign in new[]
        {
            FakeStripe.Event("checkout.session.completed", "cs_test_1", "another-panel", id, 50_000), FakeStripe.Event("checkout.session.completed", "cs_test_other", panel.PanelId(), id, 50_000),
            FakeStripe.Event("checkout.session.completed", "cs_test_1", panel.PanelId(), 99_999, 50_000), FakeStripe.Event("customer.created", "cs_test_1", panel.PanelId(), id, 50_000),
        })
        {
            (await panel.StripeAsync(foreign)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await panel.BalanceAsync()).ShouldBe("0");
        (await panel.PaymentAsync(id)).State.ShouldBe(PaymentState.Waiting);
        (await panel.StripeAsync(paid)).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.BalanceAsync()).ShouldBe("50000");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Another_amount_a_refund_and_a_dispute_call_the_operator_and_debit_nothing(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe);
        using var visitor = WebVisitor.Customer(panel);
        var (odd, good) = (await BeginAsync(visitor, "50000"), await BeginAsync(visitor, "60000"));
        await panel.StripeAsync(FakeStripe.Event("checkout.session.completed", "cs_test_1", panel.PanelId(), odd, 49_000));
        await panel.StripeAsync(FakeStripe.Event("checkout.session.completed", "cs_test_2", panel.PanelId(), good, 60_000, intent: "pi_2"));
        await panel.StripeAsync(FakeStripe.TakenBack("charge.refunded", "pi_2", 20_000));
        await panel.StripeAsync(FakeStripe.TakenBack("charge.dispute.created", "pi_2", 60_000));
        await panel.StripeAsync(FakeStripe.TakenBack("charge.refunded", "pi_of_somebody_else", 20_000));
        (await panel.BalanceAsync()).ShouldBe("60000");
        var alerts = await panel.Get<Alerts>().ListAsync(false, CancellationToken.None);
        alerts.Select(a => (a.Subject, a.Times)).ShouldBe([($"payment {odd}", 1), ($"payment {good}", 2)], ignoreOrder: true);
        alerts.Single(a => a.Subject == $"payment {good}").Text.ShouldContain("60000 VND of it is disputed");
        await panel.Get<AcknowledgePayment>().RunAsync(good, "taken off by hand", "test", CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).Count.ShouldBe(1);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_gateway_that_refuses_or_is_silent_is_said_beside_the_form_and_its_key_stays_secret(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe);
        using var visitor = WebVisitor.Customer(panel);
        stripe.Refuses = 401;
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", "50000"), ("way", "stripe"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Text.ShouldContain("does not answer as it should");
        visitor.Page.QuerySelector("#f-amount")!.GetAttribute("value").ShouldBe("50000");
        var alert = (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).ShouldHaveSingleItem();
        alert.Text.ShouldContain("refuses the panel's key");
        alert.Text.ShouldNotContain("0123456789abcdef");
        (await panel.QueryAsync<string>("SELECT note FROM payments")).ShouldHaveSingleItem().ShouldNotContain("0123456789abcdef");
        stripe.Refuses = null;
        await BeginAsync(visitor, "50000");
        (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).ShouldBeEmpty();
        await stripe.DisposeAsync();
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", "50000"), ("way", "stripe"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await panel.ShouldVerifyAsync();
    }

    [Fact]
    public void Stripes_keys_are_taken_out_of_texts()
    {
        Secrets.Redact("refused sk_live_51Habc of whsec_Zz9 and rk_test_1").ShouldBe("refused sk_live_*** of whsec_*** and rk_test_***");
        Secrets.Redact("task_live_1").ShouldBe("task_live_1");
    }

    // Through the page's form, to Stripe's page.
    private static async Task<long> BeginAsync(WebVisitor visitor, string amount)
    {
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", amount), ("way", "stripe"));
        visitor.Status.ShouldBe(HttpStatusCode.Found, visitor.Text);
        visitor.Location.ShouldNotBeNull().ShouldStartWith("https://checkout.stripe.com/");
        return (await visitor.Panel.QueryAsync<long>("SELECT MAX(id) FROM payments WHERE method = 'stripe'"))[0];
    }
}
