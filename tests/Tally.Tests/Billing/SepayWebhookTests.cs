using System.Net;
using System.Text;
using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Operations;
using Tally.Settings;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Billing;

/// <summary>What SePay posts, over HTTP, on both stores.</summary>
public sealed class SepayWebhookTests
{
    [Theory, BothStores]
    public async Task A_transfer_that_names_an_account_is_credited_once(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        var memo = TransferMemo.Write("NAP", panel.Customer.Id);
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var (status, body) = await panel.SepayAsync(PaidPanel.Notice(92_704, $"MBVCB.99. {memo} chuyen tien", 250_000));
            status.ShouldBe(HttpStatusCode.OK);
            body.GetRawText().ShouldBe("""{"success":true}""");
        }

        (await panel.BalanceAsync()).ShouldBe("250000");
        var payment = (await panel.Get<ReadPayments>().ListAsync(panel.Customer.Id, null, 10, CancellationToken.None)).ShouldHaveSingleItem();
        (payment.Method, payment.State, payment.Reference, payment.Receipt, payment.Paid).ShouldBe(("bank", PaymentState.Credited, "92704", "FT92704", null));
        (await panel.Get<SettleTransfer>().ListAsync(all: true, CancellationToken.None)).ShouldHaveSingleItem().PaymentId.ShouldBe(payment.Id);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Deliveries_in_parallel_to_two_nodes_credit_once(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        await using var other = await TestPanel.JoinAsync(panel.Database);
        var memo = TransferMemo.Write("NAP", panel.Customer.Id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? panel : other).SepayAsync(PaidPanel.Notice(1 + (i % 4), memo, 1_000))));
        answers.Select(a => a.Status).ShouldAllBe(s => s == HttpStatusCode.OK);
        (await panel.BalanceAsync()).ShouldBe("4000");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_wrong_key_money_that_left_and_other_accounts_credit_nothing(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        var memo = TransferMemo.Write("NAP", panel.Customer.Id);
        foreach (var authorization in new[] { null, "", "Apikey", "Apikey wrong", "Apikey " + PaidPanel.WebhookKey + "x", "Bearer " + PaidPanel.WebhookKey, PaidPanel.WebhookKey, "Apikey " + PaidPanel.WebhookKey[..^1] })
        {
            var (status, body) = await panel.SepayAsync(PaidPanel.Notice(1, memo), authorization);
            status.ShouldBe(HttpStatusCode.Unauthorized, authorization);
            body.GetProperty("success").GetBoolean().ShouldBeFalse();
            body.GetRawText().ShouldNotContain(PaidPanel.WebhookKey);
        }

        (await panel.SepayAsync(PaidPanel.Notice(2, memo, type: "out"))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.SepayAsync(PaidPanel.Notice(3, memo, account: "0999999999"))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.BalanceAsync()).ShouldBe("0");
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM bank_transfers")).ShouldBe([0]);

        // The same ids count when they are right, and a virtual account of ours is ours.
        (await panel.SepayAsync(PaidPanel.Notice(1, memo, 1_000))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.SepayAsync(PaidPanel.Notice(3, memo, 1_000, account: "0999999999", subAccount: PaidPanel.Account))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.SepayAsync(PaidPanel.Notice(4, "no word", 1_000, code: memo), "apikey  " + PaidPanel.WebhookKey)).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.BalanceAsync()).ShouldBe("3000");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task What_names_nobody_waits_for_the_operator_and_is_never_lost(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        var stranger = TransferMemo.Write("NAP", 999_999);
        var both = TransferMemo.Write("NAP", panel.Customer.Id) + " " + stranger;
        foreach (var (id, content) in new[] { (1L, "mua hang"), (2L, stranger), (3L, both) })
        {
            (await panel.SepayAsync(PaidPanel.Notice(id, content, 10_000 * id))).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await panel.BalanceAsync()).ShouldBe("0");
        var settle = panel.Get<SettleTransfer>();
        (await settle.ListAsync(all: false, CancellationToken.None)).Select(t => (t.Id, t.Why)).ShouldBe([(3, "ambiguous"), (2, "account"), (1, "memo")]);
        (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).ShouldHaveSingleItem().Kind.ShouldBe(AlertKind.Payments);

        (await settle.AssignAsync(3, panel.Customer.Id, "test", CancellationToken.None)).Amount.Units.ShouldBe(3_000_000_000);
        (await panel.SepayAsync(PaidPanel.Notice(3, both, 30_000))).Status.ShouldBe(HttpStatusCode.OK);
        (await Should.ThrowAsync<InvalidInputException>(settle.AssignAsync(3, panel.Customer.Id, "test", CancellationToken.None))).Message.ShouldContain("credited already");
        (await Should.ThrowAsync<InvalidInputException>(settle.AssignAsync(2, 999_999, "test", CancellationToken.None))).Message.ShouldContain("no wallet");
        await settle.RejectAsync(2, "sent back", "test", CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).Count.ShouldBe(1);
        await settle.RejectAsync(1, "sent back", "test", CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(false, CancellationToken.None)).ShouldBeEmpty();
        (await settle.ListAsync(all: false, CancellationToken.None)).ShouldBeEmpty();
        (await settle.ListAsync(all: true, CancellationToken.None)).Count.ShouldBe(3);
        (await panel.BalanceAsync()).ShouldBe("30000");
        (await panel.QueryAsync<string>("SELECT action FROM audit WHERE subject LIKE 'bank transfer %' ORDER BY id")).ShouldBe(["assign", "reject", "reject"]);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_transfer_assigned_twice_at_once_is_credited_once(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        await panel.SepayAsync(PaidPanel.Notice(1, "nobody", 5_000));
        var done = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await panel.Get<SettleTransfer>().AssignAsync(1, panel.Customer.Id, "test", CancellationToken.None);
                return 1;
            }
            catch (InvalidInputException)
            {
                return 0;
            }
        }));
        done.Sum().ShouldBe(1);
        (await panel.BalanceAsync()).ShouldBe("5000");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Malformed_and_huge_bodies_are_refused_in_words_and_change_nothing(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        foreach (var body in new[] { "", "{", "[]", "null", "\"x\"", """{"id":-1}""", """{"id":1,"transferType":"in","transferAmount":1e99,"accountNumber":"1"}""", "\u0000", new string('[', 5_000) })
        {
            var (status, answer) = await panel.SepayAsync(body);
            status.ShouldBe(HttpStatusCode.BadRequest, body.Length > 50 ? body[..50] : body);
            answer.GetProperty("success").GetBoolean().ShouldBeFalse();
            answer.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        }

        (await panel.SepayAsync(PaidPanel.Notice(1, new string('x', 300_000)))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sepay") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 400_000)))) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.TryAddWithoutValidation("Authorization", "Apikey " + PaidPanel.WebhookKey);
        using (var response = await panel.Http.SendAsync(chunked))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }

        // Long and odd texts of a bank are no reason to lose money.
        (await panel.SepayAsync(PaidPanel.Notice(7, "\u0000 " + new string('ệ', 20_000), 9_000))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.SepayAsync(PaidPanel.Notice(8, TransferMemo.Write("NAP", panel.Customer.Id), 0))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.SepayAsync(PaidPanel.Notice(9, TransferMemo.Write("NAP", panel.Customer.Id), long.MaxValue))).Status.ShouldBe(HttpStatusCode.OK);
        (await panel.Get<SettleTransfer>().ListAsync(all: false, CancellationToken.None)).Select(t => t.Why).ShouldBe(["amount", "amount", "memo"]);
        (await panel.BalanceAsync()).ShouldBe("0");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Another_currency_takes_the_rate_that_is_set_and_waits_without_one(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind, currency: "USD");
        var memo = TransferMemo.Write("NAP", panel.Customer.Id);
        await panel.SepayAsync(PaidPanel.Notice(1, memo, 100_000));
        (await panel.Get<SettleTransfer>().ListAsync(all: false, CancellationToken.None)).ShouldHaveSingleItem().Why.ShouldBe("currency");
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<SettleTransfer>().AssignAsync(1, panel.Customer.Id, "test", CancellationToken.None))).Message.ShouldContain("vnd_rate");

        await panel.GatewayAsync("bank", "vnd_rate", "26350.5");
        await panel.SepayAsync(PaidPanel.Notice(2, memo, 100_000));
        (await panel.BalanceAsync()).ShouldBe("3.79499"); // 100000 / 26350.5 = 3.794994…
        await panel.Get<SettleTransfer>().AssignAsync(1, panel.Customer.Id, "test", CancellationToken.None);
        (await panel.BalanceAsync()).ShouldBe("7.58998");
        (await panel.Get<ReadPayments>().ListAsync(panel.Customer.Id, null, 10, CancellationToken.None)).Select(p => p.Paid).ShouldBe(["100000 VND", "100000 VND"]);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Without_a_key_nothing_is_taken_and_a_new_key_holds_on_every_node_within_a_second(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "0");
        await using var other = await TestPanel.JoinAsync(panel.Database);
        await panel.SetAsync("currency", "VND");
        (await other.SepayAsync(PaidPanel.Notice(1, "x"))).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await panel.SetBankAsync();
        await TestPanel.WaitAsync(async () => (await other.SepayAsync(PaidPanel.Notice(1, "x"))).Status == HttpStatusCode.OK, "the other node knows the key", 5);
        await panel.GatewayAsync("bank", "webhook_key", "another-0123456789abcdef");
        await TestPanel.WaitAsync(async () => (await other.SepayAsync(PaidPanel.Notice(1, "x"))).Status == HttpStatusCode.Unauthorized, "the old key is refused", 5);
        (await panel.QueryAsync<string>("SELECT value FROM gateway_settings WHERE encrypted = 1")).ShouldAllBe(v => !v.Contains("0123456789abcdef"));
        panel.Get<SettingsSnapshot>().Current.Currency.ShouldBe("VND");
    }
}
