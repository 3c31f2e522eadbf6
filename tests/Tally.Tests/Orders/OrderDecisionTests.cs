using Shouldly;
using Tally.Ledger;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

public sealed class OrderDecisionTests
{
    private const long Now = 2_000_000_000_000, Before = Now - 1_000;

    private static readonly Order Open = new()
    {
        Id = 1,
        AccountId = 2,
        ServiceId = 3,
        Status = OrderStatus.Processing,
        SendState = SendState.Sent,
        Quantity = 300,
        Remains = 300,
        Charge = 1_000,
        ProviderOrder = "9",
        DueAt = Before,
        UniqueLink = "hash of the link",
        Link = "https://example.com",
    };

    [Fact]
    public void Completed_remains_nothing_and_pays_nothing_back()
    {
        var (next, refund) = Decide(Open, OrderStatus.Completed, remains: 120)!;
        (next.Status, next.Remains, next.CompletedAt, next.DueAt, next.UniqueLink).ShouldBe((OrderStatus.Completed, 0, Now, null, null));
        refund.ShouldBe(Money.Zero);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(100, 333)]
    [InlineData(299, 996)]
    [InlineData(300, 1_000)]
    [InlineData(5_000, 1_000)]
    public void Partial_pays_back_its_part_rounded_down_and_remains_is_clamped(long remains, long refund)
    {
        var decision = Decide(Open, OrderStatus.Partial, remains)!;
        decision.Next.Remains.ShouldBe(Math.Min(remains, 300));
        (decision.Next.Status, decision.Refund.Units).ShouldBe((OrderStatus.Partial, refund));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public void A_partial_that_remains_nothing_is_a_completed(long remains)
    {
        var (next, refund) = Decide(Open, OrderStatus.Partial, remains)!;
        (next.Status, next.Remains, next.CompletedAt).ShouldBe((OrderStatus.Completed, 0, Now));
        refund.ShouldBe(Money.Zero);
    }

    [Fact]
    public void A_partial_that_does_not_say_what_remains_changes_nothing() =>
        Decide(Open with { Remains = 40 }, OrderStatus.Partial, remains: null).ShouldBeNull();

    [Fact]
    public void Canceled_pays_everything_back_and_reports_what_was_not_delivered()
    {
        var (next, refund) = Decide(Open with { Remains = 250 }, OrderStatus.Canceled, remains: null)!;
        (next.Remains, next.CompletedAt, refund.Units).ShouldBe((250, null, 1_000));
    }

    [Fact]
    public void A_partial_that_is_later_canceled_pays_the_rest_back()
    {
        var partial = Decide(Open, OrderStatus.Partial, 100)!;
        var after = partial.Next with { Refunded = partial.Refund.Units };
        Decide(after, OrderStatus.Canceled, 100)!.Refund.Units.ShouldBe(1_000);
    }

    [Fact]
    public void What_went_back_never_comes_again_whatever_the_provider_says_next()
    {
        var partial = Decide(Open, OrderStatus.Partial, 100)!;
        var after = partial.Next with { Refunded = partial.Refund.Units };
        Decide(after, OrderStatus.Partial, 50)!.Refund.Units.ShouldBe(333);
        Decide(after, OrderStatus.Partial, 150)!.Refund.Units.ShouldBe(500);
        Decide(after, OrderStatus.Completed, 0).ShouldBeNull();
        Decide(after, OrderStatus.InProgress, 300).ShouldBeNull();

        var canceled = Decide(after, OrderStatus.Canceled, 100)!;
        var end = canceled.Next with { Refunded = canceled.Refund.Units };
        Decide(end, OrderStatus.Completed, 0).ShouldBeNull();
        Decide(end, OrderStatus.Partial, 1).ShouldBeNull();
        Decide(end, OrderStatus.Canceled, 300)!.Refund.Units.ShouldBe(1_000);
    }

    [Fact]
    public void A_completed_order_that_is_corrected_pays_what_the_correction_says()
    {
        var completed = Decide(Open, OrderStatus.Completed, 0)!.Next;
        Decide(completed, OrderStatus.Partial, 150)!.Refund.Units.ShouldBe(500);
        Decide(completed, OrderStatus.Canceled, null)!.Refund.Units.ShouldBe(1_000);
        Decide(completed, OrderStatus.InProgress, 150)!.Refund.Units.ShouldBe(0);
        Decide(completed, OrderStatus.Partial, 150, ChangedBy.Customer).ShouldBeNull();
    }

    [Fact]
    public void A_word_that_leads_backwards_still_brings_its_counters()
    {
        var inProgress = Open with { Status = OrderStatus.InProgress };
        var decision = OrderDecision.Of(inProgress, new OrderChange(1, ChangedBy.Sync, OrderStatus.Pending, StartCount: 77, Remains: 210), Now)!;
        (decision.Next.Status, decision.Next.StartCount, decision.Next.Remains).ShouldBe((OrderStatus.InProgress, 77, 210));
    }

    [Fact]
    public void A_word_that_is_not_said_changes_no_status()
    {
        var decision = OrderDecision.Of(Open, new OrderChange(1, ChangedBy.Sync, StartCount: -3, Remains: -1, Note: "words"), Now)!;
        (decision.Next.Status, decision.Next.StartCount, decision.Next.Remains, decision.Next.Note).ShouldBe((OrderStatus.Processing, 0, 0, "words"));
        OrderDecision.Of(decision.Next, new OrderChange(1, ChangedBy.Sync), Now)!.Next.ShouldBe(decision.Next);
    }

    [Fact]
    public void A_final_order_that_is_told_the_same_again_stays_as_it_is()
    {
        var completed = Decide(Open, OrderStatus.Completed, 0)!.Next;
        var again = OrderDecision.Of(completed, new OrderChange(1, ChangedBy.Sync, OrderStatus.Completed, Remains: 200), Now + 5)!;
        (again.Next.Remains, again.Next.CompletedAt, again.Refund).ShouldBe((0, Now, Money.Zero));
        var canceled = Decide(Open, OrderStatus.Canceled, 120)!;
        Decide(canceled.Next with { Refunded = 1_000 }, OrderStatus.Canceled, 5)!.Next.Remains.ShouldBe(120);
    }

    [Fact]
    public void An_order_that_was_reopened_completes_at_its_last_completion()
    {
        var completed = Decide(Open, OrderStatus.Completed, 0)!.Next;
        var reopened = Decide(completed, OrderStatus.InProgress, 100, ChangedBy.Operator)!.Next;
        OrderDecision.Of(reopened, new OrderChange(1, ChangedBy.Sync, OrderStatus.Completed), Now + 9_000)!.Next.CompletedAt.ShouldBe(Now + 9_000);
    }

    [Fact]
    public void An_order_that_was_reopened_is_asked_for_again_where_a_provider_has_it()
    {
        var completed = Decide(Open, OrderStatus.Completed, 0)!.Next;
        completed.DueAt.ShouldBeNull();
        Decide(completed, OrderStatus.InProgress, 100, ChangedBy.Operator)!.Next.DueAt.ShouldBe(Now);
        Decide(completed with { SendState = SendState.None }, OrderStatus.InProgress, 100, ChangedBy.Operator)!.Next.DueAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(SendState.Ready, SendState.None)]
    [InlineData(SendState.Held, SendState.None)]
    [InlineData(SendState.Sent, SendState.Sent)]
    public void A_final_order_is_not_sent_any_more(SendState before, SendState after)
    {
        var next = Decide(Open with { SendState = before }, OrderStatus.Canceled, null, ChangedBy.Customer)!.Next;
        (next.SendState, next.DueAt).ShouldBe((after, null));
    }

    [Fact]
    public void The_claim_of_an_order_that_ends_while_it_is_being_sent_runs_on_so_that_a_dead_sender_is_found()
    {
        var sending = Open with { SendState = SendState.Sending };
        var next = Decide(sending, OrderStatus.Canceled, null, ChangedBy.Customer)!.Next;
        (next.SendState, next.DueAt).ShouldBe((SendState.Sending, sending.DueAt));
        sending.DueAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(OrderStatus.Pending, true, 1_000)]
    [InlineData(OrderStatus.Partial, false, 1_000)]
    [InlineData(OrderStatus.Canceled, false, 1_000)]
    [InlineData(OrderStatus.Completed, false, 0)]
    public void A_drip_feed_owes_all_that_no_run_has_had_once_it_is_stopped_or_ended_short(OrderStatus status, bool stop, long refund)
    {
        var parent = Open with { Status = OrderStatus.Pending, SendState = SendState.None, Runs = 3, Run = 1, IntervalMinutes = 60 };
        var decision = OrderDecision.Of(parent, new OrderChange(1, ChangedBy.Sync, status, Remains: 200, Stop: stop), Now)!;
        (decision.Refund.Units, decision.Next.Stopped).ShouldBe((refund, stop));
    }

    private static OrderDecision? Decide(Order order, OrderStatus status, long? remains, ChangedBy by = ChangedBy.Sync) =>
        OrderDecision.Of(order, new OrderChange(order.Id, by, status, Remains: remains), Now);
}
