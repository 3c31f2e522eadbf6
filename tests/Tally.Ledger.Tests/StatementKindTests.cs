using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class StatementKindTests
{
    [Theory, BothStores]
    public async Task A_statement_of_one_kind_is_the_whole_one_without_the_others(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), Charge(1, 1, "3"), TopUp(2, 1, "5"), Charge(2, 1, "2"), TopUp(3, 2, "9"));
        await using var connection = await books.ConnectAsync();
        var ledger = books.Ledger;
        var all = await ledger.StatementAsync(connection, 1, long.MaxValue, 100, CancellationToken.None);
        all.Select(e => e.Balance.ToString()).ShouldBe(["10", "12", "7", "10"]);
        foreach (var reason in Enum.GetValues<Reason>())
        {
            (await ledger.StatementAsync(connection, 1, long.MaxValue, 100, CancellationToken.None, reason)).ShouldBe(all.Where(e => e.Key.Reason == reason));
        }

        (await ledger.StatementAsync(connection, 1, 3, 1, CancellationToken.None, Reason.TopUp)).ShouldHaveSingleItem().Version.ShouldBe(1);
        (await ledger.PaymentTransfersAsync(connection, 1, 3, CancellationToken.None)).Select(t => (t.Key.Subject, t.Account, t.Amount.ToString())).ShouldBe([(2, 1, "5"), (3, 2, "9")]);
    }
}
