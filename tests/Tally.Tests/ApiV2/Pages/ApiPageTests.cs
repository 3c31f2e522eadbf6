using AngleSharp.Dom;
using Shouldly;
using Tally.ApiV2.Pages;
using Tally.Catalog;
using Tally.Testing;
using Tally.Tests.Architecture;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

/// <summary>The documentation in the browser. Its examples are those of docs/api-v2.md, which <see cref="ContractPageTests"/> runs.</summary>
public sealed class ApiPageTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    [Fact]
    public void The_executable_carries_the_documentation_that_the_tests_run() =>
        ExecutedExamples.Text.ShouldBe(File.ReadAllText(Path.Combine(OurCode.Root, "docs", "api-v2.md")));

    [Fact]
    public void Every_request_that_is_run_is_taken_from_it_with_the_answer_that_it_is_held_against()
    {
        var blocks = ContractPage.Read().Blocks();
        var run = blocks.Select((block, i) => (block, i)).Where(b => b.block.IsRequest).Select(b => (b.block.Notation, b.block.Text, Answer: blocks[b.i + 1].Text, b.block.Line)).ToList();
        run.Count.ShouldBeGreaterThan(35);
        ExecutedExamples.Current.All.Select(e => (e.Notation, e.Request, e.Answer, e.Line)).ShouldBe(run);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task What_the_page_shows_is_what_was_run(string language)
    {
        using var visitor = new WebVisitor(await panels.PanelAsync(StoreKind.Sqlite), language);
        var page = await visitor.OpenAsync("/api");
        var run = ExecutedExamples.Current.All.ToDictionary(e => e.Line);
        var shown = page.QuerySelectorAll("[data-example]").Select(e => int.Parse(e.GetAttribute("data-example")!)).ToList();
        shown.ShouldBeUnique();
        foreach (var line in shown)
        {
            page.GetElementById($"answer-{line}")!.TextContent.ShouldBe(run[line].Answer);
            page.GetElementById($"request-{line}")!.TextContent.ShouldBe(run[line].Request.Replace(Samples.Address, visitor.Panel.Api.ToString()));
        }

        // And all of them are shown: every action, every type, every reference.
        run.Values.Where(e => !shown.Contains(e.Line)).Select(e => e.Request).ShouldBeEmpty();
    }

    [Fact]
    public async Task All_seventeen_types_have_a_tab_with_their_parameters_and_an_example_of_their_own()
    {
        using var visitor = new WebVisitor(await panels.PanelAsync(StoreKind.Sqlite));
        var page = await visitor.OpenAsync("/api");
        page.QuerySelectorAll(".api-types a").Select(a => a.TextContent).ShouldBe(TypeRules.Table.Select(t => t.WireName));
        foreach (var type in TypeRules.Table)
        {
            var panel = page.GetElementById("type-" + Reference.Slug(type))!;
            var expected = new List<string> { "key", "action", "service" };
            expected.AddRange(ContractType.All.Single(t => t.Type == type.Type).Required.Select(r => r.Name).Order());
            panel.QuerySelectorAll("tr[data-parameter]").Where(r => r.QuerySelector(".api-optional") is null).Select(r => r.GetAttribute("data-parameter")).Order()
                .ShouldBe(expected.Order(), type.WireName);
            var example = ExecutedExamples.Current.Of(type);
            panel.QuerySelector("[data-example]")!.GetAttribute("data-example").ShouldBe(example.Line.ToString());
            example.Parameters.Select(p => p.Name).Except(panel.QuerySelectorAll("tr[data-parameter]").Select(r => r.GetAttribute("data-parameter")!)).ShouldBeEmpty(type.WireName);
        }

        TypeRules.Table.Select(t => ExecutedExamples.Current.Of(t).Line).ShouldBeUnique();
    }

    [Theory]
    [InlineData("/api", "type-default", "lang-curl")]
    [InlineData("/api?type=poll&lang=go", "type-poll", "lang-go")]
    [InlineData("/api?type=no-such&lang=cobol", "type-default", "lang-curl")]
    public async Task A_tab_is_chosen_by_the_address_alone(string path, string type, string language)
    {
        using var visitor = new WebVisitor(await panels.PanelAsync(StoreKind.Sqlite));
        var page = await visitor.OpenAsync(path);
        Open(page, "type-").ShouldBe([type]);
        Open(page, "lang-").ShouldBe([language]);
        page.QuerySelectorAll("[data-tabs] a[aria-current]").Select(a => a.GetAttribute("data-tab")).ShouldBe([language, type]);

        static IEnumerable<string?> Open(IParentNode page, string start) => page.QuerySelectorAll($".api-main [id^='{start}']").Where(e => !e.HasAttribute("hidden")).Select(e => e.Id);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task A_visitor_reads_everything_and_is_told_to_sign_in_for_a_key(string language)
    {
        using var visitor = new WebVisitor(await panels.PanelAsync(StoreKind.Sqlite), language);
        var page = await visitor.OpenAsync("/api");
        var words = Words.In(language);
        page.GetElementById("api-url")!.TextContent.ShouldBe(visitor.Panel.Api.ToString());
        page.QuerySelector("#api-key a")!.TextContent.ShouldBe(words["apiv2.start.signIn"]);
        page.QuerySelector("#api-key a")!.GetAttribute("href").ShouldBe("/sign-in?back=/api/keys");
        page.QuerySelectorAll(".api-main > section[id]").Select(s => s.Id).ShouldBe(
            ["start", "samples", "services", "add", "order_reference", "status", "status-many", "cancel", "balance", "refill", "refill-many", "refill_status", "refill_status-many", "errors", "limits", "security"]);
        page.QuerySelectorAll(".api-nav a").Select(a => a.GetAttribute("href")!.TrimStart('#')).ShouldBe(page.QuerySelectorAll(".api-main > section[id]").Select(s => s.Id!));
        page.QuerySelectorAll("tr[data-code]").Select(r => r.GetAttribute("data-code")).ShouldBe(ContractPage.Read().Table("`code`", "`error`").Select(r => r[0].Trim('`')));
        page.QuerySelectorAll("tr[data-code] td:last-child").Select(t => t.TextContent).ShouldAllBe(t => t.Length > 3);
        page.GetElementById("address-state").ShouldBeNull();
        page.QuerySelectorAll("[id]").Select(e => e.Id).ShouldBeUnique();
        page.QuerySelectorAll("h1").Length.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_customer_sees_how_many_keys_there_are_and_from_where_they_may_be_used(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind, "vi");
        using var _ = visitor;
        var words = Words.In("vi");
        var page = await visitor.OpenAsync("/api");
        page.QuerySelector("#api-key a")!.TextContent.ShouldBe(words["apiv2.start.keys", 1]);
        page.GetElementById("address-state")!.TextContent.ShouldBe(words["apiv2.addresses.all"]);
        page.GetElementById("client-address")!.TextContent.ShouldBe("127.0.0.1");
        await panel.Get<Tally.Accounts.AccountBook>().RevokeKeyAsync(account.Key.Id, default);
        await panel.Get<Tally.Accounts.SaveAddresses>().RunAsync(account.Id, "127.0.0.1\n10.0.0.0/8", System.Net.IPAddress.Loopback, evenSo: false, default);
        page = await visitor.OpenAsync("/api");
        page.QuerySelector("#api-key a")!.TextContent.ShouldBe(words["apiv2.start.noKey"]);
        page.GetElementById("address-state")!.TextContent.ShouldBe(words["apiv2.addresses.list", 2]);
    }

    [Fact]
    public void Every_parameter_that_the_api_reads_is_documented_and_every_documented_one_is_read()
    {
        var documented = Reference.Actions.SelectMany(a => Reference.Always(a.Action).Concat(a.Parameters)).Concat(TypeRules.Table.SelectMany(Reference.Add)).Select(p => p.Name).Distinct();
        documented.Order().ShouldBe(Enum.GetValues<Tally.ApiV2.Parameter>().Select(Tally.ApiV2.ParameterNames.Name).Order());
        Reference.Actions.Select(a => a.Action).Distinct().Order().ShouldBe(["add", "balance", "cancel", "refill", "refill_status", "services", "status"]);
        foreach (var words in Words.Languages.Select(Words.In))
        {
            TypeRules.Table.SelectMany(Reference.Add).Select(p => p.Meaning(words)).ShouldAllBe(m => m.Length > 3);
        }
    }

    [Fact]
    public async Task What_a_visitor_takes_along_names_the_panels_address_and_not_what_the_request_calls_it()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await panel.SetAsync("address", "https://panel.example");
        using var visitor = WebVisitor.Customer(panel);
        (await visitor.OpenAsync("/api")).GetElementById("api-url")!.TextContent.ShouldBe("https://panel.example/api/v2");
        (await visitor.OpenAsync("/api/try?action=balance")).GetElementById("try-curl")!.TextContent.ShouldContain("https://panel.example/api/v2");
        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "new"));
        visitor.Text.ShouldContain("https://panel.example/api/v2");
        foreach (var path in (string[])["/", "/api", "/api/openapi.json", "/api/openapi"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "evil.example" } };
            using var response = await panel.Http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            (body.Contains("https://panel.example", StringComparison.Ordinal), body.Contains("evil.example", StringComparison.Ordinal)).ShouldBe((true, false), path);
        }
    }

    [Fact]
    public async Task The_page_weighs_little_over_the_wire()
    {
        var panel = await panels.PanelAsync(StoreKind.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api");
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var response = await panel.Http.SendAsync(request);
        response.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await response.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(40_000);
    }
}
