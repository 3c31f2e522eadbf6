using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages.New;

public sealed class MassOrderPageTests
{
    [Theory, BothStores]
    public async Task Each_line_is_answered_on_its_own_and_those_that_were_refused_stay_to_be_corrected(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "1000");
        var service = await panel.AddServiceAsync(rate: "1000");
        var package = await panel.AddServiceAsync(ServiceType.Package, rate: "7");
        var comments = await panel.AddServiceAsync(ServiceType.CustomComments);
        using var visitor = WebVisitor.Customer(panel, "vi");
        await visitor.OpenAsync("/orders/mass");
        string[] lines =
        [
            $"{service.Id}|https://example.com/a|100", "", $" {service.Id} | https://example.com/b|c?x=1|2 | 50 ", $"{package.Id}|https://example.com/p", $"{package.Id}|https://example.com/p|",
            "nonsense", $"{service.Id}|facebook|100", $"{service.Id}|https://example.com/d|9", $"{service.Id}|https://example.com/d|many", "99999|https://example.com/d|100", $"{comments.Id}|https://example.com/d|10",
            $"{service.Id}|https://example.com/e|9000",
        ];
        await visitor.SendAsync("/orders/mass", ("orders", string.Join("\r\n", lines)));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var vi = Words.In("vi");
        var rows = visitor.Page.QuerySelectorAll(".mass-result tbody tr");
        rows.Select(r => r.Children[0].TextContent).ShouldBe(["1", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
        var answers = rows.Select(r => r.Children[2].TextContent.Trim()).ToList();
        answers.Take(4).ShouldAllBe(a => a.StartsWith("Đơn ", StringComparison.Ordinal));
        answers.Skip(4).ShouldBe(
        [
            vi["neworders.mass.unreadable"], vi["ui.error.bad_link"], vi["neworders.error.min", "10"], vi["neworders.mass.quantity"], vi["ui.error.incorrect_service"],
            vi["neworders.mass.asksForMore", "Custom Comments"], vi["ui.error.not_enough_funds"],
        ]);
        Box(visitor).ShouldBe(string.Join('\n', lines[5..]));
        visitor.Page.QuerySelector("a[href='/funds'].btn").ShouldNotBeNull();
        (await panel.QueryAsync<string>("SELECT link FROM orders ORDER BY id")).ShouldBe(["https://example.com/a", "https://example.com/b|c?x=1|2", "https://example.com/p", "https://example.com/p"]);
        (await panel.BalanceAsync()).ShouldBe("836");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task The_same_form_sent_again_places_nothing_twice_and_the_same_line_twice_in_it_is_two_orders(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "1000");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders/mass");
        var line = $"{service.Id}|{Asked.Link}|100";
        (string, string)[] form =
            [("_token", Hidden(visitor, "_token")), ("reference", Hidden(visitor, "reference")), ("orders", $"{line}\n{line}\n{service.Id}|{Asked.Link}|1")];
        await visitor.PostAsync("/orders/mass", form);
        var first = Orders(visitor);
        first.Count.ShouldBe(2);
        var left = Hidden(visitor, "reference");
        left.ShouldNotBe(form[1].Item2, "what is left is another form");
        await visitor.PostAsync("/orders/mass", form);
        Orders(visitor).ShouldBe(first);
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM orders"))[0].ShouldBe(2);
        await visitor.SendAsync("/orders/mass", ("orders", line));
        visitor.Status.ShouldBe(HttpStatusCode.OK);
        Orders(visitor).ShouldHaveSingleItem().ShouldNotBeOneOf([.. first]);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Five_hundred_lines_are_placed_in_their_order_and_one_more_is_refused_as_a_whole(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "480");
        var service = await panel.AddServiceAsync(rate: "100");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders/mass");
        var lines = Enumerable.Range(1, PlaceMassOrder.MostLines).Select(i => $"{service.Id}|https://example.com/{i}|10").ToList();
        await visitor.SendAsync("/orders/mass", ("orders", string.Join('\n', lines.Append(lines[0]))));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector("#f-orders-error")!.TextContent.ShouldBe(Words.In("en")["neworders.mass.tooMany", 500]);
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM orders"))[0].ShouldBe(0);
        await visitor.SendAsync("/orders/mass", ("orders", string.Join('\n', lines)));
        Orders(visitor).Count.ShouldBe(480);
        Box(visitor).Split('\n').Length.ShouldBe(20);
        if (kind == StoreKind.Sqlite)
        {
            Box(visitor).ShouldBe(string.Join('\n', lines[480..]), "it is the last lines that find no money");
        }

        (await panel.BalanceAsync()).ShouldBe("0");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task An_empty_box_is_told_so(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders/mass");
        await visitor.SendAsync("/orders/mass", ("orders", " \n "));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector("#f-orders-error")!.TextContent.ShouldBe(Words.In("en")["neworders.mass.empty"]);
    }

    private static string Box(WebVisitor visitor) => visitor.Page.QuerySelector<IHtmlTextAreaElement>("#f-orders")!.Value;

    private static string Hidden(WebVisitor visitor, string name) => visitor.Page.QuerySelector<IHtmlInputElement>($"main form[action='/orders/mass'] [name={name}]")!.Value;

    private static List<string> Orders(WebVisitor visitor) => [.. visitor.Page.QuerySelectorAll(".mass-ok a").Select(a => a.GetAttribute("href")!)];
}
