using Shouldly;
using Tally.Contract;
using Tally.Orders;
using Tally.Orders.Workers;
using Xunit;
using Items = System.Collections.Generic.IReadOnlyDictionary<string, Tally.Contract.ApiResult<bool>>;
using RefillStatus = Tally.Orders.RefillStatus;

namespace Tally.Tests.Orders.Workers;

/// <summary>What providers' answers to <c>refill</c>, <c>refill_status</c> and <c>cancel</c> come to (lifecycle.md sections 7 and 8).</summary>
public sealed class RequestAnswerTests
{
    private const long Now = 2_000_000_000_000, Hour = 3_600_000, Day = 24 * Hour;
    private static readonly string[] NotAboutTheOrder = [ApiErrorCodes.RateLimited, ApiErrorCodes.Unavailable, ApiErrorCodes.NotEnoughFunds, ApiErrorCodes.InvalidKey, ApiErrorCodes.IpNotAllowed];

    [Fact]
    public void A_refill_that_is_taken_is_in_progress_and_followed()
    {
        var step = RefillAnswer.Of(new ApiResult<string>.Answered("77")).Decide(1, Now, 5_000);
        step.ShouldBe(new RefillStep(RefillStatus.InProgress, RefillCall.None, "77", null, Now + 60_000));
    }

    [Fact]
    public void A_refill_that_is_refused_is_rejected_with_the_providers_words() =>
        RefillAnswer.Of(Refused<string>("Refill is disabled for this service")).Decide(1, Now, 5_000)
            .ShouldBe(new RefillStep(RefillStatus.Rejected, RefillCall.None, null, "Refill is disabled for this service", null));

    [Fact]
    public void A_refusal_that_is_not_about_the_order_is_asked_again_later()
    {
        foreach (var code in NotAboutTheOrder)
        {
            RefillAnswer.Of(Refused<string>("words", code)).ShouldBe(new RefillAnswer.Later("words"), code);
            CancelAnswer.Of(Refused<bool>("words", code)).ShouldBe(new CancelAnswer.Later("words"), code);
        }

        RefillAnswer.Of(new ApiResult<string>.NotSent("no connection")).ShouldBe(new RefillAnswer.Later("no connection"));
        RefillAnswer.Of(new ApiResult<string>.Refused(new ApiError("no")) { HttpStatus = 429 }).ShouldBe(new RefillAnswer.Later("no"));
        new RefillAnswer.Later("no").Decide(2, Now, 5_000).ShouldBe(new RefillStep(RefillStatus.Pending, RefillCall.None, null, "no", Now + 8_000));
    }

    [Fact]
    public void Whatever_is_unclear_ends_the_refill_as_an_error_and_never_waits_to_be_asked_again()
    {
        foreach (var reason in Enum.GetValues<UnclearReason>())
        {
            var step = RefillAnswer.Of(new ApiResult<string>.Unclear(reason, "half a page", 502)).Decide(1, Now, 5_000);
            (step.Status, step.Call, step.DueAt).ShouldBe((RefillStatus.Error, RefillCall.Unclear, (long?)null));
            step.Note!.ShouldContain("half a page");
        }
    }

    [Fact]
    public void A_refill_that_the_provider_has_only_goes_forward()
    {
        Said(RefillWord.Pending).ShouldBe((RefillStatus.InProgress, null));
        Said(RefillWord.Unknown).ShouldBe((RefillStatus.InProgress, "before"));
        Said(RefillWord.Completed).ShouldBe((RefillStatus.Completed, null));
        Said(RefillWord.Rejected).ShouldBe((RefillStatus.Rejected, "The provider said: as it was written"));
        Said(RefillWord.Error).ShouldBe((RefillStatus.Error, "The provider said: as it was written"));
        FollowRefills.Read(RefillStatus.Pending, null, new ApiResult<RefillState>.Answered(new RefillState(RefillWord.InProgress, ""))).Status.ShouldBe(RefillStatus.InProgress);

        FollowRefills.Read(RefillStatus.InProgress, "before", Refused<RefillState>("Refill not found")).ShouldBe((RefillStatus.InProgress, "Refill not found"));
        FollowRefills.Read(RefillStatus.InProgress, "before", null).ShouldBe((RefillStatus.InProgress, "before"));
        FollowRefills.Read(RefillStatus.InProgress, "before", new ApiResult<RefillState>.Unclear(UnclearReason.HtmlPage, "x", 200)).ShouldBe((RefillStatus.InProgress, "before"));

        static (RefillStatus, string?) Said(RefillWord word) =>
            FollowRefills.Read(RefillStatus.InProgress, "before", new ApiResult<RefillState>.Answered(new RefillState(word, "as it was written")));
    }

