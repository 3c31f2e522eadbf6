using Shouldly;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

public sealed class OrderTransitionsTests
{
    [Fact]
    public void Every_cell_is_the_one_of_the_lifecycle()
    {
        foreach (var from in Enum.GetValues<OrderStatus>())
        {
            foreach (var to in Enum.GetValues<OrderStatus>())
            {
                foreach (var by in Lifecycle.Everybody)
                {
                    OrderTransitions.Allows(from, to, by).ShouldBe(Lifecycle.Allows(from, to, by), $"{from} → {to} by {by}");
                }
            }
        }
    }

    [Fact]
    public void Nobody_may_do_nothing()
    {
        foreach (var from in Enum.GetValues<OrderStatus>())
        {
            Enum.GetValues<OrderStatus>().ShouldAllBe(to => !OrderTransitions.Allows(from, to, ChangedBy.None));
        }
    }

    [Fact]
    public void A_final_status_is_left_only_for_another_final_one_or_by_a_correction()
    {
        foreach (var from in Enum.GetValues<OrderStatus>().Where(s => s.IsFinal()))
        {
            foreach (var to in Enum.GetValues<OrderStatus>().Where(t => !t.IsFinal() && Lifecycle.Everybody.Any(by => OrderTransitions.Allows(from, t, by))))
            {
                (from, to).ShouldBe((OrderStatus.Completed, OrderStatus.InProgress));
            }
        }
    }

    [Theory]
    [InlineData(OrderStatus.InProgress, "In progress")]
    [InlineData(OrderStatus.Canceled, "Canceled")]
    [InlineData(OrderStatus.Pending, "Pending")]
    public void A_status_has_one_word_that_reads_back_in_any_case(OrderStatus status, string word)
    {
        status.Word().ShouldBe(word);
        OrderStatusWords.TryRead(" " + word.ToUpperInvariant() + " ", out var read).ShouldBeTrue();
        read.ShouldBe(status);
        OrderStatusWords.TryRead("Awaiting", out _).ShouldBeFalse();
    }
}
