using System.Data.Common;
using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class ParallelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, BothStores]
    public async Task Batches_over_the_same_wallets_in_opposite_order_neither_deadlock_nor_overdraw(StoreKind kind)
    {
        const int Nodes = 6, Rounds = 15, Wallets = 5;
        await using var books = await Books.OpenAsync(kind, [.. Enumerable.Range(1, Wallets).Select(id => ((long)id, "0"))]);
        await books.PostAsync([.. Enumerable.Range(1, Wallets).Select(id => TopUp(id, id, "30"))]);

        var charged = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(node => Task.Run(async () =>
        {
            var posted = 0;
            for (var round = 0; round < Rounds; round++)
            {
                var firstOrder = (((node * Rounds) + round) * Wallets) + 1;
                var wallets = Enumerable.Range(1, Wallets);
                Transfer[] charges = [.. (node % 2 == 0 ? wallets : wallets.Reverse()).Select(id => Charge(firstOrder + id, id, "1"))];
                posted += (await books.PostAsync(charges)).Count(outcome => outcome == PostOutcome.Posted);
            }

            return posted;
        }))).WaitAsync(Patience);

        charged.Sum().ShouldBe(Wallets * 30);
        var report = await books.VerifyAsync();
        report.FirstFault.ShouldBeNull();
        (report.WalletTotal, report.HouseBalances[LedgerAccount.Held]).ShouldBe((Money.Zero, M("150")));
    }

    [Theory, BothStores]
    public async Task A_batch_that_waited_for_a_wallet_sees_what_the_other_wrote(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), Charge(5, 1, "10"));

        Task<PostOutcome[]> second;
        await using (var connection = await books.ConnectAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            var first = await books.OpenBatchAsync(tx, Refund(5, 1, "4"));
            second = Task.Run(() => books.PostAsync(Refund(5, 1, "4")));
            (await Task.WhenAny(second, Task.Delay(300))).ShouldNotBe(second, "it must wait for the wallet");
            first.TryPost(Refund(5, 1, "4")).ShouldBe(PostOutcome.Posted);
            await first.FlushAsync(default);
            await tx.CommitAsync();
        }

        (await second.WaitAsync(Patience)).ShouldBe([PostOutcome.Replayed]);
        (await books.BalanceAsync(1)).ShouldBe(M("4"));
    }

    [Theory, BothStores]
    public async Task Two_nodes_that_post_the_same_new_transfers_post_them_once(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        Transfer[] topUps = [.. Enumerable.Range(1, 40).Select(id => TopUp(id, 1, "1"))];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(node => Task.Run(() =>
            books.PostAsync(node % 2 == 0 ? topUps : [.. topUps.Reverse()])))).WaitAsync(Patience);

        outcomes.SelectMany(each => each).Count(outcome => outcome == PostOutcome.Posted).ShouldBe(topUps.Length);
        outcomes.SelectMany(each => each).Count(outcome => outcome == PostOutcome.Replayed).ShouldBe(3 * topUps.Length);
        (await books.BalanceAsync(1)).ShouldBe(M("40"));
    }

    [Theory, BothStores]
    public async Task Without_a_wallet_to_wait_for_the_slower_node_meets_the_key_and_never_a_deadlock(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind);
        Transfer[] costs = [.. Enumerable.Range(1, 500).Select(id => Cost(id, "1"))];

        var posted = await Task.WhenAll(Enumerable.Range(0, 4).Select(node => Task.Run(() => PostUntilCommittedAsync(books, node % 2 == 0 ? costs : [.. costs.Reverse()])))).WaitAsync(Patience);

        posted.Sum().ShouldBe(costs.Length);
        (await books.VerifyAsync()).HouseBalances[LedgerAccount.ProviderPayable].ShouldBe(M("500"));
    }

    /// <summary>As an intake does: a unique violation means that another node was faster, so the batch is run again. Anything else fails the test.</summary>
    private static async Task<int> PostUntilCommittedAsync(Books books, Transfer[] transfers)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                return (await books.PostAsync(transfers)).Count(outcome => outcome == PostOutcome.Posted);
            }
            catch (DbException violation) when (violation.SqlState == "23505")
            {
                // Run again below.
            }
        }

        throw new InvalidOperationException("Ten times another node was faster.");
    }
}
