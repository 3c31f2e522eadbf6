using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

/// <summary>Each test plants one fault by raw SQL and sees the verification name it with both figures.</summary>
public sealed class VerifyTests
{
    [Theory, BothStores]
    public async Task A_sound_ledger_holds_and_is_reported_in_full(StoreKind kind)
    {
        await using var books = await OpenSoundAsync(kind);
        var heard = new List<string>();
        var report = await books.CommitAsync(tx => books.Ledger.VerifyAsync(tx.Connection!, new Listener(heard), default));

        (report.Holds, report.FirstFault, report.Transfers, report.Wallets, report.WalletTotal).ShouldBe((true, null, 12, 4, M("65")));
        report.HouseBalances.ShouldBe(
            new Dictionary<LedgerAccount, Money>
            {
                [LedgerAccount.Cash] = M("-150"),
                [LedgerAccount.Held] = M("65"),
                [LedgerAccount.Revenue] = M("20"),
                [LedgerAccount.Runs] = M("0"),
                [LedgerAccount.ProviderCost] = M("-8.00001"),
                [LedgerAccount.ProviderPayable] = M("8.00001"),
                [LedgerAccount.Adjustments] = M("0"),
            },
            ignoreOrder: true);
        heard.ShouldBe(["12 transfers and 4 wallets read"]);
    }

