using System.Net;
using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Billing.Pages;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Billing.Pages;

public sealed class FundsPageTests
{
    [Theory, BothStores]
    public async Task A_transfer_is_shown_as_code_and_text_and_the_page_says_when_it_was_credited(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel, "vi");
        await visitor.OpenAsync("/funds");
        visitor.Page.QuerySelectorAll(".funds-presets a").Length.ShouldBe(6);
        visitor.Page.QuerySelectorAll("input[name=way]").Length.ShouldBe(1);
        await visitor.SendAsync("/funds", ("amount", "200.000"), ("way", "bank"));
        var waiting = visitor.Location.ShouldNotBeNull();
        await visitor.FollowAsync();
        var memo = TransferMemo.Write("NAP", panel.Customer.Id);
        visitor.Page.QuerySelector("[data-field=memo]")!.TextContent.ShouldBe(memo);
        visitor.Page.QuerySelector("[data-field=account]")!.TextContent.ShouldBe(PaidPanel.Account);
        visitor.Page.QuerySelectorAll("[data-copy]").Select(b => b.GetAttribute("data-copy")).ShouldBe(["200000", memo, PaidPanel.Account]);
        visitor.Page.QuerySelector("svg.qr path")!.GetAttribute("d").ShouldNotBeNull().ShouldStartWith("M4 4h7v1h-7z"); // behind the quiet zone, the first finder
        visitor.Page.QuerySelector("svg.qr")!.GetAttribute("style").ShouldBeNull();
        panel.Get<PrepareTransfer>().Run(panel.Customer.Id, Money.Parse("200000"))!.Payload.ShouldBe(VietQr.Payload("970403", PaidPanel.Account, 200_000, memo));

        var poll = visitor.Page.QuerySelector("[data-module=payment-wait]")!.GetAttribute("data-poll")!;
        (await StateAsync(visitor, poll)).ShouldBe("""{"state":"waiting"}""");
        await panel.SepayAsync(PaidPanel.Notice(1, memo, 200_000));
        (await StateAsync(visitor, poll)).ShouldBe("""{"state":"over"}""");
        await visitor.OpenAsync(waiting);
        visitor.Page.QuerySelector("[data-state=credited]").ShouldNotBeNull();
        visitor.Text.ShouldContain(Words.In("vi")["billing.credited.title"]);

        // The next one waits anew.
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", "200000"), ("way", "bank"));
        await visitor.GetAsync(visitor.Location!);
        visitor.Status.ShouldBe(HttpStatusCode.OK);
        await panel.ShouldVerifyAsync();
    }

    [Theory]
    [InlineData("", "bank", "Enter an amount")]
    [InlineData("10.5", "bank", "Enter an amount")]
    [InlineData("-5", "bank", "Enter an amount")]
    [InlineData("<script>", "bank", "Enter an amount")]
    [InlineData("9999", "bank", "At least 10,000")]
    [InlineData("500000000", "bank", "At most 499,999,999")]
    [InlineData("100000", "stripe", "Choose how")]
    [InlineData("100000", "", "Choose how")]
    public async Task What_cannot_be_paid_is_said_beside_the_field_and_kept(string amount, string way, string words)
    {
        await using var panel = await PaidPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", amount), ("way", way));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Text.ShouldContain(words);
        visitor.Page.QuerySelector("#f-amount")!.GetAttribute("value").ShouldBe(amount);
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM payments")).ShouldBe([0]);
    }

    [Fact]
    public async Task Without_a_way_to_pay_the_page_says_whom_to_ask()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds");
        visitor.Text.ShouldContain(Words.In("en")["billing.none.title"]);
        visitor.Page.QuerySelector("form[action='/funds']").ShouldBeNull();
        await visitor.GetAsync("/funds/bank?amount=50000&since=0");
        visitor.Location.ShouldBe("/funds");
    }

    [Fact]
    public async Task Limits_are_the_operators_and_transfers_without_a_notifier_are_said_to_be_checked_by_hand()
    {
        await using var panel = await PaidPanel.StartAsync(StoreKind.Sqlite);
        await panel.GatewayAsync("bank", "min", "75000");
        await panel.GatewayAsync("bank", "max", "600000");
        await panel.GatewayAsync("bank", "webhook_key", null);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds");
        visitor.Page.QuerySelectorAll(".funds-presets a").Select(a => a.GetAttribute("data-fill")).ShouldBe(["100000", "200000", "500000"]);
        visitor.Text.ShouldContain(Words.In("en")["billing.way.bank.byHand"]);
        await visitor.SendAsync("/funds", ("amount", "74999"), ("way", "bank"));
        visitor.Text.ShouldContain("At least 75,000");
        await visitor.GetAsync("/funds/bank?amount=100000&since=0");
        visitor.Text.ShouldContain(Words.In("en")["billing.byHand.title"]);
        await visitor.GetAsync("/funds/bank?amount=600001&since=0");
        visitor.Location.ShouldBe("/funds");
    }

    [Fact]
    public async Task A_panel_in_another_currency_asks_for_enough_dong()
    {
        await using var panel = await PaidPanel.StartAsync(StoreKind.Sqlite, "USD");
        await panel.GatewayAsync("bank", "vnd_rate", "26350.5");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", "10.01"), ("way", "bank"));
        await visitor.FollowAsync();
        visitor.Page.QuerySelector("[data-field=worth]")!.TextContent.ShouldBe("$10.01");
        visitor.Page.QuerySelector("[data-copy]")!.GetAttribute("data-copy").ShouldBe("263769"); // 10.01 × 26350.5 = 263768.505
    }

    [Theory]
    [InlineData("100000", 0, ".", "100000")]
    [InlineData("100.000", 0, ",", "100000")]
    [InlineData("1,000,000", 0, ",", "1000000")]
    [InlineData(" 100 000 ", 0, ".", "100000")]
    [InlineData("12.34", 2, ".", "12.34")]
    [InlineData("1,234.5", 2, ".", "1234.5")]
    [InlineData("1.234,5", 2, ",", "1234.5")]
    [InlineData("12,34", 2, ",", "12.34")]
    [InlineData("10.00", 0, ".", null)]
    [InlineData("1.00.000", 0, ".", null)]
    [InlineData("12.345678", 2, ".", null)]
    [InlineData("1e5", 0, ".", null)]
    [InlineData("1.2.3", 2, ".", null)]
    [InlineData(null, 2, ".", null)]
    public void Amounts_are_read_as_people_write_them(string? text, int decimals, string point, string? expected)
    {
        AmountText.TryRead(text, decimals, point, out var amount).ShouldBe(expected is not null);
        if (expected is not null)
        {
            amount.ShouldBe(Money.Parse(expected));
        }
    }

    private static async Task<string> StateAsync(WebVisitor visitor, string path)
    {
        using var response = await visitor.GetRawAsync(path);
        return await response.Content.ReadAsStringAsync();
    }
}
