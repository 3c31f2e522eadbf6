using Shouldly;
using Tally.Torture;
using Xunit;
using static Tally.Tests.Torture.CleanBook;

namespace Tally.Tests.Torture;

/// <summary>The check of orders finds each thing that may go wrong with them.</summary>
public sealed class OrdersCheckTests
{
    private readonly CleanBook _book = new();

    [Fact]
    public void A_clean_book_has_nothing_wrong() => _book.CheckOrders().ShouldBeEmpty();

    [Fact]
    public void An_acknowledged_order_that_is_not_there_is_lost()
    {
        _book.Orders.RemoveAt(1);
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe(Violation.Lost);
    }

    [Fact]
    public void An_order_that_is_there_twice_is_doubled()
    {
        _book.Orders.Add(Order(3, 14, 50));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe(Violation.Doubled);
    }

    [Fact]
    public void An_order_without_a_reference_that_is_there_twice_is_doubled()
    {
        _book.Orders.Add(Order(2, 14, 130));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe(Violation.Doubled);
    }

    [Fact]
    public void An_order_under_another_id_than_was_said_is_lost()
    {
        _book.Replace(1, o => o with { Id = 15 });
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe(Violation.Lost);
    }

    [Fact]
    public void A_reference_that_answers_two_ids_is_found()
    {
        _book.Wishes[0].Add(new Attempt(AnswerKind.Accepted, 13, null, Key, 60));
        _book.CheckOrders().ShouldContain(v => v.Check == "reference" && v.Text.Contains("more than one id"));
    }

    [Fact]
    public void A_reference_that_stands_for_another_order_is_found()
    {
        _book.References[(Account, "r-1")] = 12;
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("reference");
    }

    [Fact]
    public void A_reference_that_is_gone_is_found()
    {
        _book.References.Remove((Account, "r-1"));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("reference");
    }

    [Fact]
    public void A_reference_without_its_order_is_found()
    {
        _book.References[(Account, "r-9")] = 99;
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe(Violation.Lost);
    }

    [Fact]
    public void A_conflict_that_names_another_order_is_found()
    {
        _book.Wishes[0].Add(new Attempt(AnswerKind.Refused, 12, "reference_conflict", Key, 60));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("reference");
    }

    [Fact]
    public void A_refused_order_that_is_there_is_found()
    {
        _book.Orders.Add(Order(4, 14, 5));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("refused");
    }

    [Fact]
    public void An_order_whose_request_was_never_whole_and_that_is_there_is_found()
    {
        _book.Wishes.Add(Wish(5, 100, null, new Attempt(AnswerKind.NeverWhole, 0, null, Key, 60)));
        _book.CheckOrders().ShouldBeEmpty();
        _book.Orders.Add(Order(5, 14, 100));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("refused");
    }

    [Fact]
    public void An_order_that_nobody_sent_is_found()
    {
        _book.Orders.Add(Order(6, 14, 100));
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("unasked");
    }

    [Theory]
    [InlineData("quantity")]
    [InlineData("charge")]
    [InlineData("service")]
    [InlineData("account")]
    public void An_order_with_another_parameter_is_found(string which)
    {
        _book.Replace(1, o => which switch
        {
            "quantity" => o with { Quantity = 131, Charge = 131 * 250 },
            "charge" => o with { Charge = o.Charge - 1 },
            "service" => o with { Service = 8 },
            _ => o with { Account = 2 },
        });
        _book.CheckOrders().ShouldHaveSingleItem().Check.ShouldBe("parameters");
    }

    [Fact]
    public void A_charge_is_rounded_up() => OrdersCheck.Charge(2_500_000_001, 110).ShouldBe(275_000_001);
}
