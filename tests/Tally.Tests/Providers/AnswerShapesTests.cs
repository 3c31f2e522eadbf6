using System.Globalization;
using Shouldly;
using Tally.Ledger;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Providers;

/// <summary>
/// What real panels answer, as bytes on a socket, and what becomes of the order: one row for each shape that the issue names. Each row has its own provider, so none
/// disturbs another, and all of them run at once in one panel.
/// </summary>
public sealed class AnswerShapesTests
{
    private static readonly RawAnswer s_balance = RawAnswer.Json("""{"balance":"1000","currency":"USD"}""");

    private static readonly AddRow[] s_add =
    [
        new("ids as numbers", RawAnswer.Json("""{"order":501}"""), SendState.Sent, "501"),
        new("ids as strings", RawAnswer.Json("""{"order":"502"}"""), SendState.Sent, "502"),
        new("arrays for maps", RawAnswer.Json("""[{"order":503}]"""), SendState.Sent, "503"),
        new("gzip", RawAnswer.Gzip("""{"order":504}"""), SendState.Sent, "504"),
        new("an id in a 201", RawAnswer.Json("""{"order":505}""", "201 Created"), SendState.Sent, "505"),
        new("errors in 200", RawAnswer.Json("""{"error":"Bad link"}"""), SendState.Held, Note: "Bad link"),
        new("errors in 4xx", RawAnswer.Json("""{"error":"Quantity less than minimal 200"}""", "400 Bad Request"), SendState.Held, Note: "Quantity less than minimal 200"),
        new("an error of the panel in 5xx", RawAnswer.Json("""{"error":"Disabled service ID"}""", "500 Internal Server Error"), SendState.Held, Note: "Disabled service ID"),
        new("an error as an array", RawAnswer.Json("""{"error":["Bad link","Bad quantity"]}"""), SendState.Held, Note: "Bad link; Bad quantity"),
        new("a web framework's own error", RawAnswer.Json("""{"error":"Internal Server Error"}""", "500 Internal Server Error"), SendState.Unconfirmed),
        new("HTML error pages in 200", RawAnswer.Html(), SendState.Unconfirmed),
        new("HTML error pages in 502", RawAnswer.Html("502 Bad Gateway"), SendState.Unconfirmed),
        new("a redirect", RawAnswer.Json("{}", "302 Found"), SendState.Unconfirmed),
        new("empty bodies", RawAnswer.Json(""), SendState.Unconfirmed),
        new("a success without an id", RawAnswer.Json("""{"status":"success"}"""), SendState.Unconfirmed),
        new("a broken gzip", RawAnswer.Gzip("""{"order":506}""", broken: true), SendState.Unconfirmed),
        new("connection resets before the body", new RawAnswer(null, RawAnswer.Ending.Reset), SendState.Unconfirmed),
        new("connection ends amid the body", RawAnswer.CutOff("""{"order":507}""", 8), SendState.Unconfirmed),
        new("connection resets amid the body", RawAnswer.CutOff("""{"order":510}""", 8) with { End = RawAnswer.Ending.LateReset }, SendState.Unconfirmed),
        new("connection resets after the body", RawAnswer.Json("""{"order":511}""") with { End = RawAnswer.Ending.LateReset }, SendState.Sent, "511"),
        new("30 s silence", new RawAnswer(null, RawAnswer.Ending.Silence), SendState.Unconfirmed),
        new("silence behind the head", RawAnswer.CutOff("""{"order":508}""", 0) with { End = RawAnswer.Ending.Silence }, SendState.Unconfirmed),
        new("a whole answer and a connection that stays open", RawAnswer.Json("""{"order":509}""") with { End = RawAnswer.Ending.Silence }, SendState.Sent, "509"),
        new("429 without a body", RawAnswer.Json("", "429 Too Many Requests"), SendState.Ready),
        new("429 with a page", RawAnswer.Html("429 Too Many Requests"), SendState.Ready),
        new("flood control in 200", RawAnswer.Json("""{"error":"Too many requests, slow down"}"""), SendState.Ready, Note: "Too many requests, slow down"),
        new("maintenance", RawAnswer.Json("""{"error":"Service temporarily unavailable"}""", "503 Service Unavailable"), SendState.Ready),
        new("funds", RawAnswer.Json("""{"error":"Not enough funds on balance"}"""), SendState.Ready, Note: "Not enough funds on balance"),
    ];