    [Theory, BothStores]
    public async Task An_empty_ledger_holds(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind);
        (await books.VerifyAsync()).ShouldSatisfyAllConditions(report => report.Holds.ShouldBeTrue(), report => report.Transfers.ShouldBe(0));
    }

    [Theory, BothStores]
    public Task An_amount_of_nothing(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET amount = 0 WHERE subject = 2 AND reason = 100", "payment 2 TopUp #1: the amount is 0,");

    [Theory, BothStores]
    public Task A_negative_amount(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET amount = -5 WHERE subject = 2 AND reason = 100", "payment 2 TopUp #1: the amount is -0.00005,");

    [Theory, BothStores]
    public Task Accounts_that_do_not_fit_the_reason(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET debit = -1 WHERE subject = 1 AND reason = 3", "order 1 Earned #1: Earned does not move money from cash to revenue");

    [Theory, BothStores]
    public Task A_reason_that_does_not_exist(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET reason = 50 WHERE subject = 1 AND reason = 3", "order 1 50 #1: 50 does not move money from held to revenue");

    [Theory, BothStores]
    public Task An_account_that_does_not_exist(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET credit = -9 WHERE subject = 1 AND reason = 3", "order 1 Earned #1: Earned does not move money from held to unknown account -9");

    [Theory, BothStores]
    public Task An_entry_marked_for_another_wallet(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET wallet = 2 WHERE subject = 1 AND reason = 100", "payment 1 TopUp #1: marked as an entry of wallet 2, but it moves wallet 1");

    [Theory, BothStores]
    public Task A_mark_on_a_transfer_that_moves_no_wallet(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET wallet = 1 WHERE subject = 1 AND reason = 3", "order 1 Earned #1: marked as an entry of wallet 1, but it moves no wallet");

    [Theory, BothStores]
    public Task A_wallet_transfer_without_its_mark(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET wallet = NULL WHERE subject = 1 AND reason = 100", "payment 1 TopUp #1: marked as an entry of no wallet, but it moves wallet 1");

    [Theory, BothStores]
    public Task A_mark_without_a_version(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET wallet_version = NULL WHERE subject = 1 AND reason = 100", "payment 1 TopUp #1: wallet 1 has no version or no balance");

    [Theory, BothStores]
    public Task A_wallet_without_a_row(StoreKind kind) => FindsAsync(
        kind, "DELETE FROM ledger_wallets WHERE account_id = 2", "order 2 Charge #1: moves 20 of wallet 2, which has no row");

    [Theory, BothStores]
    public Task A_balance_that_is_not_the_sum_of_its_entries(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_wallets SET balance = balance + 1 WHERE account_id = 1", "wallet 1: balance is 75.00001, but its entries sum to 75");

    [Theory, BothStores]
    public Task A_balance_without_any_entry(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_wallets SET balance = 100000 WHERE account_id = 4", "wallet 4: balance is 1, but its entries sum to 0");

    [Theory, BothStores]
    public Task A_version_that_is_not_the_number_of_entries(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_wallets SET version = 4 WHERE account_id = 1", "wallet 1: version is 4, but it has 3 entries");

    [Theory, BothStores]
    public Task A_gap_in_the_versions(StoreKind kind) => FindsAsync(
        kind,
        "UPDATE ledger_transfers SET wallet_version = 9 WHERE wallet = 1 AND wallet_version = 3",
        "order 1 Refund #1: entry 9 of wallet 1 stands where entry 3 is due");

    [Theory, BothStores]
    public Task A_version_used_twice(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET wallet_version = 2 WHERE wallet = 1 AND wallet_version = 3", "entry 2 of wallet 1 stands where entry 3 is due");

    [Theory, BothStores]
    public Task A_deleted_transfer(StoreKind kind) => FindsAsync(
        kind, "DELETE FROM ledger_transfers WHERE subject = 1 AND reason = 100", "order 1 Charge #1: entry 2 of wallet 1 stands where entry 1 is due");

    [Theory, BothStores]
    public Task A_stored_balance_that_is_not_the_running_sum(StoreKind kind) => FindsAsync(
        kind,
        "UPDATE ledger_transfers SET wallet_balance = wallet_balance - 100000 WHERE wallet = 1 AND wallet_version = 2",
        "order 1 Charge #1: balance 69 is stored after entry 2 of wallet 1, but its entries sum to 70");

    [Theory, BothStores]
    public Task An_amount_changed_afterwards(StoreKind kind) => FindsAsync(
        kind,
        "UPDATE ledger_transfers SET amount = amount + 1 WHERE subject = 1 AND reason = 100",
        "payment 1 TopUp #1: balance 100 is stored after entry 1 of wallet 1, but its entries sum to 100.00001");

    [Theory, BothStores]
    public Task A_wallet_below_its_limit(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_wallets SET credit_limit = 3999999 WHERE account_id = 3", "wallet 3: balance is -40, below its credit limit of 39.99999");

    [Theory, BothStores]
    public Task A_refund_of_more_than_the_charge(StoreKind kind) => FindsAsync(
        kind, "UPDATE ledger_transfers SET amount = 9900000 WHERE subject = 1 AND reason = 2", "order 1: refunded 99 of a charge of 30");

    [Theory, BothStores]
    public Task A_revenue_below_zero(StoreKind kind) => FindsAsync(
        kind,
        "UPDATE ledger_transfers SET reason = 4, debit = -3, credit = -2 WHERE subject = 1 AND reason = 3",
        "order 1: revenue is -20 (charged 30, refunded 5), less than 0");

    [Theory, BothStores]
    public Task An_order_that_holds_less_than_nothing(StoreKind kind) => FindsAsync(
        kind,
        "UPDATE ledger_transfers SET amount = 2600000 WHERE subject = 1 AND reason = 3",
        "order 1: held is -1 (charged 30, refunded 5, earned 26, passed to runs 0), less than 0");

    [Theory, BothStores]
    public Task The_last_order_too(StoreKind kind) => FindsAsync(
        kind, books => Corruption.InsertAsync(books, 900, Reason.Earned, 1, LedgerAccount.Held, LedgerAccount.Revenue, 100_000), "order 900: held is -1 ");

    [Theory, BothStores]
    public Task Runs_that_got_less_than_they_passed_on(StoreKind kind) => FindsAsync(
        kind, "DELETE FROM ledger_transfers WHERE subject = 2 AND reason = 5", "the balance of runs is -10, less than 0");

    [Theory, BothStores]
    public Task A_house_balance_that_does_not_fit(StoreKind kind) => FindsAsync(
        kind,
        async books =>
        {
            await Corruption.InsertAsync(books, 901, Reason.Cost, 1, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, long.MaxValue);
            await Corruption.InsertAsync(books, 902, Reason.Cost, 1, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, long.MaxValue);
        },
        "the balance of provider cost is -18446744073710351615 units (does not fit 64 bits)");

    [Theory, BothStores]
    public Task A_total_of_an_order_that_does_not_fit(StoreKind kind) => FindsAsync(
        kind,
        async books =>
        {
            await Corruption.InsertAsync(books, 901, Reason.Cost, 1, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, long.MaxValue);
            await Corruption.InsertAsync(books, 901, Reason.Cost, 2, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, 7);
        },
        "order 901 Cost #2: with its 0.00007 a total of the order does not fit 64 bits");

    [Theory, BothStores]
    public Task A_held_sum_of_an_order_that_does_not_fit(StoreKind kind) => FindsAsync(
        kind,
        async books =>
        {
            await Corruption.InsertAsync(books, 901, Reason.Earned, 1, LedgerAccount.Held, LedgerAccount.Revenue, long.MaxValue);
            await Corruption.InsertAsync(books, 901, Reason.RunFunding, 1, LedgerAccount.Held, LedgerAccount.Runs, long.MaxValue);
        },
        "order 901: what it holds does not fit 64 bits");

    [Theory, BothStores]
    public async Task Wallets_that_together_do_not_fit(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        var most = new Money(long.MaxValue).ToString();
        await books.PostAsync(TopUp(1, 1, most), Give(2, 2, most));

        var report = await books.VerifyAsync();

        report.FirstFault.ShouldBe("the total of all wallets is 18446744073709551614 units (does not fit 64 bits)");
        report.WalletTotal.ShouldBe(new Money(long.MaxValue));
    }

    [Fact]
    public void Debits_that_are_not_credits()
    {
        // No table content reaches this check past the others, which is as it should be: it is asked directly.
        var house = LedgerAccount.House.ToDictionary(account => account, _ => Int128.Zero);
        house[LedgerAccount.Cash] = -100_000;
        LedgerVerification.FindSumFault(house, 100_000).ShouldBeNull();
        LedgerVerification.FindSumFault(house, 100_001).ShouldBe("debits are not credits: the house accounts sum to -1, the wallets to 1.00001");
    }

    private static Task FindsAsync(StoreKind kind, string sql, string fault) => FindsAsync(kind, books => Corruption.ExecuteAsync(books, sql), fault);

    private static async Task FindsAsync(StoreKind kind, Func<Books, Task> corrupt, string fault)
    {
        await using var books = await OpenSoundAsync(kind);
        await Corruption.DisarmAsync(books);
        (await books.VerifyAsync()).FirstFault.ShouldBeNull("the ledger must hold before the fault is planted");

        await corrupt(books);

        var report = await books.VerifyAsync();
        report.Holds.ShouldBeFalse();
        report.FirstFault.ShouldNotBeNull().ShouldContain(fault, Case.Sensitive);
    }

    /// <summary>Wallets at 75, 30, -40 (limit 50) and 0; order 1 partly earned, order 2 a drip-feed with run 3, order 4 on credit.</summary>
    private static async Task<Books> OpenSoundAsync(StoreKind kind)
    {
        var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"), (3, "50"), (4, "0"));
        var outcomes = await books.PostAsync(
            TopUp(1, 1, "100"), TopUp(2, 2, "50"), Charge(1, 1, "30"), Charge(2, 2, "20"), Refund(1, 1, "5"), Earn(1, "20"), Cost(1, "9"), CorrectCost(1, "1"),
            Fund(2, "10"), ChargeRun(3, "10"), Charge(4, 3, "40"), Cost(4, "0.00001"));
        outcomes.ShouldAllBe(outcome => outcome == PostOutcome.Posted);
        return books;
    }

    private sealed class Listener(List<string> heard) : IProgress<string>
    {
        public void Report(string value) => heard.Add(value);
    }
}
