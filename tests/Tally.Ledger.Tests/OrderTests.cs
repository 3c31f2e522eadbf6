using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class OrderTests
{
    [Theory, BothStores]
    public async Task A_partial_order_earns_what_was_delivered_and_refunds_the_rest(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "50000"), Charge(10, 1, "3000"));
        await books.PostAsync(Refund(10, 1, "750"), Earn(10, "2250"), Cost(10, "1800"));

        (await TotalsAsync(books)).ShouldBe([new OrderTotals(10, M("3000"), M("750"), M("2250"), Money.Zero, M("1800"))]);
        (await TotalsAsync(books))[0].Held.ShouldBe(Money.Zero);
        (await books.BalanceAsync(1)).ShouldBe(M("47750"));
    }

    [Theory, BothStores]
    public async Task A_refund_out_of_revenue_lowers_what_was_earned(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "100"), Charge(10, 1, "100"), Earn(10, "100"));
        await books.PostAsync(RefundEarned(10, 1, "30"), Unearn(10, "20"), Refund(10, 1, "20", 2));

        var totals = (await TotalsAsync(books)).ShouldHaveSingleItem();
        (totals.Charged, totals.Refunded, totals.Earned, totals.Held).ShouldBe((M("100"), M("50"), M("50"), Money.Zero));
        (await books.VerifyAsync()).HouseBalances[LedgerAccount.Revenue].ShouldBe(M("50"));
    }

    [Theory, BothStores]
    public async Task Cost_is_net_of_corrections(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind);
        await books.PostAsync(Cost(10, "5"), CorrectCost(10, "2"), Cost(10, "0.5", 2));

        (await TotalsAsync(books)).ShouldHaveSingleItem().Cost.ShouldBe(M("3.5"));
        var house = (await books.VerifyAsync()).HouseBalances;
        (house[LedgerAccount.ProviderCost], house[LedgerAccount.ProviderPayable]).ShouldBe((M("-3.5"), M("3.5")));
    }

    [Theory, BothStores]
    public async Task A_drip_feed_passes_its_charge_on_to_its_runs(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "90"), Charge(20, 1, "90"));
        await books.PostAsync(Fund(20, "30"), ChargeRun(21, "30"));
        await books.PostAsync(Earn(21, "30"), Fund(20, "30", 2), ChargeRun(22, "30"));
        await books.PostAsync(Refund(22, 1, "30"), Refund(20, 1, "30"));

        var totals = await TotalsAsync(books);
        totals.Select(t => (t.Order, t.Charged, t.Refunded, t.Earned, t.Funded, t.Held)).ShouldBe(
        [
            (20, M("90"), M("30"), Money.Zero, M("60"), Money.Zero),
            (21, M("30"), Money.Zero, M("30"), Money.Zero, Money.Zero),
            (22, M("30"), M("30"), Money.Zero, Money.Zero, Money.Zero),
        ]);
        var report = await books.VerifyAsync();
        (report.FirstFault, report.HouseBalances[LedgerAccount.Runs], report.WalletTotal).ShouldBe((null, Money.Zero, M("60")));
    }

    [Theory, BothStores]
    public async Task Totals_come_by_ranges_of_order_ids_and_leave_payments_out(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(2, 1, "100"), Charge(1, 1, "1"), Charge(2, 1, "2"), Charge(3, 1, "3"), Charge(5, 1, "5"));

        (await TotalsAsync(books, 1, 3)).Select(totals => (totals.Order, totals.Charged)).ShouldBe([(2, M("2")), (3, M("3"))]);
        (await TotalsAsync(books, 3, 4)).ShouldBeEmpty();
        (await TotalsAsync(books, 3, long.MaxValue)).Select(totals => totals.Order).ShouldBe([5]);
    }

    [Theory, BothStores]
    public async Task A_batch_knows_the_totals_of_the_orders_it_was_opened_with(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "100"), Charge(10, 1, "40"), Refund(10, 1, "15"));
        await books.CommitAsync(async tx =>
        {
            var batch = await books.Ledger.OpenBatchAsync(tx, [], [10, 11], [], default);
            batch.TotalsOf(10).ShouldBe(new OrderTotals(10, M("40"), M("15"), Money.Zero, Money.Zero, Money.Zero));
            batch.TotalsOf(11).ShouldBe(new OrderTotals(11, Money.Zero, Money.Zero, Money.Zero, Money.Zero, Money.Zero));
            batch.NextSequence(10, Reason.Refund).ShouldBe(2);
            batch.NextSequence(11, Reason.Refund).ShouldBe(1);
            return true;
        });
    }

    [Theory, BothStores]
    public async Task An_order_never_pays_back_or_earns_more_than_was_charged(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "100"), Charge(10, 1, "40"), Refund(10, 1, "40"), Charge(11, 1, "40"), Earn(11, "10"));

        foreach (var broken in new[] { Refund(10, 1, "0.00001", 2), Earn(11, "30.00001", 2), Unearn(11, "10.00001"), Fund(11, "31") })
            (await Should.ThrowAsync<BrokenOrderException>(() => books.PostAsync(broken))).Message.ShouldContain($"order {broken.Key.Subject}");

        (await books.BalanceAsync(1)).ShouldBe(M("60"));
        (await books.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    /// <summary>The figures of docs/ledger.md, "A worked example".</summary>
    [Theory, BothStores]
    public async Task The_worked_example_of_the_documentation_is_true(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (7, "0"));
        var charge = Money.Charge(M("15000"), 1000, 1000);
        var refund = charge.Share(157, 1000);
        var drip = Money.Charge(M("57500"), 30, 1000);
        var run = drip.Share(1, 3);
        (charge, refund, drip, run).ShouldBe((M("15000"), M("2355"), M("1725"), M("575")));

        await books.PostAsync(TopUp(1, 7, "500000"), Charge(23501, 7, "15000"));
        await books.PostAsync(Cost(23501, "9000"), Refund(23501, 7, "2355"), Earn(23501, "12645"));
        (await books.BalanceAsync(7)).ShouldBe(M("487355"));
        await books.PostAsync(RefundEarned(23501, 7, "12645", 2), CorrectCost(23501, "9000"));
        (await books.BalanceAsync(7)).ShouldBe(M("500000"));

        await books.PostAsync(Charge(23502, 7, "1725"));
        await books.PostAsync(Fund(23502, "575"), ChargeRun(23503, "575"));
        await books.PostAsync(Earn(23503, "575"), Fund(23502, "575", 2), ChargeRun(23504, "575"));
        await books.PostAsync(Refund(23502, 7, "575"), Earn(23504, "575"));

        var report = await books.VerifyAsync();
        (report.FirstFault, report.WalletTotal).ShouldBe((null, M("498850")));
        report.HouseBalances.Where(pair => pair.Value != Money.Zero).Select(pair => $"{pair.Key} {pair.Value}").ShouldBe(["cash -500000", "revenue 1150"]);
    }

    private static Task<IReadOnlyList<OrderTotals>> TotalsAsync(Books books, long after = 0, long upTo = long.MaxValue) =>
        books.ReadAsync(c => books.Ledger.OrderTotalsAsync(c, after, upTo, default));
}