    private static readonly StatusRow[] s_status =
    [
        new("ids as strings, all strings", Item("""{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"57","currency":"USD"}"""), OrderStatus.Partial, 57, 3572, "0.27819", "855"),
        new("numbers for strings", Item("""{"charge":0.27819,"start_count":3572,"status":"Partial","remains":57}"""), OrderStatus.Partial, 57, 3572, "0.27819", "855"),
        new("arrays for maps", """[{"order":77,"charge":"1","start_count":"5","status":"Completed","remains":"0"}]""", OrderStatus.Completed, 0, 5, "1", "0"),
        new("arrays for maps, ids as strings", """[{"order":"77","charge":"1","start_count":"5","status":"Completed","remains":"0"}]""", OrderStatus.Completed, 0, 5, "1", "0"),
        new("Cancelled", Item("""{"charge":"0","start_count":"9","status":"Cancelled","remains":"100"}"""), OrderStatus.Canceled, 100, 9, "0", "1500"),
        new("lower case", Item("""{"charge":"1","start_count":"9","status":"completed","remains":"0"}"""), OrderStatus.Completed, 0, 9, "1", "0"),
        new("inprogress", Item("""{"charge":"1","start_count":"9","status":"inprogress","remains":"40"}"""), OrderStatus.InProgress, 40, 9, "1", "0"),
        new("start_counter", Item("""{"charge":"1","start_counter":"12","status":"In progress","remains":"40"}"""), OrderStatus.InProgress, 40, 12, "1", "0"),
        new("decimal commas", Item("""{"charge":"0,27819","start_count":"1","status":"Completed","remains":"0"}"""), OrderStatus.Completed, 0, 1, "0.27819", "0"),
        new("negative remains", Item("""{"charge":"1","start_count":"1","status":"Completed","remains":"-5"}"""), OrderStatus.Completed, 0, 1, "1", "0"),
        new("a partial with nothing left", Item("""{"charge":"1","start_count":"1","status":"Partial","remains":"0"}"""), OrderStatus.Completed, 0, 1, "1", "0"),
        new("more remains than ordered", Item("""{"charge":"1","start_count":"1","status":"Partial","remains":"500"}"""), OrderStatus.Partial, 100, 1, "1", "1500"),
        new("no start count", Item("""{"charge":"1","start_count":null,"status":"In progress","remains":"40"}"""), OrderStatus.InProgress, 40, 0, "1", "0"),
    ];

    private static readonly NothingRow[] s_nothing =
    [
        new("Unknown", RawAnswer.Json(Item("""{"charge":"0","start_count":"0","status":"Unknown","remains":"100"}"""))),
        new("a word of the panel's own", RawAnswer.Json(Item("""{"charge":"0","start_count":"0","status":"Awaiting moderation","remains":"0"}"""))),
        new("no status", RawAnswer.Json(Item("""{"charge":"0","remains":"100"}"""))),
        new("null for the order", RawAnswer.Json(Item("null"))),
        new("another order's id", RawAnswer.Json("""{"78":{"charge":"0","start_count":"0","status":"Canceled","remains":"100"}}""")),
        new("an empty map", RawAnswer.Json("{}")),
        new("an empty array", RawAnswer.Json("[]")),
        new("an error for the order", RawAnswer.Json(Item("""{"error":"Incorrect order ID"}"""))),
        new("errors in 200", RawAnswer.Json("""{"error":"Incorrect order ID"}""")),
        new("errors in 4xx", RawAnswer.Json("""{"error":"Incorrect request"}""", "400 Bad Request")),
        new("a good body in 500", RawAnswer.Json(Item("""{"charge":"0","start_count":"0","status":"Canceled","remains":"100"}"""), "500 Internal Server Error")),
        new("HTML error pages", RawAnswer.Html()),
        new("empty bodies", RawAnswer.Json("")),
        new("connection resets before the body", new RawAnswer(null, RawAnswer.Ending.Reset)),
        new("connection ends amid the body", RawAnswer.CutOff(Item("""{"charge":"0","start_count":"0","status":"Canceled","remains":"100"}"""), 60)),
        new("connection resets amid the body", RawAnswer.CutOff(Item("""{"charge":"0","start_count":"0","status":"Canceled","remains":"100"}"""), 60) with { End = RawAnswer.Ending.LateReset }),
        new("30 s silence", new RawAnswer(null, RawAnswer.Ending.Silence)),
        new("an amount that is no number", RawAnswer.Json(Item("""{"charge":"free","start_count":"0","status":"Canceled","remains":"100"}"""))),
    ];

    [Theory, BothStores]
    public Task Each_answer_to_add_moves_its_order_as_it_proves(StoreKind kind) => InOnePanelAsync(kind, s_add, r => r.Name, r => action => action == "add" ? r.Answer : s_balance, async (panel, row, order, upstream) =>
    {
        var found = await panel.UntilAsync(order, o => o.SendState == row.State && o.Attempt >= 1 && o.LeaseBy is null, row.Name);
        found.ProviderOrder.ShouldBe(row.ProviderOrder, row.Name);
        (found.Status.IsFinal(), found.Refunded).ShouldBe((false, 0), row.Name);
        if (row.Note is not null)
        {
            found.Note.ShouldBe(row.Note, row.Name);
        }

        // What is not proved is never sent again by itself, and waits for the operator; what was held too.
        found.DueAt.HasValue.ShouldBe(row.State is SendState.Ready or SendState.Sent, row.Name);
        if (row.State != SendState.Ready)
        {
            upstream.Asked("add").ShouldBe(1, row.Name);
        }
    });

