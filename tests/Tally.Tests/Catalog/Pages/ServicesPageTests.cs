using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Catalog.Pages;

public sealed class ServicesPageTests
{
    [Theory, BothStores]
    public async Task Visitors_see_list_prices_and_customers_their_own(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "12345.5", with: s => s with { RefillDays = 7, Description = "<b>Mô tả</b>" });
        await panel.AddServiceAsync(with: s => s with { Name = "Switched off", Enabled = false });
        await panel.Get<SetCustomerPrice>().RateAsync(panel.Customer.Id, service.Id, Money.Parse("9999"), "test", CancellationToken.None);
        using var visitor = new WebVisitor(panel);
        await visitor.OpenAsync("/services");
        var row = visitor.Page.QuerySelectorAll(".shelf-row").ShouldHaveSingleItem();
        row.TextContent.ShouldContain("$12,345.50");
        row.TextContent.ShouldContain(Words.In("en")["catalog.refill.days", 7]);
        row.TextContent.ShouldContain("<b>Mô tả</b>");
        row.QuerySelector(".star").ShouldBeNull();
        row.QuerySelector(".shelf-order a")!.GetAttribute("href").ShouldBe($"/orders/new?service={service.Id}");
        using var customer = WebVisitor.Customer(panel, "vi");
        await customer.OpenAsync("/services");
        var own = customer.Page.QuerySelector(".shelf-row")!;
        own.QuerySelector(".rate")!.TextContent.ShouldContain("$9.999,00");
        own.QuerySelector("s")!.TextContent.ShouldContain("$12.345,50");
        await customer.OpenAsync($"/services/{service.Id}");
        customer.Text.ShouldContain("$9.999,00");
        await customer.GetAsync("/services/99999");
        customer.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothStores]
    public async Task Services_are_filtered_by_platform_and_category_and_searched_without_marks(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var first = await panel.AddServiceAsync(with: s => s with { Name = "Tăng lượt thích", Category = "Cảm xúc & <Tim>", Platform = "Dịch vụ Facebook" });
        var second = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận", Category = "Bình luận", Platform = "Dịch vụ Facebook" });
        var third = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận", Category = "TikTok", Platform = "TikTok" });
        using var visitor = new WebVisitor(panel, "vi");
        (await ShownAsync(visitor, "/services")).ShouldBe([first.Id, second.Id, third.Id]);
        (await ShownAsync(visitor, visitor.Page.QuerySelectorAll(".chip")[1].GetAttribute("href")!)).ShouldBe([first.Id, second.Id]);
        visitor.Page.QuerySelectorAll(".shelf-category").Select(c => c.TextContent.Trim()).ShouldBe(["Cảm xúc & <Tim>", "Bình luận"]);
        (await ShownAsync(visitor, "/services?platform=" + Uri.EscapeDataString(first.Platform) + "&category=" + Uri.EscapeDataString(first.Category))).ShouldBe([first.Id]);
        (await ShownAsync(visitor, "/services?q=binh+luan")).ShouldBe([second.Id, third.Id]);
        (await ShownAsync(visitor, "/services?q=dich+VU+thich")).ShouldBe([first.Id]);
        (await ShownAsync(visitor, "/services?q=xyz")).ShouldBeEmpty();
        visitor.Text.ShouldContain(Words.In("vi")["catalog.search.none"]);
        (await ShownAsync(visitor, "/services?q=%00%ff&platform=none&after=abc&category=")).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Favourites_are_the_accounts_own(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var (first, second) = (await panel.AddServiceAsync(), await panel.AddServiceAsync());
        using var visitor = WebVisitor.Customer(panel);
        (await ShownAsync(visitor, "/services?fav=1")).ShouldBeEmpty();
        visitor.Text.ShouldContain(Words.In("en")["catalog.favourites.none"]);
        await visitor.OpenAsync("/services");
        await visitor.SendAsync("/services/favourite");
        visitor.Location.ShouldBe($"/services#s{first.Id}");
        (await ShownAsync(visitor, "/services?fav=1")).ShouldBe([first.Id]);
        visitor.Page.QuerySelector(".star-button")!.GetAttribute("aria-pressed").ShouldBe("true");
        await visitor.SendAsync("/services/favourite");
        (await ShownAsync(visitor, "/services?fav=1")).ShouldBeEmpty();

        var favourites = panel.Get<Favourites>();
        (await favourites.SetAsync(panel.Customer.Id, second.Id, true, CancellationToken.None)).ShouldBeTrue();
        (await favourites.SetAsync(panel.Customer.Id, second.Id, true, CancellationToken.None)).ShouldBeTrue("again changes nothing");
        (await favourites.SetAsync(panel.Customer.Id, 99_999, true, CancellationToken.None)).ShouldBeFalse();
        var other = await panel.OpenAccountAsync("other@example.com");
        using var stranger = new WebVisitor(panel).SignedInAs(other.Id, other.Email);
        (await ShownAsync(stranger, "/services?fav=1")).ShouldBeEmpty();
        using var nobody = new WebVisitor(panel);
        (await ShownAsync(nobody, "/services?fav=1")).Count.ShouldBe(2, "a visitor has none and sees the list");
    }

    [Fact]
    public async Task Five_thousand_services_go_page_by_page_and_each_page_is_light()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await SeedAsync(panel, 5_000);
        using var visitor = WebVisitor.Customer(panel, "vi");
        var (path, seen, heaviest) = ("/services", new HashSet<string>(), 0);
        while (path is not null)
        {
            heaviest = Math.Max(heaviest, await WeightAsync(visitor, path));
            await visitor.OpenAsync(path);
            visitor.Page.QuerySelectorAll(".shelf-row").Length.ShouldBeLessThanOrEqualTo(50);
            foreach (var row in visitor.Page.QuerySelectorAll(".shelf-row"))
            {
                seen.Add(row.Id!).ShouldBeTrue(row.Id);
            }

            path = visitor.Page.QuerySelector("a[rel=next]")?.GetAttribute("href");
        }

        seen.Count.ShouldBe(5_000);
        var order = await WeightAsync(visitor, "/orders/new?service=1500");
        var search = await WeightAsync(visitor, "/orders/new?q=binh+luan");
        TestContext.Current.SendDiagnosticMessage($"heaviest page of the price list {heaviest} B, new order {order} B, its search {search} B over the wire");
        heaviest.ShouldBeLessThan(40 * 1024);
        order.ShouldBeLessThan(40 * 1024);
        search.ShouldBeLessThan(40 * 1024);
    }

    private static async Task SeedAsync(TestPanel panel, int count)
    {
        var model = await panel.AddServiceAsync();
        string[] nouns = ["Tăng like", "Bình luận", "Theo dõi", "Lượt xem", "Chia sẻ", "Thành viên nhóm"], lands = ["Việt Nam 🇻🇳", "Toàn cầu 🌏", "Hàn Quốc 🇰🇷", "Mỹ 🇺🇸"];
        var random = new Random(7);
        var services = Enumerable.Range(1, count).Where(i => i != model.Id).Select(i => model with
        {
            Id = i,
            Name = string.Create(CultureInfo.InvariantCulture, $"{nouns[i % 6]} {lands[i % 4]} | 🕓 {random.Next(1, 60)} phút | ⚡ {random.Next(1, 50)}K / ngày | ⏏️ {random.Next(1, 900)}K | S{i % 17}"),
            Description = string.Join('\n', Enumerable.Range(0, 6).Select(_ => string.Create(CultureInfo.InvariantCulture, $"• {nouns[random.Next(6)]} tốc độ {random.Next(100, 99_999)} mỗi ngày, bảo hành {random.Next(7, 90)} ngày, mã {random.Next()}"))),
            Category = string.Create(CultureInfo.InvariantCulture, $"⭐ {nouns[i % 6]} {lands[i % 4]} nhóm {i % 60}"),
            Platform = "Nền tảng " + ((long)(i % 12)).Text(),
            Position = i,
        }).ToList();
        await panel.Get<SaveServices>().RunAsync(services, CancellationToken.None);
        await panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
    }

    private static async Task<int> WeightAsync(WebVisitor visitor, string path)
    {
        using var response = await visitor.GetRawAsync(path, encoding: "br, gzip");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldNotBeEmpty();
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }

    private static async Task<IReadOnlyList<long>> ShownAsync(WebVisitor visitor, string path)
    {
        await visitor.OpenAsync(path);
        return [.. visitor.Page.QuerySelectorAll(".shelf-row").Select(r => long.Parse(r.Id![1..], CultureInfo.InvariantCulture))];
    }
}
