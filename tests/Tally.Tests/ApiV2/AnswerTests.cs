using Shouldly;
using Tally.ApiV2;
using Tally.Ledger;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.ApiV2;

/// <summary>Answers, byte for byte (api-v2.md sections 2, 3 and 5).</summary>
public sealed class AnswerTests
{
    private static readonly OrderView Order = new(23501, new Money(27_819), 3572, OrderStatus.Partial, 157);

    [Fact]
    public void An_order_tells_its_numbers_as_strings() =>
        Requests.Written(json => OrderJson.Write(json, Order, "USD"))
            .ShouldBe("""{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157","currency":"USD"}""");

    [Fact]
    public void A_pending_order_has_a_start_count_of_zero_and_a_paid_back_one_a_charge_of_zero() =>
        Requests.Written(json => OrderJson.Write(json, new OrderView(1, Money.Zero, 0, OrderStatus.InProgress, 0), "VND"))
            .ShouldBe("""{"charge":"0","start_count":"0","status":"In progress","remains":"0","currency":"VND"}""");

    [Fact]
    public void A_drip_feed_also_tells_its_runs() =>
        Requests.Written(json => OrderJson.Write(json, Order with { Family = new OrderFamily(5, 60, null, null, [23502, 23503]) }, "USD"))
            .ShouldBe("""{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157","currency":"USD","runs":"5","interval":"60","orders":[23502,23503]}""");

    [Fact]
    public void A_subscription_also_tells_its_posts() =>
        Requests.Written(json => OrderJson.Write(json, Order with { Status = OrderStatus.Active, Family = new OrderFamily(null, null, 0, "", []) }, "USD"))
            .ShouldBe("""{"charge":"0.27819","start_count":"3572","status":"Active","remains":"157","currency":"USD","posts":"0","expiry":"","orders":[]}""");

    [Fact]
    public void Many_orders_are_keyed_by_the_ids_as_they_were_sent()
    {
        RequestIds.Read("23501, 023501,7,x\"y", Parameter.Orders, out var ids).ShouldBeNull();
        const string order = """{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157","currency":"USD"}""";
        const string wrong = """{"error":"Incorrect order ID","code":"incorrect_order"}""";
        Requests.Written(json => StatusAction.Write(json, ids, new Dictionary<long, OrderView> { [23501] = Order }, "USD"))
            .ShouldBe($$"""{"23501":{{order}},"023501":{{order}},"7":{{wrong}},"x\"y":{{wrong}}}""");
    }

    [Fact]
    public void Refills_are_an_array_with_each_number_once()
    {
        RequestIds.Read("1,2,01,3,abc", Parameter.Refills, out var ids).ShouldBeNull();
        Requests.Written(json => RefillStatusAction.Write(json, ids, new Dictionary<long, RefillStatus> { [1] = RefillStatus.Completed, [2] = RefillStatus.InProgress }))
            .ShouldBe("""[{"refill":1,"status":"Completed"},{"refill":2,"status":"In progress"},"""
                + """{"refill":3,"status":{"error":"Refill not found","code":"refill_not_found"}},{"refill":"abc","status":{"error":"Refill not found","code":"refill_not_found"}}]""");
    }

    [Fact]
    public void The_balance_is_a_decimal_string() =>
        Requests.Written(json => BalanceAction.Write(json, new Money(10_084_292), "USD")).ShouldBe("""{"balance":"100.84292","currency":"USD"}""");

    [Fact]
    public void A_refusal_tells_its_words_and_its_code() =>
        Requests.Written(json => Errors.Write(json, Refusal.MinQuantity(200))).ShouldBe("""{"error":"Quantity less than minimal 200","code":"min_quantity"}""");

    [Fact]
    public void A_refusal_may_tell_a_detail_and_the_order_in_the_way()
    {
        Requests.Written(json => Errors.Write(json, Refusal.IncorrectRequest("link: \"%\"\n")))
            .ShouldBe("""{"error":"Incorrect request","code":"incorrect_request","detail":"link: \"%\"\n"}""");
        Requests.Written(json => Errors.Write(json, Refusal.ReferenceConflict(9)))
            .ShouldBe("""{"error":"order_reference was already used with other parameters","code":"reference_conflict","order":9}""");
    }

    [Theory]
    [InlineData("⭐ FB Like 👍 🇻🇳 | <b>&'", "\"⭐ FB Like 👍 🇻🇳 | <b>&'\"")]
    [InlineData("\"\\/\b\f\n\r\t\u0001\u001f\u007f", "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\u007f\"")]
    [InlineData("", "\"\"")]
    public void Text_is_escaped_only_where_JSON_demands_it(string text, string expected) => Requests.Written(json => json.Text(text)).ShouldBe(expected);

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character() => Requests.Written(json => json.Text("a\ud800b")).ShouldBe("\"a\ufffdb\"");

    [Fact]
    public void An_answer_may_grow_beyond_its_first_buffer()
    {
        var text = new string('x', 100_000);
        Requests.Written(json =>
        {
            json.Number(long.MinValue);
            json.Text(text);
            json.NumberText(long.MaxValue);
        }).ShouldBe($"-9223372036854775808\"{text}\"\"9223372036854775807\"");
    }
}
