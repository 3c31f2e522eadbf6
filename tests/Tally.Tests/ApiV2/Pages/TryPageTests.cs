using System.Net;
using System.Text.Json;
using Shouldly;
using Tally.Accounts;
using Tally.ApiV2.Pages;
using Tally.Catalog;
using Tally.Testing;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

public sealed class TryPageTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    [Theory, BothStores]
    public async Task A_request_is_answered_as_the_api_answers_it(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind, balance: "42.5");
        using var _ = visitor;
        await visitor.OpenAsync("/api/try");
        await visitor.SendAsync("/api/try");
        Answer(visitor).ShouldBe(await Compact(panel.CallAsAsync(account.Key.Key, "balance")));
        await visitor.OpenAsync("/api/try?action=status&order=900001");
        await visitor.SendAsync("/api/try");
        Answer(visitor).ShouldBe(await Compact(panel.CallAsAsync(account.Key.Key, "status", ("order", "900001"))));
        await visitor.OpenAsync("/api/try?action=refill_status-many");
        await visitor.SendAsync("/api/try", ("refills", "1, 2"));
        Answer(visitor).ShouldBe(await Compact(panel.CallAsAsync(account.Key.Key, "refill_status", ("refills", "1, 2"))));
        visitor.Page.GetElementById("try-curl")!.TextContent.ShouldBe(
            $"curl {panel.Api} \\\n  -d key=YOUR_API_KEY \\\n  -d action=refill_status \\\n  --data-urlencode 'refills=1, 2'");
        await visitor.OpenAsync("/api/try?action=services");
        await visitor.SendAsync("/api/try");
        Answer(visitor).ShouldBe(await Compact(panel.CallAsAsync(account.Key.Key, "services")));
    }

    [Theory, BothStores]
    public async Task An_order_asks_first_and_a_reload_of_its_answer_does_not_order_again(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind, "vi", "100");
        using var _ = visitor;
        var service = await panel.AddServiceAsync(ServiceType.CustomComments, "1000");
        var page = await visitor.OpenAsync("/api/try?action=add&type=custom-comments");
        page.QuerySelectorAll("#try-form [id^='f-']").Select(f => f.GetAttribute("name")).ShouldBe(Reference.Add(service.Rules).Select(p => p.Name));
        await visitor.SendAsync("/api/try", ("service", service.Id.ToString()), ("link", "https://example.com/p"), ("comments", string.Join("\r\n", Enumerable.Range(0, 10).Select(i => $"số {i}"))));
        visitor.Page.GetElementById("try-ask")!.TextContent.ShouldContain(Words.In("vi")["apiv2.try.ask.add"]);
        (await BalanceAsync(panel, account.Key.Key)).ShouldBe("100");

        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await visitor.SendAsync("/api/try", ("confirm", "yes"));
            ids.Add(Answer(visitor));
        }

        ids[0].ShouldStartWith("{\"order\":");
        ids.Distinct().Count().ShouldBe(1);
        (await BalanceAsync(panel, account.Key.Key)).ShouldBe("90");
    }

    [Fact]
    public async Task Cancel_and_refill_ask_first_too_and_what_only_reads_does_not()
    {
        var (_, visitor, _) = await panels.SignedInAsync(StoreKind.Sqlite);
        using var own = visitor;
        foreach (var action in Reference.Actions)
        {
            await visitor.OpenAsync("/api/try?action=" + action.Id);
            await visitor.SendAsync("/api/try");
            (visitor.Page.GetElementById("try-ask") is not null).ShouldBe(action.Action is "add" or "cancel" or "refill", action.Id);
            (visitor.Page.GetElementById("try-answer") is null).ShouldBe(action.Changes, action.Id);
        }
    }

    [Theory, BothStores]
    public async Task Maintenance_and_suspension_hold_here_too(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind);
        using var _ = visitor;
        await visitor.OpenAsync("/api/try");
        await panel.SetAsync("maintenance", "true");
        try
        {
            await visitor.SendAsync("/api/try");
            Answer(visitor).ShouldContain("unavailable");
        }
        finally
        {
            await panel.SetAsync("maintenance", "false");
        }

        await panel.Get<AccountBook>().SetSuspendedAsync(account.Id, true, default);
        await panel.Get<ApiKeys>().RefreshAsync(default);
        panel.Get<ApiKeys>().OfAccount(account.Id, KeyScope.Order).ShouldBeNull();
        await visitor.SendAsync("/api/try");
        visitor.Page.GetElementById("try-answer")?.TextContent.ShouldContain("invalid_key");
        visitor.Text.ShouldNotContain("balance\"");
    }

    [Fact]
    public async Task A_form_without_the_token_runs_nothing()
    {
        var (_, visitor, _) = await panels.SignedInAsync(StoreKind.Sqlite);
        using var own = visitor;
        await visitor.PostAsync("/api/try", ("do", "balance"));
        visitor.Status.ShouldBe(HttpStatusCode.BadRequest);
        visitor.Page.GetElementById("try-answer").ShouldBeNull();
    }

    [Fact]
    public void The_line_for_the_shell_survives_quotes_and_line_breaks()
    {
        var type = TypeRules.Of(ServiceType.CustomComments);
        var request = new TryRequest(Reference.Actions.Single(a => a.Id == "add"), type, new Dictionary<string, string> { ["service"] = "2", ["comments"] = "it's\r\n$(rm -rf) `x`" });
        request.Curl("https://p.example/api/v2").ShouldEndWith("--data-urlencode 'service=2' \\\n  --data-urlencode 'comments=it'\\''s\n$(rm -rf) `x`'");
    }

    private static string Answer(Tests.Ui.WebVisitor visitor)
    {
        using var json = JsonDocument.Parse(visitor.Page.GetElementById("try-answer")?.TextContent ?? throw new InvalidOperationException("No answer: " + visitor.Text));
        return JsonSerializer.Serialize(json.RootElement);
    }

    private static async Task<string> Compact(Task<JsonElement> answer) => JsonSerializer.Serialize(await answer);

    private static async Task<string> BalanceAsync(TestPanel panel, string key) => (await panel.CallAsAsync(key, "balance")).GetProperty("balance").GetString()!;
}
