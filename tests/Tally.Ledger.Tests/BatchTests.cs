using System.Data.Common;
using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class BatchTests
{
    [Theory, BothStores]
    public async Task A_charge_takes_from_the_wallet_what_it_holds_for_the_order(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await books.PostAsync(TopUp(1, 1, "100"), Charge(23501, 1, "0.27819"))).ShouldBe([PostOutcome.Posted, PostOutcome.Posted]);

        (await books.BalanceAsync(1)).ShouldBe(M("99.72181"));
        var report = await books.VerifyAsync();
        report.FirstFault.ShouldBeNull();
        report.HouseBalances[LedgerAccount.Held].ShouldBe(M("0.27819"));
        report.HouseBalances[LedgerAccount.Cash].ShouldBe(M("-100"));
    }

    [Theory, BothStores]
    public async Task Each_posting_sees_those_before_it(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "2"));
        await books.CommitAsync(async tx =>
        {
            var batch = await books.Ledger.OpenBatchAsync(tx, [1], [10], [1], default);
            batch.TryPost(TopUp(1, 1, "8")).ShouldBe(PostOutcome.Posted);
            batch.BalanceOf(1).ShouldBe(M("8"));
            batch.SpendableOf(1).ShouldBe(M("10"));
            batch.TryPost(Charge(10, 1, "10")).ShouldBe(PostOutcome.Posted);
            batch.BalanceOf(1).ShouldBe(M("-2"));
            batch.TryPost(Charge(11, 1, "0.00001")).ShouldBe(PostOutcome.InsufficientFunds);
            batch.TotalsOf(10).Held.ShouldBe(M("10"));
            batch.NextSequence(10, Reason.Charge).ShouldBe(2);
            await batch.FlushAsync(default);
            return true;
        });

        (await books.BalanceAsync(1)).ShouldBe(M("-2"));
    }

    [Theory, BothStores]
    public async Task A_replay_changes_nothing_in_the_same_batch_or_a_later_one(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await books.PostAsync(TopUp(1, 1, "10"), TopUp(1, 1, "10"))).ShouldBe([PostOutcome.Posted, PostOutcome.Replayed]);

        var again = TopUp(1, 1, "10") with { CreatedAtMs = NowMs + 5, Note = "another try" };
        (await books.PostAsync(again)).ShouldBe([PostOutcome.Replayed]);

        (await books.BalanceAsync(1)).ShouldBe(M("10"));
        (await books.VerifyAsync()).Transfers.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_replay_is_told_even_when_the_funds_are_gone(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), Charge(5, 1, "10"));
        (await books.PostAsync(Charge(5, 1, "10"))).ShouldBe([PostOutcome.Replayed]);
    }

    [Theory, BothStores]
    public async Task The_same_key_with_other_values_is_a_conflict(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        await books.PostAsync(TopUp(1, 1, "10"));
        (await books.PostAsync(TopUp(1, 1, "10.00001"), TopUp(1, 2, "10"))).ShouldBe([PostOutcome.Conflict, PostOutcome.Conflict]);
        (await books.BalanceAsync(2)).ShouldBe(Money.Zero);
    }

    [Theory, BothStores]
    public async Task A_wallet_that_was_not_opened_is_unknown(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        await books.CommitAsync(async tx =>
        {
            var batch = await books.Ledger.OpenBatchAsync(tx, [1, 9], [], [1], default);
            (batch.HasWallet(1), batch.HasWallet(2), batch.HasWallet(9)).ShouldBe((true, false, false));
            batch.TryPost(TopUp(1, 9, "1")).ShouldBe(PostOutcome.UnknownWallet);
            batch.TryPost(TopUp(1, 2, "1")).ShouldBe(PostOutcome.UnknownWallet);
            Should.Throw<UnknownWalletException>(() => batch.BalanceOf(9));
            await batch.FlushAsync(default);
            return true;
        });

        (await books.VerifyAsync()).Transfers.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_balance_or_a_total_that_would_not_fit_is_refused(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        var most = new Money(long.MaxValue).ToString();
        (await books.PostAsync(TopUp(1, 1, most), TopUp(2, 1, "0.00001"), Cost(1, most), Cost(1, "0.00001", 2)))
            .ShouldBe([PostOutcome.Posted, PostOutcome.Overflow, PostOutcome.Posted, PostOutcome.Overflow]);

        (await books.BalanceAsync(1)).ShouldBe(new Money(long.MaxValue));
        (await books.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_rolled_back_batch_leaves_no_trace_and_its_keys_free(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await using (var connection = await books.ConnectAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            var batch = await books.OpenBatchAsync(tx, TopUp(1, 1, "10"));
            batch.TryPost(TopUp(1, 1, "10")).ShouldBe(PostOutcome.Posted);
            await batch.FlushAsync(default);
            await tx.RollbackAsync();
        }

        (await books.BalanceAsync(1)).ShouldBe(Money.Zero);
        (await books.PostAsync(TopUp(1, 1, "11"))).ShouldBe([PostOutcome.Posted]);
    }

    [Theory, BothStores]
    public async Task A_batch_flushes_at_most_once(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.CommitAsync(async tx =>
        {
            var batch = await books.OpenBatchAsync(tx, TopUp(1, 1, "10"));
            batch.TryPost(TopUp(1, 1, "10"));
            await batch.FlushAsync(default);
            await Should.ThrowAsync<InvalidOperationException>(() => batch.FlushAsync(default));
            Should.Throw<InvalidOperationException>(() => batch.TryPost(TopUp(2, 1, "10")));
            batch.BalanceOf(1).ShouldBe(M("10"));
            return true;
        });

        (await books.BalanceAsync(1)).ShouldBe(M("10"));
    }

    [Theory, BothStores]
    public async Task A_batch_of_nothing_writes_nothing(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await books.PostAsync()).ShouldBeEmpty();
        (await books.PostAsync(Charge(1, 1, "1"))).ShouldBe([PostOutcome.InsufficientFunds]);
        (await books.VerifyAsync()).Transfers.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_key_taken_by_another_node_fails_the_flush_and_the_batch(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), Charge(5, 1, "1"));

        await using (var connection = await books.ConnectAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            // Order 5 is taken for a new one, as an intake would take it whose id another node used as well.
            var batch = await books.Ledger.OpenBatchAsync(tx, [1], [], [], default);
            batch.TryPost(Charge(5, 1, "1")).ShouldBe(PostOutcome.Posted);
            await Should.ThrowAsync<DbException>(() => batch.FlushAsync(default));
            Should.Throw<InvalidOperationException>(() => batch.TryPost(Charge(6, 1, "1"))).Message.ShouldContain("failed");
            await Should.ThrowAsync<InvalidOperationException>(() => batch.FlushAsync(default));
        }

        (await books.BalanceAsync(1)).ShouldBe(M("9"));
        (await books.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_wallet_changed_behind_the_batch_fails_the_flush(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await using var connection = await books.ConnectAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var batch = await books.OpenBatchAsync(tx, TopUp(1, 1, "10"));
        batch.TryPost(TopUp(1, 1, "10"));
        await using (var command = connection.CreateCommand())
        {
            command.Transaction = tx;
            command.CommandText = "UPDATE ledger_wallets SET version = 4";
            await command.ExecuteNonQueryAsync();
        }

        (await Should.ThrowAsync<InvalidOperationException>(() => batch.FlushAsync(default))).Message.ShouldContain("outside the batch");
    }

    [Theory, BothStores]
    public async Task An_order_with_a_past_must_be_opened_before_it_is_posted_to(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), Charge(5, 1, "1"));
        await books.CommitAsync(async tx =>
        {
            var batch = await books.Ledger.OpenBatchAsync(tx, [1], [], [], default);
            Should.Throw<InvalidOperationException>(() => batch.TryPost(Refund(5, 1, "1"))).Message.ShouldContain("order 5");
            Should.Throw<InvalidOperationException>(() => batch.TotalsOf(5));
            Should.Throw<InvalidOperationException>(() => batch.NextSequence(5, Reason.Refund));
            batch.NextSequence(6, Reason.Charge).ShouldBe(1);
            return true;
        });
    }

    [Theory, BothStores]
    public async Task A_copy_of_a_transfer_is_judged_again(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await Should.ThrowAsync<ArgumentException>(() => books.PostAsync(TopUp(1, 1, "1") with { Amount = M("-1") }));
        await Should.ThrowAsync<ArgumentException>(() => books.PostAsync(TopUp(1, 1, "1") with { Debit = LedgerAccount.Held }));
    }

    [Theory, BothStores]
    public async Task Many_transfers_of_many_wallets_go_in_one_batch(StoreKind kind)
    {
        var wallets = Enumerable.Range(1, 50).Select(id => ((long)id, "0")).ToArray();
        await using var books = await Books.OpenAsync(kind, wallets);
        Transfer[] topUps = [.. wallets.Select(wallet => TopUp(wallet.Item1, wallet.Item1, "1000"))];
        Transfer[] charges = [.. Enumerable.Range(1, 2000).Select(order => Charge(order, (order % 50) + 1, "1.00001"))];

        var outcomes = await books.PostAsync([.. topUps, .. charges]);

        outcomes.ShouldAllBe(outcome => outcome == PostOutcome.Posted);
        var report = await books.VerifyAsync();
        (report.FirstFault, report.Transfers, report.Wallets).ShouldBe((null, 2050, 50));
        report.WalletTotal.ShouldBe(M("47999.98"));
    }
}
