using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>What badly written panels answer to <c>cancel</c> and <c>refill</c>, and what is made of it.</summary>
public sealed class RequestLeniencyTests
{
    [Theory]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("4711", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    public void A_cancel_is_accepted_or_not_in_any_form(string cancel, bool accepted)
    {
        Shapes.Cancels($$"""[{"order":"7","cancel":{{cancel}}}]""", "7", "8")["7"].ShouldBe(new ApiResult<bool>.Answered(accepted));
        Shapes.Cancels($$"""{"7":{{cancel}}}""", "7", "8")["7"].ShouldBe(new ApiResult<bool>.Answered(accepted));
        Shapes.Cancels($$"""{"cancel":{{cancel}}}""", "7")["7"].ShouldBe(new ApiResult<bool>.Answered(accepted));
    }

    [Theory]
    [InlineData("""[{"order":7,"cancel":{"error":"no"}}]""")]
    [InlineData("""[{"order":7,"error":"no"}]""")]
    [InlineData("""{"7":{"error":"no"}}""")]
    [InlineData("""{"7":{"cancel":{"error":"no"}}}""")]
    public void A_cancel_is_refused_in_any_form(string json) => Shapes.Cancels(json, "7", "8")["7"].Error().Text.ShouldBe("no");

    [Theory]
    [InlineData("null")]
    [InlineData("\"perhaps\"")]
    [InlineData("{}")]
    public void A_cancel_that_says_neither_is_unclear(string cancel) =>
        Shapes.Cancels($$"""[{"order":7,"cancel":{{cancel}}},{"order":8,"cancel":1}]""", "7", "8")["7"].Reason().ShouldBe(UnclearReason.Unreadable);

    [Theory]
    [InlineData("""{"refill":1}""")]
    [InlineData("""{"refill":"1"}""")]
    [InlineData("""{"refill":[1]}""")]
    [InlineData("""{"refill":["1"]}""")]
    [InlineData("""{"refill":[{"order":7,"refill":"1"}]}""")]
    [InlineData("""[{"order":7,"refill":1}]""")]
    [InlineData("""{"7":1}""")]
    [InlineData("""{"7":{"refill":1}}""")]
    [InlineData("""{"refill":{"id":1}}""")]
    public void A_refills_id_is_found_in_any_shape(string json)
    {
        Shapes.Refill(json).Value().ShouldBe("1");
        Shapes.Refills(json, "7")["7"].Value().ShouldBe("1");
    }

    [Fact]
    public void A_refills_id_may_have_letters() => Shapes.Refill("""{"refill":"rf-2026-a"}""").Value().ShouldBe("rf-2026-a");

    [Theory]
    [InlineData("""{"refill":true}""")]
    [InlineData("""{"refill":"success"}""")]
    [InlineData("""{"refill":0}""")]
    [InlineData("""{"refill":null}""")]
    [InlineData("""{"status":"ok"}""")]
    public void A_refill_without_an_id_is_unclear(string json) => Shapes.Refill(json).Reason().ShouldBe(UnclearReason.MissingId);

    [Theory]
    [InlineData("""{"refill":{"error":"Refill not found"}}""")]
    [InlineData("""{"refill":[{"error":"Refill not found"}]}""")]
    [InlineData("""[{"order":"7","refill":{"error":"Refill not found"}}]""")]
    [InlineData("""{"7":{"error":"Refill not found"}}""")]
    public void A_refill_is_refused_in_any_shape(string json) => Shapes.Refill(json).Error().Text.ShouldBe("Refill not found");

    [Theory]
    [InlineData("""{"status":"in_progress"}""")]
    [InlineData("""[{"refill":"3","status":"IN PROGRESS"}]""")]
    [InlineData("""{"3":"In Progress"}""")]
    [InlineData("""{"3":{"status":"In progress"}}""")]
    public void A_refills_status_is_found_in_any_shape(string json)
    {
        Shapes.RefillStatus(json).Value().Status.ShouldBe(RefillWord.InProgress);
        Shapes.RefillStatuses(json, "3")["3"].Value().Status.ShouldBe(RefillWord.InProgress);
    }

    [Theory]
    [InlineData("""{"status":null}""")]
    [InlineData("""{"status":{}}""")]
    public void A_refill_without_a_status_is_unclear(string json) => Shapes.RefillStatus(json).Reason().ShouldBe(UnclearReason.Unreadable);
}
