using Shouldly;
using Tally.Orders;
using Tally.Torture;
using Xunit;
using static Tally.Tests.Torture.CleanBook;

namespace Tally.Tests.Torture;

/// <summary>The checks of keys, address lists, requests, answers and recovery find what may go wrong with them.</summary>
public sealed class AccessAndRequestsCheckTests
{
    private const long At = 5_000;
    private readonly CleanBook _book = new();

    [Theory]
    [InlineData(At + AccessCheck.BoundMs, 0)]
    [InlineData(At + AccessCheck.BoundMs + 1, 1)]
    public void A_revoked_key_that_is_accepted_too_late_is_found(long sentAt, int found)
    {
        _book.Wishes.Add(Wish(5, 100, null, new Attempt(AnswerKind.Accepted, 14, null, Key, sentAt)));
        AccessCheck.Of(_book.Wishes, [new RevokedKey(Key, At)], []).Count(v => v.Check == "key").ShouldBe(found);
        AccessCheck.Of(_book.Wishes, [new RevokedKey(Key + 1, At)], []).ShouldBeEmpty("it is another key");
    }

    [Theory]
    [InlineData(At + AccessCheck.BoundMs, 0)]
    [InlineData(At + AccessCheck.BoundMs + 1, 1)]
    [InlineData(At + 3_000, 0)]
    public void A_customer_who_is_shut_out_and_accepted_is_found(long sentAt, int found)
    {
        _book.Wishes.Add(Wish(5, 100, null, new Attempt(AnswerKind.Accepted, 14, null, Key, sentAt)));
        AccessCheck.Of(_book.Wishes, [], [new ClosedTime(Account, At, At + 3_000)]).Count(v => v.Check == "address").ShouldBe(found);
        AccessCheck.Of(_book.Wishes, [], [new ClosedTime(Account + 1, At, At + 3_000)]).ShouldBeEmpty("it is another customer");
    }

    [Fact]
    public void A_request_to_cancel_that_is_gone_is_found_unless_the_order_is_final()
    {
        AcceptedRequest[] requests = [new(11, null)];
        RequestsCheck.Of(requests, [], _book.Store).ShouldHaveSingleItem().Check.ShouldBe("cancel");
        _book.Replace(0, o => o with { Status = OrderStatus.Canceled });
        RequestsCheck.Of(requests, [], _book.Store).ShouldBeEmpty();
        _book.Replace(0, o => o with { Status = OrderStatus.InProgress });
        _book.Cancelling.Add(11);
        RequestsCheck.Of(requests, [], _book.Store).ShouldBeEmpty();
    }

    [Fact]
    public void A_refill_that_is_gone_or_another_order_s_is_found()
    {
        AcceptedRequest[] requests = [new(11, 70)];
        RequestsCheck.Of(requests, [], _book.Store).ShouldHaveSingleItem().Check.ShouldBe("refill");
        _book.Refills[70] = 12;
        RequestsCheck.Of(requests, [], _book.Store).ShouldHaveSingleItem().Check.ShouldBe("refill");
        _book.Refills[70] = 11;
        RequestsCheck.Of(requests, [], _book.Store).ShouldBeEmpty();
    }

    [Fact]
    public void An_answer_that_no_panel_may_give_is_found() =>
        RequestsCheck.Of([], [new WrongAnswer("HTTP 500")], _book.Store).ShouldHaveSingleItem().ShouldBe(new Violation("answer", "HTTP 500"));

    [Fact]
    public void A_panel_that_comes_back_too_late_is_found()
    {
        var recovered = new Recovered(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
        recovered.Against("a fault", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9)).ShouldBeEmpty();
        recovered.Against("a fault", TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9)).ShouldHaveSingleItem().Text.ShouldContain("served");
        recovered.Against("a fault", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8)).ShouldHaveSingleItem().Text.ShouldContain("sent");
    }
}
