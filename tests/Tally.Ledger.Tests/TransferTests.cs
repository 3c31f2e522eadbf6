using Shouldly;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class TransferTests
{
    private const long Wallet = 7;

    private static readonly HashSet<(Reason, long, long)> Allowed =
    [
        (Reason.Charge, Wallet, -2), (Reason.Charge, -4, -2), (Reason.Refund, -2, Wallet), (Reason.Refund, -3, Wallet), (Reason.Earned, -2, -3),
        (Reason.Unearned, -3, -2), (Reason.RunFunding, -2, -4), (Reason.Cost, -5, -6), (Reason.CostCorrection, -6, -5), (Reason.TopUp, -1, Wallet),
        (Reason.Adjustment, -7, Wallet), (Reason.Adjustment, Wallet, -7),
    ];

    [Fact]
    public void A_reason_moves_money_between_its_own_accounts_and_no_others()
    {
        long[] accounts = [Wallet, 0, .. LedgerAccount.House.Select(account => account.Code), -8];
        var built = 0;
        foreach (var reason in Enum.GetValues<Reason>().Append((Reason)0).Append((Reason)50))
        {
            foreach (var (debit, credit) in accounts.SelectMany(_ => accounts, (debit, credit) => (debit, credit)))
            {
                Transfer Build() => new(new TransferKey(1, reason, 1), new LedgerAccount(debit), new LedgerAccount(credit), M("1"), NowMs);
                if (!Allowed.Contains((reason, debit, credit)))
                    Should.Throw<ArgumentException>(Build);
                else if (Build().Amount == M("1"))
                    built++;
            }
        }

        built.ShouldBe(Allowed.Count);
    }

    [Fact]
    public void Customer_to_customer_is_not_one_transfer() => Should.Throw<ArgumentException>(() =>
        new Transfer(new TransferKey(1, Reason.Adjustment, 1), LedgerAccount.Wallet(1), LedgerAccount.Wallet(2), M("1"), NowMs));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public void A_transfer_moves_more_than_nothing(string amount) => Should.Throw<ArgumentException>(() => TopUp(1, 1, amount));

    [Fact]
    public void A_key_has_a_subject_and_a_sequence()
    {
        Should.Throw<ArgumentException>(() => TopUp(0, 1, "1"));
        Should.Throw<ArgumentException>(() => Charge(1, 1, "1", sequence: -1));
    }

    [Fact]
    public void Reasons_below_100_belong_to_orders()
    {
        Enum.GetValues<Reason>().Where(reason => reason.IsOrderReason()).ShouldBe(
            [Reason.Charge, Reason.Refund, Reason.Earned, Reason.Unearned, Reason.RunFunding, Reason.Cost, Reason.CostCorrection], ignoreOrder: true);
        ((Reason)0).IsOrderReason().ShouldBeFalse();
    }

    [Fact]
    public void Accounts_and_keys_read_as_words()
    {
        LedgerAccount.Wallet(5).ToString().ShouldBe("wallet 5");
        string.Join(", ", LedgerAccount.House).ShouldBe("cash, held, revenue, runs, provider cost, provider payable, adjustments");
        new LedgerAccount(-9).ToString().ShouldBe("unknown account -9");
        new TransferKey(23501, Reason.Charge, 1).ToString().ShouldBe("order 23501 Charge #1");
        new TransferKey(7, Reason.TopUp, 2).ToString().ShouldBe("payment 7 TopUp #2");
    }

    [Fact]
    public void Wallets_are_numbered_from_one()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => LedgerAccount.Wallet(0));
        Should.Throw<ArgumentOutOfRangeException>(() => LedgerAccount.Wallet(-2));
        LedgerAccount.Wallet(1).IsWallet.ShouldBeTrue();
        LedgerAccount.House.ShouldAllBe(account => !account.IsWallet);
    }
}
