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
using static Tally.Tests.Orders.Pages.New.NewOrderForm;

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
}
