using Shouldly;
using Tally.Ledger.Stores;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class WalletTests
{
    [Theory, BothStores]
    public async Task A_wallet_opens_once_and_keeps_its_balance_and_limit(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "5"));
        await books.PostAsync(TopUp(1, 1, "10"));

        await books.OpenWalletsAsync((1, "0"));

        (await books.BalanceAsync(1)).ShouldBe(M("10"));
        (await books.CommitAsync(async tx => (await books.OpenBatchAsync(tx, TopUp(2, 1, "1"))).SpendableOf(1))).ShouldBe(M("15"));
    }

    [Theory, BothStores]
    public async Task An_account_without_a_wallet_has_no_balance(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await books.BalanceAsync(2)).ShouldBeNull();
        (await books.BalanceAsync(1)).ShouldBe(Money.Zero);
    }

    [Theory, BothStores]
    public async Task Balances_come_for_those_accounts_that_have_a_wallet(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"), (3, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), TopUp(2, 2, "0.5"));

        var balances = await books.ReadAsync(c => books.Ledger.BalancesAsync(c, [2, 9, 1, 2], default));
        var none = await books.ReadAsync(c => books.Ledger.BalancesAsync(c, [], default));

        balances.ShouldBe(new Dictionary<long, Money> { [1] = M("10"), [2] = M("0.5") }, ignoreOrder: true);
        none.ShouldBeEmpty();
        (await books.ReadAsync(c => Task.FromResult(books.Ledger.Balances(c, [2, 9, 1, 2])))).ShouldBe(balances, ignoreOrder: true);
        (await books.ReadAsync(c => Task.FromResult(books.Ledger.Balances(c, [])))).ShouldBeEmpty();
    }

    /// <summary>Of some hundred wallets PostgreSQL would rather read all for each call than look up those that are asked for, which takes two to three times as long.</summary>
    [Fact]
    public async Task Balances_are_looked_up_by_the_index_on_PostgreSQL_also_where_wallets_are_few()
    {
        await using var books = await Books.OpenAsync(StoreKind.Postgres, [.. Enumerable.Range(1, 1_000).Select(account => ((long)account, "0"))]);
        await books.ExecuteAsync("ANALYZE ledger_wallets");
        var ids = $"'{{{string.Join(',', Enumerable.Range(1, 24).Select(i => i * 40))}}}'::bigint[]";

        var plan = await books.ReadAsync(async connection =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"EXPLAIN {new PostgresStore().BalancesById.Replace("@ids", ids, StringComparison.Ordinal)}";
            await using var reader = await command.ExecuteReaderAsync();
            var lines = new List<string>();
            while (await reader.ReadAsync())
                lines.Add(reader.GetString(0));
            return string.Join('\n', lines);
        });

        plan.ShouldContain("Index Scan using ledger_wallets_pkey");
        plan.ShouldNotContain("Seq Scan");
    }

    [Theory, BothStores]
    public async Task A_raised_credit_limit_lets_the_wallet_go_further_below_zero(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await books.PostAsync(Charge(1, 1, "3"))).ShouldBe([PostOutcome.InsufficientFunds]);

        await SetLimitAsync(books, 1, "3");

        (await books.PostAsync(Charge(1, 1, "3"))).ShouldBe([PostOutcome.Posted]);
        (await books.BalanceAsync(1)).ShouldBe(M("-3"));
        (await books.PostAsync(Charge(2, 1, "0.00001"))).ShouldBe([PostOutcome.InsufficientFunds]);
    }

    [Theory, BothStores]
    public async Task A_credit_limit_does_not_fall_below_what_is_owed(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "10"));
        await books.PostAsync(Charge(1, 1, "4"));

        var refusal = await Should.ThrowAsync<CreditLimitTooLowException>(() => SetLimitAsync(books, 1, "3.99999"));
        await SetLimitAsync(books, 1, "4");

        refusal.Balance.ShouldBe(M("-4"));
        refusal.CreditLimit.ShouldBe(M("3.99999"));
        (await books.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_credit_limit_needs_a_wallet_and_is_never_negative(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        (await Should.ThrowAsync<UnknownWalletException>(() => SetLimitAsync(books, 2, "1"))).AccountId.ShouldBe(2);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => SetLimitAsync(books, 1, "-1"));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => books.OpenWalletsAsync((3, "-1")));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => books.OpenWalletsAsync((0, "1")));
    }

    [Theory, BothStores]
    public async Task A_statement_pages_backwards_with_the_balance_after_each_entry(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        await books.PostAsync(TopUp(1, 1, "100"), TopUp(2, 2, "7"));
        await books.PostAsync(Charge(1, 1, "30"), Refund(1, 1, "10"), Give(3, 1, "5", "a thank-you for cảm xúc"));

        var first = await books.ReadAsync(c => books.Ledger.StatementAsync(c, 1, long.MaxValue, 2, default));
        var second = await books.ReadAsync(c => books.Ledger.StatementAsync(c, 1, first[^1].Version, 10, default));

        first.Concat(second).ShouldBe(
        [
            new WalletEntry(4, new TransferKey(3, Reason.Adjustment, 1), LedgerAccount.Adjustments, M("5"), M("85"), NowMs, "a thank-you for cảm xúc"),
            new WalletEntry(3, new TransferKey(1, Reason.Refund, 1), LedgerAccount.Held, M("10"), M("80"), NowMs, null),
            new WalletEntry(2, new TransferKey(1, Reason.Charge, 1), LedgerAccount.Held, M("-30"), M("70"), NowMs, null),
            new WalletEntry(1, new TransferKey(1, Reason.TopUp, 1), LedgerAccount.Cash, M("100"), M("100"), NowMs, null),
        ]);
    }

    [Theory, BothStores]
    public async Task A_statement_page_has_a_limit(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => books.ReadAsync(c => books.Ledger.StatementAsync(c, 1, long.MaxValue, 0, default)));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
            books.ReadAsync(c => books.Ledger.StatementAsync(c, 1, long.MaxValue, GeneralLedger.MaxStatementPage + 1, default)));
    }

    private static Task<bool> SetLimitAsync(Books books, long account, string limit) => books.CommitAsync(async tx =>
    {
        await books.Ledger.SetCreditLimitAsync(tx, account, M(limit), default);
        return true;
    });
}
