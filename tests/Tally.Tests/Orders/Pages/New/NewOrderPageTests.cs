using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages.New;

public sealed class NewOrderPageTests
{
    [Theory, BothStores]
    public async Task Each_of_the_seventeen_types_shows_its_own_fields_and_is_ordered_with_them(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var type in ContractType.All)
        {
            var service = await panel.AddServiceAsync(type.Type, ContractType.Rate, s => s with { Min = 1 });
            await visitor.OpenAsync($"/orders/new?service={service.Id}");
            var fields = Form(visitor).Elements.OfType<IHtmlElement>().Select(e => e.GetAttribute("name")).OfType<string>().ToHashSet();
            var own = type.Required.Select(r => r.Name).Concat(type.Optional).ToHashSet();
            if (service.Rules.Per == 1000)
            {
                own.UnionWith(["runs", "interval"]);
            }

            fields.Except(["_token", "service", "order_reference"]).Order().ShouldBe(own.Order(), type.Type.ToString());
            await visitor.SendAsync("/orders/new", type.Required);
            visitor.Status.ShouldBe(HttpStatusCode.Found, $"{type.Type}: {visitor.Text}");
            var order = await panel.RowAsync(Placed(visitor));
            (order.Type, order.ServiceId, order.AccountId).ShouldBe((type.Type, service.Id, panel.Customer.Id));
            order.ChargeMoney.ShouldBe(Money.Parse(type.Charge), type.Type.ToString());
            order.Quantity.ShouldBe(type.Quantity);
            var api = await panel.RowAsync(await panel.AddAsync([("service", service.Id.Text()), .. type.Required]));
            (order.Link, order.Details).ShouldBe((api.Link, api.Details), "the page and the API order the same");
        }

        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task What_is_wrong_is_said_beside_its_field_in_the_visitors_language_and_what_was_typed_stays(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        (ServiceType Type, string Field, string Value, string Key, object[] Values)[] cases =
        [
            (ServiceType.Default, "link", "facebook", "ui.error.bad_link", []),
            (ServiceType.Default, "link", "", "ui.error.bad_link", []),
            (ServiceType.Default, "quantity", "", "neworders.error.required", []),
            (ServiceType.Default, "quantity", "ten", "neworders.error.number", []),
            (ServiceType.Default, "quantity", "9", "neworders.error.min", ["10"]),
            (ServiceType.Default, "quantity", "10001", "neworders.error.max", ["10.000"]),
            (ServiceType.Default, "runs", "1001", "neworders.error.runs", []),
            (ServiceType.Seo, "keywords", " ", "neworders.error.required", []),
            (ServiceType.CustomComments, "comments", "một\nhai", "neworders.error.min", ["10"]),
            (ServiceType.CustomCommentsPackage, "comments", "", "neworders.error.required", []),
            (ServiceType.MentionsCustomList, "usernames", "anh", "neworders.error.min", ["10"]),
            (ServiceType.MentionsHashtag, "hashtag", new string('x', 1_001), "neworders.error.tooLong", []),
            (ServiceType.Poll, "answer_number", "hai", "neworders.error.number", []),
            (ServiceType.WebTraffic, "type_of_traffic", "", "neworders.error.required", []),
            (ServiceType.WebTraffic, "country", "", "neworders.error.required", []),
            (ServiceType.Subscriptions, "min", "5", "neworders.error.min", ["10"]),
            (ServiceType.Subscriptions, "max", "10001", "neworders.error.max", ["10.000"]),
            (ServiceType.Subscriptions, "delay", "7", "neworders.error.choose", []),
            (ServiceType.Subscriptions, "expiry", "2020-01-31", "neworders.error.expiryPast", []),
            (ServiceType.Subscriptions, "expiry", "soon", "neworders.error.date", []),
        ];
        using var visitor = WebVisitor.Customer(panel, "vi");
        foreach (var (type, field, value, key, values) in cases)
        {
            var service = await panel.AddServiceAsync(type);
            await visitor.OpenAsync($"/orders/new?service={service.Id}");
            var sent = Typed(type).Where(t => t.Name != field).Append((Name: field, Value: value)).ToArray();
            var reference = Reference(visitor);
            await visitor.SendAsync("/orders/new", sent);
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, $"{type} {field}={value}");
            Error(visitor, field).ShouldBe(Words.In("vi")[key, values], $"{type} {field}={value}");
            foreach (var (name, typed) in sent.Where(s => s.Name != "expiry"))
            {
                Value(visitor, name).ShouldBe(typed, $"{type}: {name} is kept");
            }

            Reference(visitor).ShouldBe(reference, "corrected and sent again it is the same form");
        }