    [Fact]
    public void An_accepted_request_to_cancel_waits_for_the_providers_status()
    {
        CancelAnswer.Of(new ApiResult<bool>.Answered(true)).Decide(1, 0, Now).ShouldBe(new CancelStep(CancelState.Forwarded, null, null, 0));
        CancelAnswer.Of(Refused<bool>("The cancel request is not completed for this order")).Decide(3, 2, Now)
            .ShouldBe(new CancelStep(CancelState.Forwarded, null, "The cancel request is not completed for this order", 2));
    }

    [Fact]
    public void A_refused_request_to_cancel_ends_with_the_providers_words()
    {
        CancelAnswer.Of(Refused<bool>("The order cannot be canceled")).Decide(1, 0, Now).ShouldBe(new CancelStep(CancelState.Rejected, null, "The order cannot be canceled", 0));
        CancelAnswer.Of(new ApiResult<bool>.Answered(false)).ShouldBe(new CancelAnswer.Refused("The provider did not accept it."));
    }

    [Fact]
    public void An_unclear_answer_to_a_cancel_is_asked_again_with_growing_pauses_until_the_operator_decides()
    {
        var pauses = new List<long>();
        var (unclear, attempt) = (0, 0);
        CancelStep step;
        do
        {
            step = CancelAnswer.Of((ApiResult<bool>?)null).Decide(++attempt, unclear, Now);
            step.State.ShouldBe(CancelState.Open);
            unclear.ShouldBe(step.Unclear - 1);
            unclear = step.Unclear;
            pauses.Add((step.DueAt ?? Now) - Now);
        }
        while (step.DueAt is not null);
        pauses.ShouldBe([4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 0]);
        step.Note!.ShouldContain("8 times: the operator decides");
    }

    [Fact]
    public void A_list_that_is_refused_as_a_whole_says_nothing_of_an_order_and_a_call_for_one_does()
    {
        var whole = new ApiResult<Items>.Refused(new ApiError("Incorrect request"));
        CancelAnswer.Of(whole, "5", asked: 2).ShouldBe(new CancelAnswer.Later("Incorrect request"));
        CancelAnswer.Of(whole, "5", asked: 1).ShouldBe(new CancelAnswer.Refused("Incorrect request"));
        CancelAnswer.Of(new ApiResult<Items>.Refused(new ApiError("Invalid API key")), "5", asked: 1).ShouldBe(new CancelAnswer.Later("Invalid API key"));
        CancelAnswer.Of(new ApiResult<Items>.NotSent("no connection"), "5", asked: 1).ShouldBe(new CancelAnswer.Later("no connection"));
        CancelAnswer.Of(new ApiResult<Items>.Unclear(UnclearReason.EmptyBody, "nothing", 200), "5", asked: 1).ShouldBeOfType<CancelAnswer.Unclear>();
        CancelAnswer.Of(new ApiResult<Items>.Answered(new Dictionary<string, ApiResult<bool>> { ["6"] = new ApiResult<bool>.Answered(true) }), "5", asked: 2).ShouldBeOfType<CancelAnswer.Unclear>();
    }

    [Fact]
    public void A_request_that_could_not_be_passed_on_waits_for_the_sending_or_for_the_operator()
    {
        var order = new Order { SendState = SendState.Sending };
        CancelAnswer.Unasked(order, 1, 0, "note", Now).ShouldBe(new CancelStep(CancelState.Open, Now + 4_000, "note", 0));
        CancelAnswer.Unasked(order, 9, 0, null, Now).DueAt.ShouldBe(Now + 30_000);
        CancelAnswer.Unasked(order with { SendState = SendState.Unconfirmed, DueAt = 5 }, 1, 0, null, Now).DueAt.ShouldBe(Now + 4_000);
        CancelAnswer.Unasked(order with { SendState = SendState.Unconfirmed }, 1, 0, null, Now).DueAt.ShouldBeNull();
        CancelAnswer.Unasked(order with { SendState = SendState.None }, 1, 0, null, Now).DueAt.ShouldBeNull();
    }

    [Fact]
    public void Pauses_grow_and_are_bounded()
    {
        Enumerable.Range(1, 40).Select(Pauses.AfterAttempt).ShouldBe([4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, .. Enumerable.Repeat(600_000L, 32)]);
        long[] ages = [0, Hour - 1, Hour, Day - 1, Day, (7 * Day) - 1, 7 * Day, (30 * Day) - 1];
        ages.Select(age => Pauses.UntilFollowed(age, 5_000)).ShouldBe([60_000, 60_000, 600_000, 600_000, Hour, Hour, 4 * Hour, 4 * Hour]);
        Pauses.UntilFollowed(30 * Day, 5_000).ShouldBeNull();
        Pauses.UntilFollowed(0, 3_600_000).ShouldBe(6 * Hour);
        Pauses.UntilFollowed(20 * Day, 3_600_000).ShouldBe(6 * Hour);
    }

    private static ApiResult<T>.Refused Refused<T>(string words, string? code = null) => new(new ApiError(words, code));
}
