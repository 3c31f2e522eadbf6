using System.Text.Json;
using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>api-v2.md sections 2 and 3: the answers of services, status and balance, as the text that stands on the wire.</summary>
public sealed class ContractAnswerTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    [Theory, BothStores]
    public async Task Services_tell_twelve_keys_of_what_is_switched_on(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var sold = await c.Panel.AddServiceAsync(ServiceType.CustomComments, "57500", s => s with
        {
            Name = "Bình luận 👍 \"thật\" \\ a/b",
            Description = "line 1\nline 2\t<b>",
            Category = "⭐ FB",
            Platform = "Facebook",
            Min = 10,
            Max = 1500,
            Refill = false,
            Cancel = true,
            Dripfeed = true,
        });
        var disabled = await c.Panel.AddServiceAsync(with: s => s with { Enabled = false });
        var answer = await c.AskAsync("services");
        answer.Contains(
            $$"""
            {"service":{{sold.Id}},"name":"Bình luận 👍 \"thật\" \\ a/b","desc":"line 1\nline 2\t<b>","type":"Custom Comments","category":"⭐ FB","platform":"Facebook","rate":"57500","min":"10","max":"1500","refill":false,"cancel":true,"dripfeed":true}
            """, StringComparison.Ordinal).ShouldBeTrue(answer);
        answer.Contains($"\"service\":{disabled.Id},", StringComparison.Ordinal).ShouldBeFalse();
        using var json = JsonDocument.Parse(answer);
        foreach (var service in json.RootElement.EnumerateArray())
        {
            service.EnumerateObject().Select(p => p.Name).ShouldBe(["service", "name", "desc", "type", "category", "platform", "rate", "min", "max", "refill", "cancel", "dripfeed"]);
        }
    }

    [Theory, BothStores]
    public async Task Services_are_an_empty_array_when_there_are_none_and_not_again_sent_to_who_has_them(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var empty = await panel.Http.GetAsync(new Uri(panel.Api + $"?key={panel.Key}&action=services"));
        (await empty.Content.ReadAsStringAsync()).ShouldBe("[]");
        using var again = new HttpRequestMessage(HttpMethod.Get, panel.Api + $"?key={panel.Key}&action=services");
        again.Headers.IfNoneMatch.Add(empty.Headers.ETag!);
        using var same = await panel.Http.SendAsync(again);
        ((int)same.StatusCode).ShouldBe(304);
    }

    [Theory, BothStores]
    public async Task Every_type_has_its_name_in_services(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var ids = new Dictionary<long, string>();
        string[] names =
        [
            "Default", "Package", "SEO", "Custom Comments", "Custom Comments Package", "Mentions", "Mentions with Hashtags", "Mentions Custom List", "Mentions Hashtag", "Mentions User Followers",
            "Mentions Media Likers", "Comment Likes", "Comment Replies", "Poll", "Invites from Groups", "Web Traffic", "Subscriptions",
        ];
        foreach (var (type, name) in Enum.GetValues<ServiceType>().Zip(names))
        {
            ids[(await c.Panel.AddServiceAsync(type)).Id] = name;
        }

        using var json = JsonDocument.Parse(await c.AskAsync("services"));
        var told = json.RootElement.EnumerateArray().ToDictionary(s => s.GetProperty("service").GetInt64(), s => s.GetProperty("type").GetString()!);
        ids.ShouldAllBe(id => told[id.Key] == id.Value);
    }

    [Theory, BothStores]
    public async Task Money_is_a_decimal_text_and_counts_are_integer_texts(StoreKind kind)
    {
        foreach (var (rate, quantity, balance, charge, left) in ((string, long, string, string, string)[])
            [("0.00001", 10, "1", "0.00001", "0.99999"), ("15000", 100, "100000000", "1500", "99998500"), ("1.5", 1000, "2.84292", "1.5", "1.34292"), ("0", 10, "0", "0", "0"), ("0.1", 10, "0.001", "0.001", "0")])
        {
            var c = await panels.CustomerAsync(kind, balance);
            var service = await c.Panel.AddServiceAsync(rate: rate);
            var order = await c.AddAsync(Default(service.Id, quantity));
            (await c.AskAsync("status", ("order", Text(order)))).ShouldBe($$"""{"charge":"{{charge}}","start_count":"0","status":"Pending","remains":"{{quantity}}","currency":"USD"}""");
            (await c.AskAsync("balance")).ShouldBe($$"""{"balance":"{{left}}","currency":"USD"}""");
            (await c.AskAsync("services")).Contains($"\"rate\":\"{rate}\"", StringComparison.Ordinal).ShouldBeTrue();
        }
    }

    [Theory, BothStores]
    public async Task Status_is_one_of_six_words_with_what_was_delivered_and_what_it_cost_in_the_end(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        (OrderStatus Status, long? Remains, string Told)[] rows =
        [
            (OrderStatus.Pending, null, """{"charge":"100","start_count":"3572","status":"Pending","remains":"100","currency":"USD"}"""),
            (OrderStatus.Processing, null, """{"charge":"100","start_count":"3572","status":"Processing","remains":"100","currency":"USD"}"""),
            (OrderStatus.InProgress, 40, """{"charge":"100","start_count":"3572","status":"In progress","remains":"40","currency":"USD"}"""),
            (OrderStatus.Completed, 0, """{"charge":"100","start_count":"3572","status":"Completed","remains":"0","currency":"USD"}"""),
            (OrderStatus.Partial, 33, """{"charge":"67","start_count":"3572","status":"Partial","remains":"33","currency":"USD"}"""),
            (OrderStatus.Partial, 0, """{"charge":"100","start_count":"3572","status":"Completed","remains":"0","currency":"USD"}"""),
            (OrderStatus.Canceled, 100, """{"charge":"0","start_count":"3572","status":"Canceled","remains":"100","currency":"USD"}"""),
        ];
        foreach (var (status, remains, told) in rows)
        {
            var order = await c.AddAsync(Default(service.Id));
            await c.Panel.SettleAsync(order, status, remains, 3572);
            (await c.AskAsync("status", ("order", Text(order)))).ShouldBe(told);
            (await c.AskAsync("status", ("orders", Text(order)))).ShouldBe($"{{\"{order}\":{told}}}");
        }

        // Five of the seven cost all, one about two thirds, one nothing.
        (await c.BalanceAsync()).ShouldBe("999433");
    }

    [Theory, BothStores]
    public async Task The_panels_currency_is_in_every_answer_with_money(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "100000");
        await panel.SetAsync("currency", "VND");
        var service = await panel.AddServiceAsync();
        var order = await panel.AddAsync(Default(service.Id, 10));
        (await panel.CallAsync("balance")).GetRawText().ShouldBe("""{"balance":"99850","currency":"VND"}""");
        (await panel.CallAsync("status", ("order", Text(order)))).GetProperty("currency").GetString().ShouldBe("VND");
        (await panel.CallAsync("status", ("orders", Text(order)))).GetProperty(Text(order)).GetProperty("currency").GetString().ShouldBe("VND");
    }

    [Theory, BothStores]
    public async Task An_order_is_there_the_moment_add_has_answered_and_nobody_else_sees_it(StoreKind kind)
    {
        var (c, other) = (await panels.CustomerAsync(kind), await panels.CustomerAsync(kind));
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        for (var i = 0; i < 20; i++)
        {
            var order = Text(await c.AddAsync(Default(service.Id)));
            (await c.AskAsync("status", ("order", order))).ShouldBe("""{"charge":"100","start_count":"0","status":"Pending","remains":"100","currency":"USD"}""");
            (await other.AskAsync("status", ("order", order))).ShouldBe(Refused("Incorrect order ID", "incorrect_order"));
            (await other.AskAsync("status", ("orders", order))).ShouldBe($$$"""{"{{{order}}}":{"error":"Incorrect order ID","code":"incorrect_order"}}""");
        }
    }

    [Theory, BothStores]
    public async Task Action_names_compare_without_case_and_have_their_aliases(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var action in (string[])["balance", "BALANCE", " Balance "])
        {
            (await c.AskAsync(action)).ShouldBe("""{"balance":"1000000","currency":"USD"}""");
        }

        foreach (var action in (string[])["orders", "multi_status", "Multi_Status"])
        {
            (await c.AskAsync(action, ("orders", "999999"))).ShouldBe("""{"999999":{"error":"Incorrect order ID","code":"incorrect_order"}}""");
        }

        (await c.SendAsync($"key={c.Key}&refill=999999")).Ok().ShouldBe(Refused("Refill not found", "refill_not_found"));
        (await c.SendAsync($"key={c.Key}&action=&refills=999999")).Ok().ShouldBe("""[{"refill":999999,"status":{"error":"Refill not found","code":"refill_not_found"}}]""");
    }

    [Theory, BothStores]
    public async Task Any_other_action_is_an_incorrect_request(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var refusal = Incorrect("action: expected services, add, status, cancel, refill, refill_status or balance");
        foreach (var rest in (string[])["", "&action=", "&order=1", "&orders=1", "&service=1", "&action=nonsense", "&action=adds", "&action=refill-status", "&action=1", "&action=add%00"])
        {
            (await c.SendAsync($"key={c.Key}{rest}")).Ok().ShouldBe(rest.EndsWith("%00", StringComparison.Ordinal) ? Incorrect("action: contains the character U+0000") : refusal, rest);
        }

        (await c.AskAsync("status")).ShouldBe(Incorrect("order or orders: required"));
        (await c.AskAsync("multi_status")).ShouldBe(Incorrect("orders: required"));
        (await c.AskAsync("cancel")).ShouldBe(Incorrect("orders: required"));
        (await c.AskAsync("refill")).ShouldBe(Incorrect("order or orders: required"));
        (await c.AskAsync("refill_status")).ShouldBe(Incorrect("refill or refills: required"));
    }
}
