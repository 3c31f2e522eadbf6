using System.Text;
using Shouldly;
using Tally.Contract;
using Tally.Contract.Reading;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>What badly written panels answer to <c>add</c>, <c>status</c> and <c>balance</c>, and what is made of it.</summary>
public sealed class LeniencyTests
{
    private const string Item = """{"charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"}""";

    [Theory]
    [InlineData("""{"order":23501}""")]
    [InlineData("""{"order":"23501"}""")]
    [InlineData("""{"order":" 23501 "}""")]
    [InlineData("""{"order":2.3501e4}""")]
    [InlineData("""{"order":23501.0}""")]
    [InlineData("""{"order":"0023501"}""")]
    [InlineData("""{"order_id":23501}""")]
    [InlineData("""{"order":{"id":23501}}""")]
    [InlineData("""[{"order":23501}]""")]
    [InlineData("""{"error":null,"order":23501}""")]
    [InlineData("""{"error":false,"order":23501}""")]
    [InlineData("""{"error":"","order":23501}""")]
    [InlineData("""{"error":[],"order":23501}""")]
    [InlineData("""{"error":0,"order":23501}""")]
    [InlineData("""{"error":"None","order":23501}""")]
    [InlineData("""{"status":"success","order":23501,"new":{"thing":[1,2]},}""")]
    [InlineData("\uFEFF \r\n{\"order\":23501}\r\n")]
    public void A_new_orders_id_is_found(string json) => Shapes.Added(json).ShouldBe(new ApiResult<long>.Answered(23501));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("23501")]
    [InlineData("""{"order":0}""")]
    [InlineData("""{"order":-5}""")]
    [InlineData("""{"order":1.5}""")]
    [InlineData("""{"order":null}""")]
    [InlineData("""{"order":"abc"}""")]
    [InlineData("""{"order":99999999999999999999}""")]
    [InlineData("""{"error":""}""")]
    [InlineData("""{"status":"fail","message":"maintenance"}""")]
    public void An_answer_to_add_without_an_id_is_unclear(string json) => Shapes.Added(json).Reason().ShouldBe(UnclearReason.MissingId);

    [Theory]
    [InlineData("""{"error":"Not enough funds on balance"}""", "Not enough funds on balance")]
    [InlineData("""{"error":"no","order":null}""", "no")]
    [InlineData("""{"error":{"message":"Bad link"}}""", "Bad link")]
    [InlineData("""{"error":["Bad link","Bad quantity"]}""", "Bad link; Bad quantity")]
    [InlineData("""{"error":true,"message":"Bad link"}""", "Bad link")]
    [InlineData("""{"error":1,"message":"Bad link"}""", "Bad link")]
    [InlineData("""{"error":404}""", "404")]
    [InlineData("""{"error":true}""", "true")]
    public void An_error_in_any_form_is_a_refusal(string json, string text) => Shapes.Added(json).Error().Text.ShouldBe(text);

    [Theory]
    [InlineData("\"0.27819\"", "0.27819")]
    [InlineData("0.27819", "0.27819")]
    [InlineData("\"0,27819\"", "0.27819")]
    [InlineData("2.7819e-1", "0.27819")]
    [InlineData("\"1.0E-5\"", "0.00001")]
    [InlineData("\"1,234.56\"", "1234.56")]
    [InlineData("\"1.234,56\"", "1234.56")]
    [InlineData("\"-3\"", "-3")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"N/A\"", null)]
    public void Money_is_read_as_a_decimal(string json, string? expected) =>
        Shapes.Status($$"""{"status":"Completed","charge":{{json}}}""").Value().Charge
            .ShouldBe(expected is null ? null : decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("1e400")]
    [InlineData("\"79228162514264337593543950336\"")]
    [InlineData("\"a lot\"")]
    [InlineData("\"15,000\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Money_that_cannot_be_read_makes_its_item_unclear_and_no_other(string json)
    {
        var items = Shapes.Statuses($$"""{"7":{"status":"Completed","charge":{{json}}},"8":{{Item}}}""", "7", "8");
        items["7"].Reason().ShouldBe(UnclearReason.Unreadable);
        items["8"].Value().Charge.ShouldBe(0.5m);
    }

    [Theory]
    [InlineData("""{"status":"Completed","start_counter":"12","remains":3}""", 12L, 3L)]
    [InlineData("""{"status":"Completed","start_count":null,"remains":null}""", null, null)]
    [InlineData("""{"status":"Completed","start_count":"","remains":""}""", null, null)]
    [InlineData("""{"status":"Completed"}""", null, null)]
    [InlineData("""{"status":"Completed","start_count":12,"remains":"-40"}""", 12L, -40L)]
    [InlineData("""{"status":"Completed","start_count":"not yet","remains":-40}""", null, -40L)]
    [InlineData("""{"status":"Completed","start_count":"1,234","remains":"157.0"}""", 1234L, 157L)]
    [InlineData("""{"status":"Completed","start_count":1.2e3,"remains":"1,234,567"}""", 1200L, 1234567L)]
    [InlineData("""{"status":"Completed","start_count":1e99,"remains":0}""", null, 0L)]
    public void Counts_come_in_many_forms_and_are_not_clamped(string json, long? startCount, long? remains)
    {
        var state = Shapes.Status(json).Value();
        state.StartCount.ShouldBe(startCount);
        state.Remains.ShouldBe(remains);
    }

    [Theory]
    [InlineData("""{"status":"Partial","remains":"half"}""")]
    [InlineData("""{"status":"Partial","remains":1e99}""")]
    [InlineData("""{"status":"Partial","remains":"0.5"}""")]
    [InlineData("""{"status":"Partial","orders":[1,"x"]}""")]
    [InlineData("""{"charge":"1","remains":"2"}""")]
    [InlineData("""{"status":null,"charge":"1"}""")]
    [InlineData("""{"status":"","charge":"1"}""")]
    public void A_state_on_which_money_hangs_is_not_half_read(string json) => Shapes.Status(json).Reason().ShouldBe(UnclearReason.Unreadable);

    [Theory]
    [InlineData("Done")]
    [InlineData("Đã hoàn thành")]
    [InlineData("3")]
    [InlineData("Complete d!")]
    public void An_unknown_status_word_is_unknown_and_kept(string word)
    {
        var state = Shapes.Status($$"""{"status":"{{word}}"}""").Value();
        state.Status.ShouldBe(OrderWord.Unknown);
        state.StatusText.ShouldBe(word);
    }

    [Theory]
    [InlineData("""{"7":ITEM}""")]
    [InlineData("""{"07":ITEM}""")]
    [InlineData("""[{"order":7,"charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"}]""")]
    [InlineData("""[{"order":"7","charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"}]""")]
    [InlineData("""[{"id":"7","charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"},{"id":8}]""")]
    [InlineData("""{"order":7,"charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"}""")]
    [InlineData("ITEM")]
    [InlineData("[ITEM]")]
    [InlineData("""{"status":"success","data":{"7":ITEM}}""")]
    [InlineData("""{"status":"success","orders":[{"order":7,"charge":"0.5","start_count":"10","status":"Completed","remains":"0","currency":"USD"}]}""")]
    [InlineData("""{"7":ITEM,"8":ITEM,"999":{"error":"whose?"},"note":"x"}""")]
    [InlineData("""{"7":ITEM,"7":ITEM}""")]
    public void The_state_of_one_order_is_found_in_any_shape(string json)
    {
        json = json.Replace("ITEM", Item);
        var expected = new OrderState { Status = OrderWord.Completed, StatusText = "Completed", Charge = 0.5m, StartCount = 10, Remains = 0, Currency = "USD" };
        Shapes.Statuses(json, "7").ShouldBe([KeyValuePair.Create("7", (ApiResult<OrderState>)new ApiResult<OrderState>.Answered(expected))]);
        Shapes.Status(json).Value().ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"8":ITEM}""")]
    [InlineData("""{"7":null}""")]
    [InlineData("""[{"order":8,"status":"Completed"}]""")]
    [InlineData("""{"order":8,"status":"Completed"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1,2,3]")]
    public void An_id_that_is_not_there_is_not_answered_and_that_is_no_error(string json)
    {
        json = json.Replace("ITEM", Item);
        Shapes.Statuses(json, "7").ShouldBeEmpty();
        Shapes.Status(json).Reason().ShouldBe(UnclearReason.NotAnswered);
    }

    [Fact]
    public void A_lone_item_is_never_given_to_one_of_several_orders() => Shapes.Statuses(Item, "7", "8").ShouldBeEmpty();

    [Fact]
    public void Two_spellings_of_one_order_both_get_its_state()
    {
        var items = Shapes.Statuses($$"""[{"order":7,"status":"Pending"}]""", "7", "07");
        items["7"].Value().Status.ShouldBe(OrderWord.Pending);
        items["07"].Value().Status.ShouldBe(OrderWord.Pending);
    }

    [Fact]
    public void An_order_of_which_two_things_are_said_is_unclear() =>
        Shapes.Statuses("""[{"order":7,"status":"Canceled"},{"order":7,"status":"Completed"}]""", "7")["7"].Reason().ShouldBe(UnclearReason.Unreadable);

    [Theory]
    [InlineData("null")]
    [InlineData("\"Completed\"")]
    [InlineData("12")]
    public void A_bare_value_is_no_answer_about_many(string json) =>
        Shapes.Read(json, (root, answer) => ItemsReader.Read(root, answer, new Asked("order", ["7", "8"]), OrderStateReader.Read)).Reason().ShouldBe(UnclearReason.Unreadable);

    [Theory]
    [InlineData("[11,12]")]
    [InlineData("""["11","12"]""")]
    [InlineData("\"11, 12,\"")]
    [InlineData("""[{"order":11},{"id":"12"}]""")]
    public void Drip_feed_and_subscriptions_carry_their_own_fields(string orders)
    {
        var state = Shapes.Status($$"""{"status":"Active","runs":"3","interval":60,"posts":"5","expiry":"09/02/2026","orders":{{orders}}}""").Value();
        (state.Status, state.Runs, state.Interval, state.Posts, state.Expiry).ShouldBe((OrderWord.Active, 3, 60, 5, "09/02/2026"));
        state.Orders.ShouldBe([11, 12]);
    }

    [Theory]
    [InlineData("""{"balance":100.5}""", "100.5", null)]
    [InlineData("""{"balance":"100,5","currency":"VND "}""", "100.5", "VND")]
    [InlineData("""[{"balance":"-2.5","currency":"USD"}]""", "-2.5", "USD")]
    public void A_balance_is_read(string json, string amount, string? currency) =>
        Shapes.Balance(json).Value().ShouldBe(new Balance(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency));

    [Theory]
    [InlineData("""{"currency":"USD"}""")]
    [InlineData("""{"balance":null}""")]
    [InlineData("""{"balance":"$100"}""")]
    [InlineData("""{"balance":1e300}""")]
    public void A_balance_that_cannot_be_read_is_unclear(string json) => Shapes.Balance(json).Reason().ShouldBe(UnclearReason.Unreadable);

    [Theory]
    [InlineData("{\"status\":\"Completed\",\"currency\":\"U\\ud83d\"}", "U\ufffd")]
    [InlineData("{\"status\":\"Completed\",\"currency\":\"U\\ude00\\ud83d\"}", "U\ufffd\ufffd")]
    [InlineData("{\"status\":\"Completed\",\"currency\":\"U\\ud83d\\ude00\"}", "U😀")]
    [InlineData("{\"status\":\"Completed\",\"currency\":\"U\\\\ud83d\"}", "U\\ud83d")]
    [InlineData("{\"status\":\"Completed\",\"currency\":\"U\",\"\\ud83d\":1}", "U")]
    public void A_broken_escape_spoils_nothing(string json, string currency) => Shapes.Status(json).Value().Currency.ShouldBe(currency);

    [Fact]
    public void A_text_cut_amid_an_emoji_spoils_nothing()
    {
        var body = Encoding.UTF8.GetBytes("""{"status":"Completed","currency":"ab😀"}""");
        body = [.. body.Where(b => b != 0x80)];
        Shapes.Read(body, (root, answer) => ItemsReader.ReadOne(root, answer, new Asked("order", ["7"]), OrderStateReader.Read)).Value().Currency.ShouldStartWith("ab?");
    }
}
