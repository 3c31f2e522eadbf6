using System.Net;
using Shouldly;
using Tally.Catalog;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;
using static Tally.Tests.Orders.Pages.New.NewOrderForm;

namespace Tally.Tests.Orders.Pages.New;

/// <summary>How a customer comes to the order form: by choosing a service, by searching, or from an earlier order.</summary>
public sealed class ChooseServiceTests
{
    [Theory, BothStores]
    public async Task An_order_is_placed_again_with_what_it_was_placed_with_and_nobody_elses(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var type in ContractType.All)
        {
            var service = await panel.AddServiceAsync(type.Type, with: s => s with { Min = 1 });
            (string, string)[] drip = service.Rules.Per == 1000 ? [("runs", "3"), ("interval", "45")] : [];
            var order = await panel.AddAsync([("service", service.Id.Text()), .. type.Required, .. drip]);
            await visitor.OpenAsync($"/orders/new?again={order}");
            await visitor.SendAsync("/orders/new");
            var again = await panel.RowAsync(Placed(visitor));
            var first = await panel.RowAsync(order);
            (again.Type, again.Link, again.Quantity, again.Runs, again.IntervalMinutes, again.Details).ShouldBe(
                (first.Type, first.Link, first.Quantity, first.Runs, first.IntervalMinutes, first.Details), type.Type.ToString());
            again.Id.ShouldNotBe(order);

            using var stranger = new WebVisitor(panel).SignedInAs((await panel.OpenAccountAsync($"stranger{order}@example.com")).Id, "s@example.com");
            await stranger.GetAsync($"/orders/new?again={order}");
            stranger.Status.ShouldBe(HttpStatusCode.NotFound);
            stranger.Text.ShouldNotContain("example.com/p/1");
        }
    }

    [Theory, BothStores]
    public async Task A_run_of_a_drip_feed_is_ordered_again_as_the_whole(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        using var visitor = WebVisitor.Customer(panel);
        var service = await panel.AddServiceAsync();
        var parent = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", "3"));
        await TestPanel.WaitAsync(async () => (await panel.RunsAsync(parent)).Count == 1, "the first run has started");
        await visitor.OpenAsync($"/orders/new?again={(await panel.RunsAsync(parent))[0].Id}");
        (Value(visitor, "quantity"), Value(visitor, "runs"), Value(visitor, "interval")).ShouldBe(("100", "3", "60"));
    }

    [Theory, BothStores]
    public async Task A_service_is_chosen_by_platform_and_category_or_found_without_marks(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var like = await panel.AddServiceAsync(with: s => s with { Name = "Tăng like", Category = "Cảm xúc", Platform = "Facebook" });
        var comment = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận Đẹp", Category = "Bình luận", Platform = "Facebook" });
        var off = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận tắt", Enabled = false });
        await panel.AddServiceAsync(with: s => s with { Platform = "TikTok" });
        using var visitor = WebVisitor.Customer(panel, "vi");
        await visitor.OpenAsync("/orders/new");
        visitor.Page.QuerySelector("#order-form").ShouldBeNull();
        visitor.Page.QuerySelectorAll("nav.chips a").Select(a => a.TextContent.Trim()).ShouldBe(["Yêu thích", "Facebook", "TikTok"]);
        await visitor.OpenAsync(visitor.Page.QuerySelectorAll("nav.chips a")[1].GetAttribute("href")!);
        visitor.Page.QuerySelectorAll("#pick-category option").Select(o => o.TextContent).ShouldContain("Bình luận");
        await visitor.OpenAsync("/orders/new?platform=Facebook&category=" + Uri.EscapeDataString("Bình luận"));
        visitor.Page.QuerySelectorAll("#pick-service option").Select(o => o.GetAttribute("value")).ShouldBe(["", comment.Id.Text()]);
        await visitor.OpenAsync("/orders/new?q=binh+luan+dep");
        visitor.Page.QuerySelectorAll("a[data-choose]").Select(a => a.GetAttribute("href")).ShouldBe([$"/orders/new?service={comment.Id}"]);
        await visitor.OpenAsync("/orders/new?q=" + like.Id);
        visitor.Page.QuerySelectorAll("a[data-choose]")[0].GetAttribute("href").ShouldBe($"/orders/new?service={like.Id}");
        await panel.Get<Favourites>().SetAsync(panel.Customer.Id, like.Id, true, CancellationToken.None);
        await visitor.OpenAsync("/orders/new?fav=1");
        visitor.Page.QuerySelectorAll("a[data-choose]").Select(a => a.GetAttribute("href")).ShouldBe([$"/orders/new?service={like.Id}"]);
        await visitor.OpenAsync($"/orders/new?service={off.Id}");
        visitor.Page.QuerySelector("#order-form").ShouldBeNull();
        visitor.Page.QuerySelector(".alert-warning")!.TextContent.Trim().ShouldBe(Words.In("vi")["neworders.gone", off.Id]);
    }

    [Theory, BothStores]
    public async Task The_page_says_what_the_service_offers_at_the_customers_own_price(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "50");
        var service = await panel.AddServiceAsync(rate: "100", with: s => s with { RefillDays = 30, Cancel = false, Description = "Dòng một\n<script>alert(1)</script>" });
        await panel.Get<SetCustomerPrice>().PercentAsync(panel.Customer.Id, -1_000, "test", CancellationToken.None);
        await panel.Get<CompletionTimes>().WriteAsync([(service.Id, new CompletionTime(TimeSpan.FromMinutes(95), 5, 1))], true, CancellationToken.None);
        await panel.Get<CompletionTimes>().RefreshAsync(CancellationToken.None);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        var facts = visitor.Page.QuerySelector(".facts")!.TextContent;
        foreach (var said in new[] { "$90.00", "$100.00", "10 – 10,000", "1 h 35 min", "Within 30 days" })
        {
            facts.ShouldContain(said);
        }

        visitor.Page.QuerySelector(".new-order-side .service-text")!.TextContent.ShouldContain("<script>alert(1)</script>");
        var form = Form(visitor);
        (form.Dataset["rate"], form.Dataset["per"], form.Dataset["balance"], form.Dataset["source"]).ShouldBe(("9000000", "1000", "5000000", "parameter"));
    }

    [Theory, BothStores]
    public async Task The_list_for_the_instant_search_holds_own_prices_and_is_kept_by_the_browser(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "100");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders/new");
        var url = visitor.Page.QuerySelector("#new-order")!.GetAttribute("data-list")!;
        using var response = await visitor.GetRawAsync(url);
        (response.Headers.CacheControl!.Private, response.Headers.CacheControl.MaxAge, response.Headers.CacheControl.NoStore).ShouldBe((true, TimeSpan.FromDays(7), false));
        using var list = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        list.RootElement.GetProperty("s")[0].EnumerateArray().Select(v => v.ToString()).ShouldBe([service.Id.Text(), service.Name, "0", "$100.00"]);
        list.RootElement.GetProperty("c")[0].EnumerateArray().Select(v => v.ToString()).ShouldBe([service.Category, service.Platform]);
        await panel.Get<SetCustomerPrice>().PercentAsync(panel.Customer.Id, -5_000, "test", CancellationToken.None);
        await visitor.OpenAsync("/orders/new");
        var next = visitor.Page.QuerySelector("#new-order")!.GetAttribute("data-list")!;
        next.ShouldNotBe(url, "what is kept under the old address is not asked for any more");
        using var own = await visitor.GetRawAsync(next);
        (await own.Content.ReadAsStringAsync()).ShouldContain("\"$50.00\"");
    }
}
