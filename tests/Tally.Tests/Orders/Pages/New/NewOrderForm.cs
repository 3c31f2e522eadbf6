using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Shouldly;
using Tally.Catalog;
using Tally.Tests.Ui;

namespace Tally.Tests.Orders.Pages.New;

/// <summary>The order form on the page that a visitor sees.</summary>
internal static class NewOrderForm
{
    public static IHtmlFormElement Form(WebVisitor visitor) => visitor.Page.QuerySelector<IHtmlFormElement>("#order-form").ShouldNotBeNull(visitor.Text);

    public static string Reference(WebVisitor visitor) => Form(visitor).QuerySelector("[name=order_reference]")!.GetAttribute("value")!;

    public static string Error(WebVisitor visitor, string field)
    {
        var input = Form(visitor).QuerySelector($"[name={field}]").ShouldNotBeNull(field);
        input.GetAttribute("aria-invalid").ShouldBe("true", $"{field}: {visitor.Page.QuerySelector(".invalid-feedback")?.TextContent}");
        return visitor.Page.QuerySelector($"#f-{field}-error")!.TextContent;
    }

    public static string Value(WebVisitor visitor, string field) => Form(visitor).QuerySelector($"[name={field}]") switch
    {
        IHtmlTextAreaElement area => area.Value,
        IHtmlSelectElement select => select.Value ?? "",
        IHtmlInputElement { Type: "number" } number => number.GetAttribute("value") ?? "",
        IHtmlInputElement input => input.Value,
        _ => throw new InvalidOperationException($"There is no field {field}."),
    };

    // What fits a service of TestPanel: ten lines where lines are counted.
    public static IEnumerable<(string Name, string Value)> Typed(ServiceType type) => Asked.Required(type).Select(r => r.Name switch
    {
        "comments" or "usernames" => (r.Name, string.Join('\n', Enumerable.Range(1, 10).Select(i => "dòng " + i.ToString(CultureInfo.InvariantCulture)))),
        _ => r,
    });

    public static (string Name, string Value)[] Fields(WebVisitor visitor, params (string Name, string Value)[] typed) =>
        [.. Form(visitor).QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Select(i => (i.Name!, i.Value)), .. typed];

    // As the browser would a second time before the first answer is there.
    public static async Task ClickAsync(WebVisitor visitor, (string Name, string Value)[] form)
    {
        using var twin = visitor.Twin();
        await twin.PostAsync("/orders/new", form);
        twin.Status.ShouldBe(HttpStatusCode.Found);
    }

    public static long Placed(WebVisitor visitor)
    {
        visitor.Status.ShouldBe(HttpStatusCode.Found, visitor.Page.QuerySelector(".alert-danger, .invalid-feedback")?.TextContent);
        visitor.Location!.ShouldStartWith("/orders/");
        visitor.Location!.ShouldEndWith("?placed");
        return long.Parse(visitor.Location!["/orders/".Length..^"?placed".Length], CultureInfo.InvariantCulture);
    }
}
