using Shouldly;
using Xunit;
using static Tally.Tests.Torture.CleanBook;

namespace Tally.Tests.Torture;

/// <summary>The check of money finds each thing that may go wrong with it.</summary>
public sealed class MoneyCheckTests
{
    private readonly CleanBook _book = new();

    [Fact]
    public void A_clean_book_has_nothing_wrong() => _book.CheckMoney().ShouldBeEmpty();

    [Fact]
    public void What_was_paid_back_counts()
    {
        _book.Replace(0, o => o with { Refunded = 10_000 });
        _book.CheckMoney().ShouldBeEmpty();
        _book.Store.Wallets[0].Balance.ShouldBe(Began - 60_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_wallet_that_does_not_add_up_is_found(int off)
    {
        _book.Balance = Began - 70_000 + off;
        _book.CheckMoney().ShouldHaveSingleItem().Check.ShouldBe("wallet");
    }

    [Fact]
    public void A_wallet_below_its_limit_is_found()
    {
        _book.Replace(0, o => o with { Charge = Began });
        _book.CreditLimit = 44_999;
        _book.CheckMoney().ShouldHaveSingleItem().Check.ShouldBe("limit");
        _book.CreditLimit = 45_000;
        _book.CheckMoney().ShouldBeEmpty();
    }

    [Fact]
    public void A_ledger_that_does_not_hold_is_found()
    {
        _book.LedgerFault = "order 11: its charge is 1, the ledger has 2";
        _book.CheckMoney().ShouldHaveSingleItem().Check.ShouldBe("ledger");
    }
}
