using System.Text;
using Shouldly;
using Tally.Catalog;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary><c>order_reference</c> (api-v2.md sections 4 and 7): the same order sent again is the same order, and is paid once.</summary>
public sealed class ContractReferenceTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    [Theory, BothStores]
    public async Task The_same_order_sent_again_answers_the_first_id_and_takes_no_money(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        var order = await c.AddAsync([.. Default(service.Id), ("order_reference", "ref 1")]);
        await c.ForNothingAsync(async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                (await c.AddAsync([.. Default(service.Id), ("order_reference", "ref 1")])).ShouldBe(order);
            }
        });
        (await c.BalanceAsync()).ShouldBe("999900");
    }

    [Theory, BothStores]
    public async Task Many_at_once_are_one_order(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        var orders = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => c.AddAsync([.. Default(service.Id), ("order_reference", "race")])));
        orders.Distinct().Count().ShouldBe(1);
        ((await c.BalanceAsync()), await c.OrdersAsync()).ShouldBe(("999900", 1));
    }

    [Theory, BothStores]
    public async Task Other_parameters_are_a_conflict_that_names_the_first_order(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        var other = await c.Panel.AddServiceAsync(rate: "1000");
        var order = await c.AddAsync([.. Default(service.Id), ("order_reference", "a")]);
        var conflict = $$"""{"error":"order_reference was already used with other parameters","code":"reference_conflict","order":{{order}}}""";
        (string, string)[][] changed =
        [
            Default(service.Id, 101), Default(service.Id, link: "https://example.com/p/2"), Default(other.Id), Default(999_999), [.. Default(service.Id), ("runs", "2")],
            Default(service.Id, 1), Default(service.Id, 1_000_000), Default(service.Id, link: "nothing"), [("service", Text(service.Id))], [("quantity", "100")],
        ];
        foreach (var parameters in changed)
        {
            await c.AddRefusedAsync(conflict, [.. parameters, ("order_reference", "a")]);
        }
    }

    [Theory, BothStores]
    public async Task What_is_written_otherwise_but_means_the_same_is_the_same(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        var order = await c.AddAsync([.. Default(service.Id), ("order_reference", "a")]);
        foreach (var same in ((string, string)[][])
            [
                [("service", $"0{service.Id}"), ("link", " https://example.com/p/1 "), ("quantity", " 0100")],
                [.. Default(service.Id), ("runs", "1"), ("interval", "9"), ("comments", "not used"), ("foo", "bar"), ("username", "x")],
            ])
        {
            (await c.AddAsync([.. same, ("order_reference", "a")])).ShouldBe(order);
        }

        var comments = await c.Panel.AddServiceAsync(ServiceType.CustomComments, "1", s => s with { Min = 1 });
        (string, string)[] Of(string text, string quantity) => [("service", Text(comments.Id)), ("link", "https://example.com/"), ("comments", text), ("quantity", quantity), ("order_reference", "b")];
        var second = await c.AddAsync(Of("one\ntwo", ""));
        (await c.AddAsync(Of(" one \r\n\r\ntwo\r", "77"))).ShouldBe(second);
        await c.AddRefusedAsync($$"""{"error":"order_reference was already used with other parameters","code":"reference_conflict","order":{{second}}}""", Of("two\none", ""));
    }

    [Theory, BothStores]
    public async Task The_aliases_are_the_same_parameter(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        foreach (var reference in (string[])["alias-1", "ĐƠN HÀNG 👍"])
        {
            var order = await c.AddAsync([.. Default(service.Id), ("order_reference", reference)]);
            (await c.AddAsync([.. Default(service.Id), ("request_id", reference)])).ShouldBe(order);
            (await HeaderAsync(c, service, reference)).ShouldBe($$"""{"order":{{order}}}""");
            (await HeaderAsync(c, service, reference, ("order_reference", reference), ("request_id", reference))).ShouldBe($$"""{"order":{{order}}}""");
        }

        await c.ForNothingAsync(async () =>
            (await HeaderAsync(c, service, "x", ("order_reference", "y"))).ShouldBe(Incorrect("order_reference: sent twice with different values")));
        await c.AddRefusedAsync(Incorrect("order_reference: sent twice with different values"), [.. Default(service.Id), ("order_reference", "x"), ("request_id", "y")]);
    }

    [Theory, BothStores]
    public async Task A_hundred_code_points_are_taken_and_one_more_is_refused(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        foreach (var letter in (string[])["a", "ệ", "👍", "\u0301"])
        {
            var longest = string.Concat(Enumerable.Repeat(letter, 100));
            var order = await c.AddAsync([.. Default(service.Id), ("order_reference", longest)]);
            (await c.AddAsync([.. Default(service.Id), ("order_reference", longest)])).ShouldBe(order);
            await c.AddRefusedAsync(Incorrect("order_reference: at most 100 characters"), [.. Default(service.Id), ("order_reference", longest + letter)]);
        }
    }

    [Theory, BothStores]
    public async Task References_differ_to_the_letter_and_belong_to_one_account(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        var other = await panels.CustomerAsync(kind);
        var orders = new HashSet<long>();
        string[] references = ["a", "A", "a ", " a", "ä", "a\u0308", "ａ", "a\n", "%61", "0", "00", "'; DROP TABLE orders; --"];
        foreach (var reference in references)
        {
            orders.Add(await c.AddAsync([.. Default(service.Id), ("order_reference", reference)])).ShouldBeTrue(reference);
        }

        orders.Add(await other.AddAsync([.. Default(service.Id, 200), ("order_reference", "a")])).ShouldBeTrue();
        orders.Count.ShouldBe(references.Length + 1);

        // An empty one is none.
        orders.Add(await c.AddAsync([.. Default(service.Id), ("order_reference", "")])).ShouldBeTrue();
        orders.Add(await c.AddAsync([.. Default(service.Id), ("order_reference", "")])).ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task After_a_refusal_the_reference_is_free_again(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "50");
        var service = await c.Panel.AddServiceAsync(rate: "1000", with: s => s with { UniqueLink = true });
        (string Refusal, (string, string)[] Parameters)[] rows =
        [
            (Refused("Not enough funds on balance", "not_enough_funds"), Default(service.Id)), (Refused("Quantity less than minimal 10", "min_quantity"), Default(service.Id, 9)),
            (Refused("Bad link", "bad_link"), Default(service.Id, link: "x")), (Refused("Incorrect service ID", "incorrect_service"), Default(999_999)),
            (Incorrect("quantity: expected a whole number"), [("service", Text(service.Id)), ("link", "https://example.com/"), ("quantity", "x")]),
        ];
        foreach (var (refusal, parameters) in rows)
        {
            await c.AddRefusedAsync(refusal, [.. parameters, ("order_reference", "again")]);
        }

        var first = await c.AddAsync(Default(service.Id, 10));
        await c.AddRefusedAsync(
            Refused("You have active order with this link. Please wait until order being completed.", "active_link"), [.. Default(service.Id, 11), ("order_reference", "again")]);
        var order = await c.AddAsync([.. Default(service.Id, 40, "https://example.com/p/2"), ("order_reference", "again")]);
        order.ShouldNotBe(first);
        (await c.BalanceAsync()).ShouldBe("0");

        // Funds gone, link active: the replay asks for neither.
        (await c.AddAsync([.. Default(service.Id, 40, "https://example.com/p/2"), ("order_reference", "again")])).ShouldBe(order);
    }

    [Theory, BothStores]
    public async Task A_replay_is_answered_whatever_became_of_the_service(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        (string, string)[] sent = [.. Default(service.Id), ("runs", "2"), ("order_reference", "kept")];
        var order = await c.AddAsync(sent);
        Func<Service, Service>[] changes =
        [
            s => s with { Min = 5_000 }, s => s with { Max = 20 }, s => s with { Dripfeed = false }, s => s with { Enabled = false }, s => s with { Type = ServiceType.Package, Dripfeed = false },
            s => s with { Type = ServiceType.CustomComments }, s => s with { Type = ServiceType.Subscriptions, Dripfeed = false }, s => s with { Rate = Tally.Ledger.Money.Parse("99999999") }, s => s with { UniqueLink = true },
        ];
        await c.ForNothingAsync(async () =>
        {
            foreach (var change in changes)
            {
                await c.Panel.SaveAsync(change(service));
                (await c.AddAsync(sent)).ShouldBe(order);
                (await c.AskAsync("add", [.. Default(service.Id, 99), ("order_reference", "kept")]))
                    .ShouldBe($$"""{"error":"order_reference was already used with other parameters","code":"reference_conflict","order":{{order}}}""");
            }
        });
    }

    [Theory, BothStores]
    public async Task A_reference_outlives_its_order_and_holds_on_another_node(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        (string, string)[] sent = [.. Default(service.Id), ("order_reference", "old")];
        var order = await c.AddAsync(sent);
        await c.Panel.SettleAsync(order, Tally.Orders.OrderStatus.Canceled, 100);
        (await c.AddAsync(sent)).ShouldBe(order);
        if (kind == StoreKind.Postgres)
        {
            await using var second = await TestPanel.JoinAsync(c.Panel.Database);
            (await second.CallAsAsync(c.Key, "add", sent)).GetRawText().ShouldBe($$"""{"order":{{order}}}""");
        }

        (await c.BalanceAsync()).ShouldBe("1000000");
    }

    private static async Task<string> HeaderAsync(ContractCustomer c, Service service, string reference, params (string, string)[] more)
    {
        var body = FormOf([("key", c.Key), ("action", "add"), .. Default(service.Id), .. more]);
        using var request = new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = new StringContent(body, Encoding.UTF8, Requests.Form) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", reference);
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        using var answer = await http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<(ContractCustomer Customer, Service Service)> ReadyAsync(StoreKind kind)
    {
        var customer = await panels.CustomerAsync(kind);
        return (customer, await customer.Panel.AddServiceAsync(rate: "1000"));
    }
}
