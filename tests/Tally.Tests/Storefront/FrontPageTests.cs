using System.Net;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Storefront;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Storefront;

public sealed class FrontPageTests
{
    // What a first visit may weigh over the wire, in bytes (issue 4).
    private const int Budget = 300 * 1024;

    [Theory, BothStores]
    public async Task Visitors_read_in_their_language_what_is_offered_and_what_it_costs(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.SetAsync("currency", "VND");
        await panel.AddServiceAsync(rate: "15000", with: s => s with { Platform = "Dịch vụ TikTok & Reels" });
        await panel.AddServiceAsync(rate: "0.5", with: s => s with { Platform = "Dịch vụ TikTok & Reels" });
        await panel.AddServiceAsync(ServiceType.Package, "320000", s => s with { Platform = "Google" });
        await panel.AddServiceAsync(rate: "1", with: s => s with { Platform = "Off", Enabled = false });
        foreach (var language in Words.Languages)
        {
            using var visitor = new WebVisitor(panel, language);
            var (page, words) = (await visitor.OpenAsync("/"), Words.In(language));
            page.QuerySelector("h1")!.TextContent.ShouldBe(words["storefront.headline"]);
            page.QuerySelectorAll("h1").Length.ShouldBe(1);
            page.QuerySelectorAll(".front-figures dd").Select(d => d.TextContent).ShouldBe(["3", "2", language == "vi" ? "0,5\u00a0₫" : "0.5\u00a0₫"]);
            var platforms = page.QuerySelectorAll(".front-platform");
            platforms.Select(p => p.GetAttribute("href")).ShouldBe(["/services?platform=" + Uri.EscapeDataString("Dịch vụ TikTok & Reels"), "/services?platform=Google"]);
            platforms[0].TextContent.ShouldContain(words["storefront.count", "2"]);
            platforms[1].QuerySelector("b")!.TextContent.ShouldBe(language == "vi" ? "320.000\u00a0₫" : "320,000\u00a0₫");
            platforms[1].TextContent.ShouldContain(words["storefront.per1"]);
            page.QuerySelectorAll("a[href='/sign-up'], a[href='/sign-in']").Length.ShouldBeGreaterThan(2);
            page.QuerySelector("#front-curl")!.TextContent.ShouldContain($"{panel.Http.BaseAddress!.AbsoluteUri}api/v2");
            page.Body!.InnerHtml.ShouldNotContain("style=");
        }
    }

    [Theory, BothStores]
    public async Task The_operators_name_words_and_contacts_are_on_it_and_an_empty_catalogue_boasts_of_nothing(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = new WebVisitor(panel, "vi");
        var page = await visitor.OpenAsync("/");
        page.QuerySelector(".front-figures, .front-platforms, .front-eyebrow").ShouldBeNull();
        page.QuerySelector(".contacts").ShouldBeNull();
        foreach (var (name, value) in ((string, string)[])[("name", "Bảng <b>Xịn</b>"), ("headline_vi", "Tăng tương tác & hơn thế"), ("lead_vi", "Giá gốc."), ("telegram", "@bang_xin"), ("email", "a@bang.example"), ("phone", "0900 000 000"), ("brand_color", "#ffcc00")])
        {
            await panel.SetAsync(name, value);
        }

        page = await visitor.OpenAsync("/");
        page.QuerySelector("h1")!.TextContent.ShouldBe("Tăng tương tác & hơn thế");
        page.QuerySelector(".front-lead")!.TextContent.ShouldBe("Giá gốc.");
        page.Title.ShouldBe("Bảng <b>Xịn</b> · Tăng tương tác & hơn thế");
        page.QuerySelector(".logo-name")!.TextContent.ShouldBe("Bảng <b>Xịn</b>");
        page.QuerySelectorAll("footer .contacts a").Select(a => a.GetAttribute("href")).ShouldBe(["https://t.me/bang_xin", "mailto:a@bang.example", "tel:0900000000"]);
        using var brand = await visitor.GetRawAsync(page.QuerySelector("link[href^='/brand.css']")!.GetAttribute("href")!);
        (await brand.Content.ReadAsStringAsync()).ShouldContain("--brand:#ffcc00;");

        using var english = new WebVisitor(panel);
        (await english.OpenAsync("/")).QuerySelector("h1")!.TextContent.ShouldBe(Words.In("en")["storefront.headline"], "only the Vietnamese words were set");
    }

    [Theory, BothStores]
    public async Task Who_is_signed_in_is_sent_to_the_dashboard(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var customer = WebVisitor.Customer(panel);
        await customer.GetAsync("/");
        customer.Status.ShouldBe(HttpStatusCode.Redirect);
        customer.Location.ShouldBe("/dashboard");
        using var visitor = new WebVisitor(panel);
        await visitor.GetAsync("/dashboard");
        visitor.Status.ShouldBe(HttpStatusCode.Redirect);
        visitor.Location!.ShouldContain("/sign-in");
    }

    [Fact]
    public async Task A_first_visit_weighs_at_most_300_KB_with_all_that_it_loads()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        for (var i = 0; i < 9; i++)
        {
            var platform = $"Platform {i}";
            await panel.AddServiceAsync(with: s => s with { Platform = platform });
        }

        using var visitor = new WebVisitor(panel, "vi");
        var page = await visitor.OpenAsync("/");
        var loaded = page.QuerySelectorAll("link[rel=stylesheet], link[rel=icon]").Select(l => l.GetAttribute("href")!)
            .Concat(page.QuerySelectorAll("script[src]").Select(s => s.GetAttribute("src")!))
            .Append(AssetFiles.Url("icons.svg")).Append(AssetFiles.Url("fonts/inter-latin.woff2")).Append(AssetFiles.Url("fonts/inter-vietnamese.woff2")).Append(AssetFiles.Url("fonts/inter-latin-ext.woff2"))
            .ToList();
        loaded.Count.ShouldBeGreaterThan(8);
        var sum = 0L;
        foreach (var path in loaded.Append("/"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.AcceptEncoding.ParseAdd("gzip, br");
            using var response = await panel.Http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            sum += (await response.Content.ReadAsByteArrayAsync()).Length + 600; // its headers
        }

        sum.ShouldBeLessThan(Budget);
    }

    [Fact]
    public void The_lowest_price_is_that_of_what_counts_by_thousands_and_only_what_is_sold_counts()
    {
        var services = new[] { Sold(1, "A", ServiceType.Default, 30), Sold(2, "A", ServiceType.Package, 5), Sold(3, "B", ServiceType.Subscriptions, 7), Sold(4, "A", ServiceType.Default, 1) with { Enabled = false } };
        var glance = ReadGlance.Count(new CatalogSnapshot(7, services, services.ToDictionary(s => s.Id)));
        (glance.Services, glance.Lowest, glance.Subscriptions, glance.Refill, glance.Example!.Id).ShouldBe((3, new Money(30), true, false, 1L));
        glance.Platforms.ShouldBe([new PlatformGlance("A", 2, new Money(30), 1000), new PlatformGlance("B", 1, new Money(7), 1)]);
    }

    private static Service Sold(long id, string platform, ServiceType type, long rate) => new(
        id, "Service", "", type, "Category", platform, new Money(rate), 1, 10, Refill: false, Cancel: false, Dripfeed: false, RefillDays: 0, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, 1);
}
