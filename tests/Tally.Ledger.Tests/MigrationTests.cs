using System.Data.Common;
using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Ledger.Tests.Moves;

namespace Tally.Ledger.Tests;

public sealed class MigrationTests
{
    [Theory, BothStores]
    public async Task Transfers_are_append_only(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.PostAsync(TopUp(1, 1, "10"));

        string[] statements = ["UPDATE ledger_transfers SET note = 'x'", "DELETE FROM ledger_transfers"];
        foreach (var statement in kind == StoreKind.Postgres ? [.. statements, "TRUNCATE ledger_transfers"] : statements)
            (await Should.ThrowAsync<DbException>(() => books.ExecuteAsync(statement))).Message.ShouldContain("ledger_transfers is append-only");

        (await books.VerifyAsync()).Transfers.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task The_tables_refuse_what_the_ledger_would_never_write(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        const string Insert = "INSERT INTO ledger_transfers (subject, reason, sequence, debit, credit, amount, wallet, wallet_version, wallet_balance, created_at) VALUES ";
        string[] statements =
        [
            $"{Insert} (1, 6, 1, -5, -6, 0, NULL, NULL, NULL, 0)",
            $"{Insert} (1, 6, 1, -5, -6, 1, 1, NULL, NULL, 0)",
            $"{Insert} (1, 100, 1, -1, 1, 1, 1, 1, 1, 0), (2, 100, 1, -1, 1, 1, 1, 1, 1, 0)",
            $"{Insert} (1, 6, 1, -5, -6, 1, NULL, NULL, NULL, 0), (1, 6, 1, -5, -6, 1, NULL, NULL, NULL, 0)",
            "UPDATE ledger_wallets SET balance = -1",
            "UPDATE ledger_wallets SET credit_limit = -1",
        ];
        foreach (var statement in statements)
            await Should.ThrowAsync<DbException>(() => books.ExecuteAsync(statement), statement);

        (await books.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task The_check_is_silent_about_a_sound_ledger(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "3"));
        (await books.CheckAsync()).ShouldBeEmpty();
        await books.PostAsync(TopUp(1, 1, "10"), Charge(1, 2, "3"), Charge(2, 1, "1"), Cost(1, "2"));
        (await books.CheckAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task The_check_names_a_wallet_that_does_not_agree_with_its_latest_entry(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"), (2, "0"));
        await books.PostAsync(TopUp(1, 1, "10"), TopUp(2, 2, "10"));
        await books.ExecuteAsync("UPDATE ledger_wallets SET balance = balance + 1 WHERE account_id = 2");
        (await books.CheckAsync()).ShouldBe(["balance is not the one stored after the latest entry: 2"]);
    }

    [Theory, BothStores]
    public async Task The_check_names_a_wallet_below_its_limit(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "5"));
        await books.PostAsync(Charge(1, 1, "4"));
        await Corruption.DisarmAsync(books);
        await Corruption.ExecuteAsync(books, "UPDATE ledger_wallets SET credit_limit = 3");
        (await books.CheckAsync()).ShouldBe(["below its credit limit: 1"]);
    }

    [Theory, BothStores]
    public async Task The_check_fails_when_a_column_is_missing(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, (1, "0"));
        await books.ExecuteAsync("ALTER TABLE ledger_transfers DROP COLUMN note");
        await Should.ThrowAsync<DbException>(books.CheckAsync);
    }
}
