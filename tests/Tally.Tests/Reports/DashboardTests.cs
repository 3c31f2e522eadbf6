using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Reports;

public sealed class DashboardTests
{
    [Theory, BothStores]
    public async Task A_new_account_is_told_what_to_do(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "0");
        foreach (var language in Words.Languages)
        {
            using var customer = WebVisitor.Customer(panel, language);
            var page = await customer.OpenAsync("/dashboard");
            page.Body!.TextContent.ShouldContain(Words.In(language)["reports.latest.none"]);
            page.QuerySelectorAll("a[href='/orders/new']").Length.ShouldBeGreaterThan(1);
            page.QuerySelector(".chart").ShouldBeNull();
        }
    }

    [Theory, BothStores]
    public async Task Figures_and_chart_are_those_of_the_ledger(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock, balance: "1000");
        var service = await panel.AddServiceAsync(rate: "1000");
        var first = await OrderAsync(panel, service.Id, 200);
        clock.Move(TimeSpan.FromDays(3));
        await panel.SettleAsync(first, OrderStatus.Partial, remains: 50);
        await OrderAsync(panel, service.Id, 120);
        var newest = await OrderAsync(panel, service.Id, 30);

        using var customer = WebVisitor.Customer(panel);
        var page = await customer.OpenAsync("/dashboard");
        page.QuerySelector("[data-figure=balance]")!.TextContent.ShouldBe("$700.00");
        page.QuerySelector("[data-figure=open]")!.TextContent.ShouldBe("2");
        page.QuerySelector("[data-figure=today]")!.TextContent.ShouldBe("$100.00");
        page.QuerySelector("[data-figure=month]")!.TextContent.ShouldBe("$300.00");
        page.QuerySelectorAll(".dash-orders a").Select(a => a.GetAttribute("href")).ShouldBe([$"/orders/{newest}", $"/orders/{newest - 1}", $"/orders/{first}"]);

        var rows = page.QuerySelectorAll(".chart-table tbody tr").Select(r => r.QuerySelector("td")!.TextContent).ToList();
        rows.Count.ShouldBe(30);
        (rows[0], rows[3], rows.Count(r => r != "$0.00")).ShouldBe(("$100.00", "$200.00", 2));
        page.QuerySelectorAll(".chart-bar").Length.ShouldBe(30);
        page.QuerySelectorAll(".chart-fill").Select(f => f.GetAttribute("height")).ShouldBe(["100%", "50%"]);
        page.QuerySelector(".chart-plot")!.GetAttribute("aria-label").ShouldBe(Words.In("en")["reports.spending.title", 30, "$300.00"]);

        using var vietnamese = WebVisitor.Customer(panel, "vi");
        var chart = (await vietnamese.OpenAsync("/dashboard")).QuerySelector(".chart")!;
        chart.QuerySelectorAll("rect, line").SelectMany(e => e.Attributes).Where(a => a.Value.Contains(',', StringComparison.Ordinal)).ShouldBeEmpty("SVG takes no comma for a decimal point");
    }

    [Theory, BothStores]
    public async Task Notices_wait_on_the_dashboard_until_they_are_read(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var other = await panel.OpenAccountAsync("other@example.com");
        var ids = new List<long>();
        foreach (var text in (string[])["first", "<script>second</script>", "third", "fourth"])
        {
            ids.Add(await NoticeAsync(panel, panel.Customer.Id, "of_no_known_kind", "order 12", text));
        }

        var foreign = await NoticeAsync(panel, other.Id, "subscription_paused", "order 77", "theirs");
        ids.Add(await NoticeAsync(panel, panel.Customer.Id, "subscription_paused", "order 34", "Paused"));

        using var customer = WebVisitor.Customer(panel, "vi");
        var page = await customer.OpenAsync("/dashboard");
        page.QuerySelector(".bell-count")!.TextContent.ShouldBe("5");
        page.QuerySelectorAll(".notice").Length.ShouldBe(3);
        page.QuerySelector(".notice p")!.TextContent.ShouldContain(Words.In("vi")["reports.notice.subscription_paused", 34]);
        page.QuerySelector(".notice a")!.GetAttribute("href").ShouldBe("/orders/34");

        page = await customer.OpenAsync("/notices");
        page.QuerySelectorAll(".notice").Length.ShouldBe(5);
        page.QuerySelector(".notices")!.TextContent.ShouldContain("<script>second</script>");
        await customer.SendAsync("/notices/read", ("id", $"{ids[0]}"), ("older", "false"));
        customer.Location.ShouldBe("/notices");
        await customer.FollowAsync();
        customer.Page.QuerySelectorAll(".notice-new").Length.ShouldBe(4);

        // Another account's stays unread, whoever says so; and all up to one leaves what came later.
        var late = await NoticeAsync(panel, panel.Customer.Id, "of_no_known_kind", "", "late");
        await customer.SendAsync("/notices/read", ("id", $"{foreign}"), ("older", "false"));
        await customer.OpenAsync("/notices");
        await customer.SendAsync("/notices/read", ("id", $"{ids[^1]}"), ("older", "true"));
        (await panel.Get<Notices>().UnreadAsync(panel.Customer.Id, 100, CancellationToken.None)).Select(n => n.Id).ShouldBe([late]);
        (await panel.Get<Notices>().UnreadAsync(other.Id, 100, CancellationToken.None)).Select(n => n.Id).ShouldBe([foreign]);
    }

    [Theory, BothStores]
    public async Task Notices_come_in_pages(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var customer = WebVisitor.Customer(panel);
        (await customer.OpenAsync("/notices")).Body!.TextContent.ShouldContain(Words.In("en")["reports.notices.none"]);
        for (var i = 1; i <= 53; i++)
        {
            await NoticeAsync(panel, panel.Customer.Id, "of_no_known_kind", "", $"number {i}");
        }

        var page = await customer.OpenAsync("/notices");
        page.QuerySelectorAll(".notice").Length.ShouldBe(50);
        var older = await customer.OpenAsync(page.QuerySelector("a[href^='/notices?before=']")!.GetAttribute("href")!);
        older.QuerySelectorAll(".notice p").Select(p => p.TextContent.Trim()).Select(t => t[t.IndexOf("number", StringComparison.Ordinal)..]).ShouldBe(["number 3", "number 2", "number 1"]);
        older.QuerySelector("a[href='/notices']").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/notices")]
    public async Task Only_those_who_are_signed_in_get_there(string path)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.GetAsync(path);
        visitor.Status.ShouldBe(HttpStatusCode.Redirect);
    }

    private static Task<long> OrderAsync(TestPanel panel, long service, int quantity) => panel.AddAsync(("service", $"{service}"), ("link", "https://example.com/x"), ("quantity", $"{quantity}"));

    private static async Task<long> NoticeAsync(TestPanel panel, long account, string kind, string subject, string text)
    {
        var notices = panel.Get<Notices>();
        var id = await notices.NewIdAsync(CancellationToken.None);
        await panel.Get<Database>().WriteAsync(tx => notices.AddAsync(tx, id, account, kind, subject, text, CancellationToken.None), CancellationToken.None);
        return id;
    }
}
