using System.Net;
using AngleSharp.Dom;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

public sealed class KeysPageTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    [Fact]
    public async Task A_visitor_is_sent_to_sign_in()
    {
        using var visitor = new WebVisitor(await panels.PanelAsync(StoreKind.Sqlite));
        foreach (var path in new[] { "/api/keys", "/api/addresses", "/api/try" })
        {
            await visitor.GetAsync(path);
            visitor.Status.ShouldBe(HttpStatusCode.Redirect);
            visitor.Location.ShouldNotBeNull().ShouldContain("/sign-in");
        }
    }

    [Theory, BothStores]
    public async Task A_key_is_shown_once_works_within_a_second_tells_of_its_use_and_stops_when_it_is_revoked(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind);
        using var _ = visitor;
        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "my shop"), ("scope", "order"));
        visitor.Status.ShouldBe(HttpStatusCode.OK);
        visitor.Location.ShouldBeNull();
        var key = visitor.Page.GetElementById("new-key")!.TextContent;
        key.ShouldStartWith(ApiKeys.Prefix);
        var id = Line(visitor, "my shop").GetAttribute("data-key")!;
        Line(visitor, "my shop").TextContent.ShouldContain(ApiKeys.Shown(key));
        Line(visitor, "my shop").QuerySelector("[data-used]")!.TextContent.ShouldBe(Words.In("en")["apiv2.keys.neverUsed"]);

        await TestPanel.WaitAsync(async () => (await panel.CallAsAsync(key, "balance")).TryGetProperty("balance", out var _), "the key works", atMostSeconds: 5);
        await panel.Get<ApiKeys>().WriteUsesAsync(default);
        var page = await visitor.OpenAsync("/api/keys");
        page.DocumentElement.OuterHtml.ShouldNotContain(key);
        Line(visitor, "my shop").QuerySelector("[data-used]")!.TextContent.ShouldContain("127.0.0.1");

        await visitor.SendAsync("/api/keys/revoke", ("key", id));
        visitor.Location.ShouldBe("/api/keys");
        await visitor.FollowAsync();
        visitor.Text.ShouldContain(Words.In("en")["apiv2.keys.revoked"]);
        visitor.Page.QuerySelector($"li[data-key='{id}']")!.HasAttribute("data-revoked").ShouldBeTrue();
        await TestPanel.WaitAsync(async () => (await panel.CallAsAsync(key, "balance")).TryGetProperty("error", out var e) && e.GetString() == "Invalid API key", "the key stops", atMostSeconds: 5);
        (await panel.CallAsAsync(account.Key.Key, "balance")).TryGetProperty("balance", out var _).ShouldBeTrue("the other key goes on");
    }

    [Theory, BothStores]
    public async Task The_accounts_address_hears_of_a_new_key_and_of_none_that_was_refused(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "shop <2>"), ("scope", "read"));
        var key = visitor.Page.GetElementById("new-key")!.TextContent;
        await visitor.SendAsync("/api/keys", ("name", "shop <2>"), ("scope", "read"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var mail = (await box.ReadAsync("customer@example.com")).ShouldHaveSingleItem();
        mail.Subject.ShouldBe("A new API key at Tally");
        mail.TextBody!.ShouldContain("“shop <2>”");
        mail.TextBody!.ShouldContain(Mailbox.Address + "/api/keys");
        mail.HtmlBody!.ShouldContain("“shop &lt;2&gt;”");
        mail.ToString().ShouldNotContain(key);
    }

    [Theory, BothStores]
    public async Task A_key_that_may_only_read_cannot_order(StoreKind kind)
    {
        var (panel, visitor, _) = await panels.SignedInAsync(kind, "vi");
        using var own = visitor;
        var service = await panel.AddServiceAsync();
        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "báo cáo"), ("scope", "read"));
        var key = visitor.Page.GetElementById("new-key")!.TextContent;
        Line(visitor, "báo cáo").TextContent.ShouldContain(Words.In("vi")["apiv2.scope.read"]);
        await TestPanel.WaitAsync(async () => (await panel.CallAsAsync(key, "balance")).TryGetProperty("balance", out var _), "the key works", atMostSeconds: 5);
        (await panel.CallAsAsync(key, "add", ("service", service.Id.ToString()), ("link", "https://example.com/p"), ("quantity", "10"))).GetProperty("code").GetString().ShouldBe("incorrect_request");
    }

    [Theory, BothStores]
    public async Task Another_accounts_key_is_neither_seen_nor_revoked(StoreKind kind)
    {
        var (panel, visitor, _) = await panels.SignedInAsync(kind);
        using var own = visitor;
        var other = await panel.OpenAccountAsync($"other-{kind}@example.com", "1");
        var page = await visitor.OpenAsync("/api/keys");
        page.QuerySelectorAll("li[data-key]").Length.ShouldBe(1);
        page.QuerySelector($"li[data-key='{other.Key.Id}']").ShouldBeNull();
        await visitor.SendAsync("/api/keys/revoke", ("key", other.Key.Id.ToString()));
        await visitor.FollowAsync();
        visitor.Text.ShouldContain(Words.In("en")["apiv2.keys.gone"]);
        await panel.Get<ApiKeys>().RefreshAsync(default);
        (await panel.CallAsAsync(other.Key.Key, "balance")).TryGetProperty("balance", out var _).ShouldBeTrue();
        (await panel.Get<AccountBook>().KeysAsync(other.Id, default)).Single().RevokedAt.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_name_that_does_not_fit_or_is_taken_is_refused_beside_the_field_with_what_was_typed(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind, "vi");
        using var own = visitor;
        var words = Words.In("vi");
        foreach (var (name, wrong) in new[] { ("  ", "apiv2.keys.badName"), (new string('x', 101), "apiv2.keys.badName"), ("DEFAULT", "apiv2.keys.nameTaken") })
        {
            await visitor.OpenAsync("/api/keys");
            await visitor.SendAsync("/api/keys", ("name", name), ("scope", "read"));
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            visitor.Page.GetElementById("f-name-error")!.TextContent.ShouldBe(words[wrong]);
            visitor.Page.GetElementById("f-name")!.GetAttribute("value").ShouldBe(name);
            visitor.Page.QuerySelector("input[name=scope][value=read]")!.HasAttribute("checked").ShouldBeTrue();
        }

        (await panel.Get<AccountBook>().KeysAsync(account.Id, default)).Count.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task An_account_has_at_most_twenty_keys_that_work_even_when_forms_are_sent_at_once(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind);
        using var own = visitor;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => panel.Get<IssueKey>().RunAsync(account.Id, $"key {i}", KeyScope.Read, new Uri("https://panel.example"), default)));
        outcomes.OfType<IssueKeyOutcome.Issued>().Count().ShouldBe(IssueKey.MostKeys - 1);
        outcomes.OfType<IssueKeyOutcome.Refused>().ShouldAllBe(r => r.Why == KeyRefusal.TooMany);
        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "one more"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector("#new-key-form [role=alert]")!.TextContent.Trim().ShouldBe(Words.In("en")["apiv2.keys.tooMany", 20]);
        await visitor.SendAsync("/api/keys/revoke", ("key", account.Key.Id.ToString()));
        await visitor.FollowAsync();
        await visitor.SendAsync("/api/keys", ("name", "one more"));
        visitor.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_form_sent_twice_makes_one_key()
    {
        var (panel, visitor, account) = await panels.SignedInAsync(StoreKind.Postgres);
        using var own = visitor;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => panel.Get<IssueKey>().RunAsync(account.Id, "shop", KeyScope.Order, new Uri("https://panel.example"), default)));
        outcomes.OfType<IssueKeyOutcome.Issued>().Count().ShouldBe(1);
        outcomes.OfType<IssueKeyOutcome.Refused>().ShouldAllBe(r => r.Why == KeyRefusal.NameTaken);
    }

    private static IElement Line(WebVisitor visitor, string name) => visitor.Page.QuerySelectorAll("li[data-key]").Single(l => l.QuerySelector(".api-key-name")!.TextContent == name);
}