    [Theory, BothStores]
    public Task Each_shape_of_a_status_is_read(StoreKind kind) => InOnePanelAsync(kind, s_status, r => r.Name, r => Status(RawAnswer.Json(r.Body)), async (panel, row, order, _) =>
    {
        var found = await panel.UntilAsync(order, o => o.Status == row.Status, row.Name);
        (found.Remains, found.StartCount, new Money(found.Cost).ToString(), new Money(found.Refunded).ToString()).ShouldBe((row.Remains, row.StartCount, row.Cost, row.Refund), row.Name);
    });

    [Theory, BothStores]
    public Task Gzip_is_read_like_plain_text(StoreKind kind) => InOnePanelAsync(
        kind, s_status, r => r.Name, r => Status(RawAnswer.Gzip(r.Body)), async (panel, row, order, _) => await panel.UntilAsync(order, o => o.Status == row.Status, row.Name + ", gzip"));

    [Theory, BothStores]
    public Task What_proves_nothing_changes_nothing(StoreKind kind) => InOnePanelAsync(kind, s_nothing, r => r.Name, r => Status(r.Answer), async (panel, row, order, upstream) =>
    {
        await TestPanel.WaitAsync(() => Task.FromResult(upstream.Asked("status") >= 4), row.Name + ": it is asked again and again", atMostSeconds: 60);
        var found = await panel.RowAsync(order);
        (found.Status, found.SendState, found.Remains, found.Refunded, found.Cost, found.ProviderOrder).ShouldBe((OrderStatus.Processing, SendState.Sent, 100L, 0L, 0L, "77"), row.Name);
    });

    [Theory, BothStores]
    public async Task Where_nobody_listens_the_order_stays_ready(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        var order = await OrderAsync(panel, "nobody", new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/api/v2"));
        var found = await panel.UntilAsync(order, o => o is { SendState: SendState.Ready, Attempt: >= 1, LeaseBy: null }, "the order waits");
        (found.Note, found.DueAt).ShouldSatisfyAllConditions(f => f.Note.ShouldNotBeNullOrEmpty(), f => f.DueAt.ShouldNotBeNull());
    }

    private static string Item(string json) => $$"""{"77":{{json}}}""";

    private static Func<string, RawAnswer> Status(RawAnswer answer) => action => action switch
    {
        "add" => RawAnswer.Json("""{"order":77}"""),
        "status" => answer,
        _ => s_balance,
    };

    /// <summary>Gives each row a provider that answers so and an order that goes there, and judges what became of all of them.</summary>
    private static async Task InOnePanelAsync<TRow>(
        StoreKind kind, IReadOnlyList<TRow> rows, Func<TRow, string> name, Func<TRow, Func<string, RawAnswer>> answers, Func<TestPanel, TRow, long, ShapedPanel, Task> judge)
    {
        var upstreams = rows.Select(r => new ShapedPanel(answers(r))).ToList();
        try
        {
            await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
            await panel.SetAsync("sync_interval_ms", "100");
            var orders = new List<long>();
            foreach (var (row, upstream) in rows.Zip(upstreams))
            {
                orders.Add(await OrderAsync(panel, name(row), upstream.Url));
            }

            for (var i = 0; i < rows.Count; i++)
            {
                await judge(panel, rows[i], orders[i], upstreams[i]);
            }

            await panel.ShouldVerifyAsync();
        }
        finally
        {
            foreach (var upstream in upstreams)
            {
                await upstream.DisposeAsync();
            }
        }
    }

    private static async Task<long> OrderAsync(TestPanel panel, string name, Uri url)
    {
        var provider = await panel.Get<SaveProvider>().AddAsync(
            name, url.ToString(), "key-there-0123456789", references: false, allowPrivate: true, CancellationToken.None, new ProviderChange { TimeoutS = 2, ConnectTimeoutS = 1 });
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = provider.Id, ProviderService = "1" });
        return await panel.AddAsync(("service", service.Id.ToString(CultureInfo.InvariantCulture)), ("link", "https://example.com/" + provider.Id), ("quantity", "100"));
    }

    private sealed record AddRow(string Name, RawAnswer Answer, SendState State, string? ProviderOrder = null, string? Note = null);

    private sealed record StatusRow(string Name, string Body, OrderStatus Status, long Remains, long StartCount, string Cost, string Refund);

    private sealed record NothingRow(string Name, RawAnswer Answer);
}
