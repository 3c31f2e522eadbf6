using Shouldly;
using Tally.Orders;
using Xunit;
using static Tally.Tests.Torture.CleanBook;

namespace Tally.Tests.Torture;

/// <summary>The check of what providers have finds each thing that may go wrong with it.</summary>
public sealed class ProviderCheckTests
{
    private readonly CleanBook _book = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_clean_book_has_nothing_wrong(bool references) => _book.CheckProvider(references).ShouldBeEmpty();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_order_that_arrived_twice_is_found(bool references)
    {
        _book.Taken.Add(Sent(2, 904, 130));
        _book.CheckProvider(references, settled: false).ShouldHaveSingleItem().Check.ShouldBe("sent twice");
    }

    [Fact]
    public void What_nobody_ordered_is_found()
    {
        _book.Taken.Add(Sent(9, 904, 130));
        _book.CheckProvider().ShouldHaveSingleItem().Check.ShouldBe("sent unasked");
    }

    [Fact]
    public void Another_quantity_there_is_found()
    {
        _book.Taken[1] = Sent(2, 902, 131);
        _book.CheckProvider().ShouldHaveSingleItem().Check.ShouldBe("sent otherwise");
    }

    [Fact]
    public void An_order_that_is_followed_under_a_wrong_id_is_found_unless_the_provider_gave_it()
    {
        _book.Replace(1, o => o with { ProviderOrder = "999" });
        _book.CheckProvider().ShouldHaveSingleItem().Check.ShouldBe("sent under another id");
        _book.CheckProvider(lied: Link(2)).ShouldBeEmpty();
    }

    [Fact]
    public void A_sent_order_that_never_arrived_is_found()
    {
        _book.Taken.RemoveAt(1);
        _book.CheckProvider().ShouldContain(v => v.Check == "sending");
        _book.CheckProvider(settled: false).ShouldHaveSingleItem().Check.ShouldBe("sent under another id");
    }

    [Theory]
    [InlineData(SendState.Ready)]
    [InlineData(SendState.Sending)]
    public void An_order_that_was_forgotten_is_found_when_all_is_settled(SendState state)
    {
        _book.Taken.RemoveAt(1);
        _book.Replace(1, o => o with { SendState = state, ProviderOrder = null, DueAt = 1 });
        _book.CheckProvider(settled: false).ShouldBeEmpty();
        _book.CheckProvider().ShouldHaveSingleItem().Check.ShouldBe("sending");
        _book.Replace(1, o => o with { Status = OrderStatus.Canceled });
        _book.CheckProvider().ShouldBeEmpty();
    }

    [Fact]
    public void An_order_in_doubt_must_be_cleared_up_where_references_make_that_safe()
    {
        _book.Replace(1, o => o with { SendState = SendState.Unconfirmed, ProviderOrder = null, DueAt = 1 });
        _book.CheckProvider().ShouldHaveSingleItem().Check.ShouldBe("sending");
        _book.CheckProvider(references: false).ShouldBeEmpty();
        _book.Replace(1, o => o with { DueAt = null });
        _book.CheckProvider().ShouldBeEmpty("it waits for a person");
    }
}
