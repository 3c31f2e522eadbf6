using Shouldly;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>What stands against a refill or a cancel request, in the order of api-v2.md section 7.</summary>
public sealed class RequestDecisionTests
{
    private const long Day = 24 * 60 * 60 * 1000, Completed = 2_000_000_000_000;
    private static readonly Order Done = new() { Id = 1, Status = OrderStatus.Completed, CompletedAt = Completed, Quantity = 100 };

    [Fact]
    public void A_refill_is_taken_a_day_after_completion() => Refill(Done, Completed + Day).ShouldBeNull();

    [Theory]
    [InlineData(0)]
    [InlineData(Day - 1)]
    public void A_refill_within_a_day_of_completion_is_too_early(long after) => Refill(Done, Completed + after).ShouldBe(Refusal.RefillTooEarly);

    [Fact]
    public void A_refill_within_a_day_of_the_last_one_is_too_early()
    {
        Refill(Done, Completed + (3 * Day), last: Completed + (2 * Day) + 1).ShouldBe(Refusal.RefillTooEarly);
        Refill(Done, Completed + (3 * Day), last: Completed + (2 * Day)).ShouldBeNull();
    }

    [Fact]
    public void The_window_closes_after_its_days_and_never_when_it_has_none()
    {
        Refill(Done, Completed + (30 * Day), days: 30).ShouldBeNull();
        Refill(Done, Completed + (30 * Day) + 1, days: 30).ShouldBe(Refusal.RefillExpired);
        Refill(Done, Completed + (3_000 * Day), days: 0).ShouldBeNull();
        Refill(Done, Completed + (30 * Day), days: int.MaxValue).ShouldBeNull();
    }

    [Fact]
    public void A_refill_meets_its_objections_in_their_order()
    {
        var running = Done with { Status = OrderStatus.InProgress, CompletedAt = null };
        RefillOrder.Decide(running, null, open: true, null, Completed).ShouldBe(Refusal.RefillDisabled);
        RefillOrder.Decide(running, Asked.Service() with { Refill = false }, open: true, null, Completed).ShouldBe(Refusal.RefillDisabled);
        RefillOrder.Decide(running, Asked.Service(), open: true, null, Completed).ShouldBe(Refusal.RefillNotCompleted);
        RefillOrder.Decide(Done, Asked.Service(), open: true, Completed, Completed).ShouldBe(Refusal.RefillOpen);
        RefillOrder.Decide(Done, Asked.Service() with { RefillDays = 1 }, open: false, Completed + (9 * Day), Completed + (9 * Day)).ShouldBe(Refusal.RefillTooEarly);
        foreach (var status in Enum.GetValues<OrderStatus>().Where(s => s != OrderStatus.Completed))
        {
            Refill(Done with { Status = status }, Completed + Day).ShouldBe(Refusal.RefillNotCompleted);
        }
    }

    [Fact]
    public void A_cancel_meets_its_objections_in_their_order()
    {
        CancelOrder.Decide(Done, null, open: true).ShouldBe(Refusal.CancelDisabled);
        CancelOrder.Decide(Done, Asked.Service() with { Cancel = false }, open: true).ShouldBe(Refusal.CancelDisabled);
        CancelOrder.Decide(Done, Asked.Service(), open: true).ShouldBe(Refusal.CancelFinal);
        foreach (var status in Enum.GetValues<OrderStatus>())
        {
            CancelOrder.Decide(Done with { Status = status }, Asked.Service(), open: true).ShouldBe(status.IsFinal() ? Refusal.CancelFinal : Refusal.CancelOpen);
            CancelOrder.Decide(Done with { Status = status }, Asked.Service(), open: false).ShouldBe(status.IsFinal() ? Refusal.CancelFinal : null);
        }
    }

    private static Refusal? Refill(Order order, long now, long? last = null, int days = 0) =>
        RefillOrder.Decide(order, Asked.Service() with { RefillDays = days }, open: false, last, now);
}