        var first = await panel.AddServiceAsync();
        await visitor.OpenAsync($"/orders/new?service={first.Id}");
        await visitor.SendAsync("/orders/new", ("link", Asked.Link), ("quantity", "9"));
        await visitor.SendAsync("/orders/new", ("quantity", "10"));
        Placed(visitor).ShouldBeGreaterThan(0, "a refused attempt frees the reference");
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM orders"))[0].ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_field_that_the_traffic_or_the_service_demands_is_named(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        var traffic = await panel.AddServiceAsync(ServiceType.WebTraffic);
        await visitor.OpenAsync($"/orders/new?service={traffic.Id}");
        await visitor.SendAsync("/orders/new", [.. Typed(ServiceType.WebTraffic).Where(t => t.Name != "type_of_traffic"), ("type_of_traffic", "2")]);
        Error(visitor, "referring_url").ShouldBe(Words.In("en")["neworders.error.required"]);

        var handles = await panel.AddServiceAsync(with: s => s with { Handles = true, UniqueLink = true, Dripfeed = false });
        await visitor.OpenAsync($"/orders/new?service={handles.Id}");
        Form(visitor).QuerySelector("[name=runs]").ShouldBeNull("no drip-feed is offered");
        await visitor.SendAsync("/orders/new", ("link", "name"), ("quantity", "10"));
        Error(visitor, "link").ShouldBe(Words.In("en")["neworders.error.linkOrHandle"]);
        await visitor.SendAsync("/orders/new", ("link", "@name"), ("quantity", "10"));
        Placed(visitor);
        await visitor.OpenAsync($"/orders/new?service={handles.Id}");
        await visitor.SendAsync("/orders/new", ("link", "@name"), ("quantity", "10"));
        Error(visitor, "link").ShouldBe(Words.In("en")["ui.error.active_link"]);
        await visitor.OpenAsync($"/orders/new?service={handles.Id}");
        await visitor.SendAsync("/orders/new", ("link", "@other"), ("quantity", "10"), ("runs", "3"));
        visitor.Page.QuerySelector(".alert-danger")!.TextContent.ShouldContain(Words.In("en")["ui.error.dripfeed_disabled"]);
    }

    [Theory, BothStores]
    public async Task A_double_click_a_reload_and_a_form_sent_again_are_one_order_and_one_charge(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "1000");
        var service = await panel.AddServiceAsync(rate: "1000");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        var form = Fields(visitor, ("link", Asked.Link), ("quantity", "100"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClickAsync(visitor, form)));
        await visitor.PostAsync("/orders/new", form);
        var order = Placed(visitor);
        (await visitor.OpenAsync("/services")).QuerySelector(".alert-info")!.TextContent.Trim().ShouldBe(Words.In("en")["neworders.replayed", order]);
        (await panel.BalanceAsync()).ShouldBe("900");

        await visitor.PostAsync("/orders/new", [.. form.Where(f => f.Name != "quantity"), ("quantity", "200")]);
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector(".alert-danger")!.TextContent.ShouldContain(Words.In("en")["neworders.error.conflict", order]);
        visitor.Page.QuerySelector(".alert-danger a")!.GetAttribute("href").ShouldBe($"/orders/{order}");
        (await panel.BalanceAsync()).ShouldBe("900");
        await visitor.SendAsync("/orders/new");
        Placed(visitor).ShouldNotBe(order, "sent again as it stands there it is another order");
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM orders"))[0].ShouldBe(2);
        (await panel.BalanceAsync()).ShouldBe("700");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Each_form_has_a_reference_of_its_own_so_that_the_same_may_be_ordered_twice(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        using var visitor = WebVisitor.Customer(panel);
        var orders = new HashSet<long>();
        for (var i = 0; i < 2; i++)
        {
            await visitor.OpenAsync($"/orders/new?service={service.Id}");
            await visitor.SendAsync("/orders/new", ("link", Asked.Link), ("quantity", "100"));
            orders.Add(Placed(visitor));
        }

        orders.Count.ShouldBe(2);
    }

    [Theory, BothStores]
    public async Task Without_enough_money_the_form_leads_to_adding_funds_and_keeps_what_was_typed(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "1");
        var service = await panel.AddServiceAsync(rate: "1000");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        await visitor.SendAsync("/orders/new", ("link", Asked.Link), ("quantity", "100"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector(".alert-danger a[href='/funds']").ShouldNotBeNull();
        visitor.Page.QuerySelector("[data-out=charge]")!.TextContent.ShouldBe("$100.00");
        visitor.Page.QuerySelector("[data-out=left]")!.TextContent.ShouldBe("−$99.00");
        Value(visitor, "link").ShouldBe(Asked.Link);
        (await panel.BalanceAsync()).ShouldBe("1");
    }

    [Theory, BothStores]
    public async Task A_drip_feed_is_ordered_and_a_day_of_the_browsers_field_is_read(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        var service = await panel.AddServiceAsync(rate: "1000");
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        await visitor.SendAsync("/orders/new", ("link", Asked.Link), ("quantity", "100"), ("runs", "5"), ("interval", "30"));
        var order = await panel.RowAsync(Placed(visitor));
        (order.Quantity, order.Runs, order.IntervalMinutes, order.ChargeMoney).ShouldBe((500, 5, 30, Money.Parse("500")));

        var subscription = await panel.AddServiceAsync(ServiceType.Subscriptions);
        await visitor.OpenAsync($"/orders/new?service={subscription.Id}");
        await visitor.SendAsync("/orders/new", [.. Typed(ServiceType.Subscriptions), ("expiry", "2099-12-31")]);
        (await panel.RowAsync(Placed(visitor))).Details!.ShouldContain("31/12/2099");
    }

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

    [Fact]
    public async Task Visitors_are_sent_to_sign_in()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        foreach (var path in new[] { "/orders/new", "/orders/mass", "/orders/new/list" })
        {
            await visitor.GetAsync(path);
            visitor.Status.ShouldBe(HttpStatusCode.Found, path);
            visitor.Location!.ShouldContain("/sign-in", Case.Sensitive, path);
        }
    }

    private static IHtmlFormElement Form(WebVisitor visitor) => visitor.Page.QuerySelector<IHtmlFormElement>("#order-form").ShouldNotBeNull(visitor.Text);

    private static string Reference(WebVisitor visitor) => Form(visitor).QuerySelector("[name=order_reference]")!.GetAttribute("value")!;

    private static string Error(WebVisitor visitor, string field)
    {
        var input = Form(visitor).QuerySelector($"[name={field}]").ShouldNotBeNull(field);
        input.GetAttribute("aria-invalid").ShouldBe("true", $"{field}: {visitor.Page.QuerySelector(".invalid-feedback")?.TextContent}");
        return visitor.Page.QuerySelector($"#f-{field}-error")!.TextContent;
    }

    private static string Value(WebVisitor visitor, string field) => Form(visitor).QuerySelector($"[name={field}]") switch
    {
        IHtmlTextAreaElement area => area.Value,
        IHtmlSelectElement select => select.Value ?? "",
        IHtmlInputElement { Type: "number" } number => number.GetAttribute("value") ?? "",
        IHtmlInputElement input => input.Value,
        _ => throw new InvalidOperationException($"There is no field {field}."),
    };

    // What fits a service of TestPanel: ten lines where lines are counted.
    private static IEnumerable<(string Name, string Value)> Typed(ServiceType type) => Asked.Required(type).Select(r => r.Name switch
    {
        "comments" or "usernames" => (r.Name, string.Join('\n', Enumerable.Range(1, 10).Select(i => "dòng " + i.ToString(CultureInfo.InvariantCulture)))),
        _ => r,
    });

    private static (string Name, string Value)[] Fields(WebVisitor visitor, params (string Name, string Value)[] typed) =>
        [.. Form(visitor).QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Select(i => (i.Name!, i.Value)), .. typed];

    // As the browser would a second time before the first answer is there.
    private static async Task ClickAsync(WebVisitor visitor, (string Name, string Value)[] form)
    {
        using var twin = visitor.Twin();
        await twin.PostAsync("/orders/new", form);
        twin.Status.ShouldBe(HttpStatusCode.Found);
    }

    private static long Placed(WebVisitor visitor)
    {
        visitor.Status.ShouldBe(HttpStatusCode.Found, visitor.Page.QuerySelector(".alert-danger, .invalid-feedback")?.TextContent);
        visitor.Location!.ShouldStartWith("/orders/");
        visitor.Location!.ShouldEndWith("?placed");
        return long.Parse(visitor.Location!["/orders/".Length..^"?placed".Length], CultureInfo.InvariantCulture);
    }
}
