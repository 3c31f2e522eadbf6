using AngleSharp.Dom;
using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>Texts of customers, providers and operators that would like to be scripts (cross-site scripting), on every page, and formulas in exports.</summary>
public sealed class HostileTextTests
{
    private const string Picture = "\"'><img src=x onerror=pwn()>", Tags = "</textarea></title></script></style><script>pwn()</script><svg onload=pwn()>", Link = "javascript:pwn()//\" onclick=\"pwn()";

    // Where the text must be seen as it is; a page without it would prove nothing.
    private static readonly string[] Shown = ["/orders", "/orders/{id:long}", "/orders/new", "/services", "/services/{id:long}", "/updates", "/api/keys", "/account/security", "/notices"];

    [Theory]
    [InlineData(Picture)]
    [InlineData(Tags)]
    [InlineData(Link)]
    public async Task A_stored_text_is_shown_as_text_on_every_page(string text)
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite, text);
        if (text.Length <= 40)
        {
            foreach (var setting in (string[])["name", "headline_en", "lead_en"])
            {
                await filled.Panel.SetAsync(setting, text);
            }
        }

        using var customer = filled.Customer();
        using var everybody = new WebVisitor(filled.Panel);
        var missing = new List<string>();
        foreach (var route in PanelRoutes.Of(filled.Panel).Where(r => r.Reads() && r.NeedsToken() && !r.IsFallback() && r.Path() != "/orders/live"))
        {
            foreach (var visitor in route.IsOwn() ? (WebVisitor[])[customer] : [everybody, customer])
            {
                await visitor.GetAsync(filled.Address(route));
                JudgeIfPage(visitor, route.Path());
            }

            var seen = customer.Page.Body!.TextContent.Contains(text, StringComparison.Ordinal) || customer.Page.All.Any(e => e.Attributes.Any(a => a.Value.Contains(text, StringComparison.Ordinal)));
            if (Shown.Contains(route.Path()) && !seen)
            {
                missing.Add(route.Path());
            }
        }

        missing.ShouldBeEmpty("pages that do not show the text at all");
        await customer.GetAsync($"/orders/new?again={filled.Order}");
        Judge(customer.Page, "again");
        await customer.GetAsync($"/orders/{filled.OpenOrder}");
        Judge(customer.Page, "the open order");
        filled.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Picture)]
    [InlineData(Tags)]
    [InlineData(Link)]
    public async Task What_stands_in_an_address_a_form_or_a_cookie_is_shown_as_text(string text)
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite);
        using var customer = filled.Customer();
        using var everybody = new WebVisitor(filled.Panel);
        var typed = Uri.EscapeDataString(text);
        foreach (var path in (string[])["/services?q=", "/services?platform=", "/services?category=", "/updates?before=", "/sign-in?back=", "/confirm-email?account=1&email=a&code=", "/confirm-email?account=1&code=c&email=", "/reset-password?account=1&code=", "/api?type=", "/api?lang=", "/nothing/"])
        {
            await everybody.GetAsync(path + typed);
            Judge(everybody.Page, path);
        }

        foreach (var path in (string[])["/orders?q=", "/orders?status=", "/orders?service=", "/orders?from=", "/orders/new?q=", "/orders/new?service=", "/orders/new?platform=", "/orders/new?category=", "/funds?amount=", "/funds?way=", "/funds/history?kind=", "/api/try?action=", "/api/try?action=add&type=", "/api/try?action=status&order="])
        {
            await customer.GetAsync(path + typed);
            Judge(customer.Page, path);
        }

        foreach (var (visitor, route) in PanelRoutes.Of(filled.Panel).Where(r => r.Writes() && r.NeedsToken() && !r.IsFallback() && r.Path() != "/sign-out").Select(r => (r.IsOwn() ? customer : everybody, r)))
        {
            var token = await FilledPanel.TokenAsync(visitor);
            (string, string)[] fields = [.. FieldNames.Select(name => (name, text)), ("do", "add"), ("_token", token)];
            await visitor.PostAsync(filled.Address(route), fields);
            JudgeIfPage(visitor, route.Path());
            if (visitor.Location is { } next)
            {
                next.ShouldStartWith("/");
                await visitor.GetAsync(next);
                Judge(visitor.Page, route.Path() + " → " + next);
            }
        }

        everybody.SetCookie("tally_flash", System.Text.Json.JsonSerializer.Serialize(new { Key = "neworders.placed", Values = new[] { text }, Kind = "success" }));
        await everybody.GetAsync("/services");
        Judge(everybody.Page, "a forged message");
        everybody.SetCookie("tally_theme", text);
        everybody.SetCookie("tally_zone", text);
        everybody.SetCookie("tally_language", text);
        await everybody.GetAsync("/services");
        Judge(everybody.Page, "forged preferences");
        filled.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("@SUM(1+1)*cmd|' /C calc'!A0")]
    [InlineData("-2+3")]
    [InlineData("+1")]
    public async Task A_text_in_an_export_is_no_formula(string text)
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite, text);
        using var customer = filled.Customer();
        using var response = await customer.GetRawAsync("/orders/export.csv");
        var csv = await response.Content.ReadAsStringAsync();
        var cell = "\"'" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        csv.Split(cell).Length.ShouldBe(4, "the service's name twice and one link");
        csv.Split('\n').SelectMany(line => line.Trim('\r', '\ufeff').Split(',')).Where(c => c.Length > 0 && "=+-@".Contains(c[0], StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<script>pwn()</script>@example.com")]
    [InlineData("a@example.com\r\nBcc: b@example.com")]
    [InlineData("a@<b>.example")]
    public async Task An_address_that_would_be_a_script_or_a_header_opens_no_account(string email)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.OpenAsync("/sign-up");
        await visitor.SendAsync("/sign-up", ("email", email), ("password", "quiet river stone"), ("language", "en"));
        visitor.Status.ShouldBe(System.Net.HttpStatusCode.UnprocessableEntity);
        Judge(visitor.Page, email);
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM accounts")).ShouldBe(1);
    }

    [Fact]
    public async Task A_valid_address_that_looks_like_a_script_is_shown_as_text()
    {
        const string Email = "\"<img/src=x>\"@example.com";
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var account = await panel.OpenAccountAsync(Email);
        using var visitor = new WebVisitor(panel).SignedInAs(account.Id, Email);
        foreach (var path in (string[])["/account", "/dashboard", "/account/security", "/funds"])
        {
            await visitor.OpenAsync(path);
            Judge(visitor.Page, path);
        }

        (await visitor.OpenAsync("/account")).Body!.InnerHtml.ShouldContain("&lt;img/src=x&gt;");
    }

    // The names under which forms send texts.
    private static readonly string[] FieldNames =
    [
        "email", "password", "current", "code", "name", "credential", "back", "amount", "way", "orders", "reference", "addresses", "link", "quantity", "comments", "service", "order_reference", "username", "zone", "type", "order", "id", "setup",
    ];

    private static void JudgeIfPage(WebVisitor visitor, string where)
    {
        (visitor.ContentType is null or "text/html" or "application/json" or "text/csv").ShouldBeTrue($"{where}: {visitor.ContentType}");
        if (visitor.ContentType == "text/html")
        {
            Judge(visitor.Page, where);
        }
    }

    private static void Judge(IDocument page, string where)
    {
        page.QuerySelectorAll("script").Where(s => s.GetAttribute("src")?.StartsWith("/assets/", StringComparison.Ordinal) != true || s.TextContent.Length > 0).ShouldBeEmpty(where);
        page.QuerySelectorAll("style, iframe, object, embed, base, [style], [srcdoc]").ShouldBeEmpty(where);
        page.All.SelectMany(e => e.Attributes).Where(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)).Select(a => a.Name).ShouldBeEmpty(where);
        page.QuerySelectorAll("img[src=x]").ShouldBeEmpty(where);
        page.All.SelectMany(e => e.Attributes).Where(a => a.Name is "href" or "src" or "action" or "formaction" && a.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty(where);
    }
}
