using System.Net;
using AngleSharp.Dom;
using Shouldly;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages;

/// <summary>The lists of orders: tabs, search, filters, and pages that together are the whole list.</summary>
public sealed class OrderListTests
{
    private const int Other = 50_000;

    [Theory, BothStores]
    public async Task Pages_forth_and_back_show_every_order_once_in_the_order_of_the_list(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 430);
        var stranger = await panel.OpenAccountAsync("other@example.com");
        await panel.PutAsync(stranger.Id, 70, Other);
        foreach (var path in (string[])["/orders", "/orders?status=completed", "/orders?service=1", "/orders?from=2026-01-01&to=2026-01-01", "/orders?status=completed&service=1"])
        {
            using var visitor = WebVisitor.Customer(panel);
            var pages = new List<List<long>>();
            for (var next = (string?)path; next is not null; next = visitor.Link("next"))
            {
                await visitor.OpenAsync(next);
                pages.Add(visitor.Ids());
            }

            var wanted = (await panel.QueryAsync<long>(
                $"SELECT id FROM orders WHERE account_id = {panel.Customer.Id} {(path.Contains("completed", StringComparison.Ordinal) ? "AND status = 3" : "")} ORDER BY created_at DESC, id DESC")).ToList();
            pages.SelectMany(p => p).ShouldBe(wanted, path);
            pages.Count.ShouldBe((wanted.Count + 49) / 50);
            for (var page = pages.Count - 2; page >= 0; page--)
            {
                await visitor.OpenAsync(visitor.Link("prev")!);
                visitor.Ids().ShouldBe(pages[page], $"{path}, back on page {page}");
            }

            visitor.Link("prev").ShouldBeNull();
        }
    }

    [Theory, BothStores]
    public async Task Tabs_hold_their_orders_and_count_them_up_to_a_limit(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 3_000);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders");
        foreach (var status in CountOrders.Statuses)
        {
            var count = (await panel.QueryAsync<long>($"SELECT COUNT(*) FROM orders WHERE account_id = {panel.Customer.Id} AND status = {(int)status}"))[0];
            Tab(visitor, status).QuerySelector(".order-count")!.TextContent.ShouldBe(count >= 1_000 ? "999+" : Number(count), status.ToString());
        }

        await visitor.OpenAsync(Tab(visitor, OrderStatus.Partial).GetAttribute("href")!);
        Tab(visitor, OrderStatus.Partial).GetAttribute("aria-current").ShouldBe("page");
        visitor.Ids().Count.ShouldBe(50);
        visitor.Page.QuerySelectorAll("tr[data-order] .status-pill").Select(b => b.GetAttribute("data-status")).Distinct().ShouldBe(["Partial"]);

        await visitor.OpenAsync("/orders/dripfeed");
        visitor.Ids().ShouldBe(await panel.QueryAsync<long>($"SELECT id FROM orders WHERE runs IS NOT NULL ORDER BY created_at DESC, id DESC"));
        await visitor.OpenAsync("/orders/subscriptions");
        visitor.Ids().ShouldBe(await panel.QueryAsync<long>($"SELECT id FROM orders WHERE type = 17 ORDER BY created_at DESC, id DESC"));

        static string Number(long count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory, BothStores]
    public async Task Search_finds_an_id_or_a_whole_link_and_days_are_those_of_the_visitors_zone(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 3_000, service: n => 1 + (n % 10));
        var stranger = await panel.OpenAccountAsync("other@example.com");
        await panel.PutAsync(stranger.Id, 40, Other);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var (query, ids) in new (string, long[])[]
        {
            ("q=17", [17]), ("q=%2317", [17]), ("q=" + Other, []), ("q=999999", []), ("q=https://example.com/post/100", [404, 403, 402, 401]), ("q=https://example.com/post/10", [44, 43, 42, 41]),
            ("q=https://example.com/post", []), ("q=https://example.com/post/100&service=3", [403]), ("q=https://example.com/post/100&status=in-progress", []),
            ("q=%27%20OR%201=1%20--", []), ("q=%00", null!), ("service=99", []), ("service=x&from=yesterday", null!), ("before=1-2-3", null!),
        })
        {
            await visitor.OpenAsync("/orders?" + query);
            if (ids is null)
            {
                visitor.Ids().Count.ShouldBe(50, query);
            }
            else
            {
                visitor.Ids().SequenceEqual(ids).ShouldBeTrue($"{query}: {string.Join(",", visitor.Ids())}");
                (visitor.Page.QuerySelector(".empty") is not null).ShouldBe(ids.Length == 0);
            }
        }

        // Order 1,441 was placed at midnight after the first day, in UTC; in Vietnam it was 7 o'clock then.
        await visitor.OpenAsync("/orders?to=2026-01-01");
        visitor.Ids()[0].ShouldBe(1_440);
        await panel.SetAsync("time_zone", "Asia/Ho_Chi_Minh");
        await visitor.OpenAsync("/orders?from=2026-01-02&to=2026-01-02");
        visitor.Ids()[0].ShouldBe(2_460);
        visitor.Page.QuerySelector("#f-from")!.GetAttribute("value").ShouldBe("2026-01-02");
    }

    [Theory, BothStores]
    public async Task A_million_or_a_thousand_a_list_is_three_queries(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, also: CountedDatabase.Under);
        await panel.PutAsync(panel.Customer.Id, 3_000);
        using var visitor = WebVisitor.Customer(panel);
        var database = panel.Get<CountedDatabase>();
        foreach (var path in (string[])["/orders", "/orders?status=completed", "/orders?q=https://example.com/post/100", "/orders?q=17", "/orders?service=1&from=2026-01-01", "/orders/dripfeed", "/orders/subscriptions", "/orders/refills"])
        {
            await visitor.OpenAsync(path);
            database.Take();
            await visitor.OpenAsync(path);
            var read = database.Take();
            read.Count.ShouldBe(3, path + "\n" + string.Join("\n---\n", read));
        }
    }

    [Theory, BothStores]
    public async Task An_empty_list_says_what_to_do_in_either_language(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        foreach (var language in Words.Languages)
        {
            using var visitor = WebVisitor.Customer(panel, language);
            foreach (var (path, key) in new[]
            {
                ("/orders", "all"), ("/orders?status=partial", "status"), ("/orders/dripfeed", "dripfeeds"), ("/orders/subscriptions", "subscriptions"), ("/orders/refills", "refills"), ("/orders?q=1", "found"),
            })
            {
                await visitor.OpenAsync(path);
                visitor.Page.QuerySelector(".empty-title")!.TextContent.ShouldBe(Words.In(language)[$"orders.empty.{key}.title"]);
                visitor.Page.QuerySelector(".empty-action a").ShouldNotBeNull();
            }
        }
    }

    [Theory, BothStores]
    public async Task Links_of_strangers_are_text_and_lead_only_over_the_web(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 2);
        await panel.Get<Tally.Platform.Db.Database>().WriteAsync(
            async tx =>
            {
                await tx.Command("UPDATE orders SET link = 'javascript:alert(1)' WHERE id = 1").ExecuteNonQueryAsync();
                await tx.Command("UPDATE orders SET link = 'https://example.com/\"><script>alert(1)</script>' WHERE id = 2").ExecuteNonQueryAsync();
            },
            CancellationToken.None);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders");
        visitor.Row(1).QuerySelector("a.order-link").ShouldBeNull();
        visitor.Row(1).QuerySelector("span.order-link")!.TextContent.ShouldBe("javascript:alert(1)");
        var link = visitor.Row(2).QuerySelector("a.order-link")!;
        link.GetAttribute("rel").ShouldBe("noopener nofollow noreferrer");
        link.TextContent.ShouldBe("https://example.com/\"><script>alert(1)</script>");
        visitor.Page.QuerySelectorAll("main script").ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Whoever_is_not_signed_in_is_sent_to_sign_in(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = new WebVisitor(panel);
        foreach (var path in (string[])["/orders", "/orders/1", "/orders/dripfeed", "/orders/subscriptions", "/orders/refills", "/orders/export.csv", "/orders/live?ids=1"])
        {
            await visitor.GetAsync(path);
            visitor.Status.ShouldBe(HttpStatusCode.Redirect, path);
            visitor.Location!.ShouldContain("/sign-in");
        }
    }

    private static IElement Tab(WebVisitor visitor, OrderStatus status) => visitor.Page.QuerySelector($"a[data-tab='{Tally.Orders.Pages.OrderQuery.Word(status)}']")!;
}
