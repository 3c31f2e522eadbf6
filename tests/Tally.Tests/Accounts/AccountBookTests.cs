using Shouldly;
using Tally.Accounts;
using Tally.Ledger;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Accounts;

public sealed class AccountBookTests
{
    [Theory, BothStores]
    public async Task An_account_is_opened_with_an_empty_wallet_and_one_key(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var opened = await panel.Book.OpenAsync("  An.Nguyễn@Example.COM ", null, default);
        (opened.Id, opened.Email, opened.Balance).ShouldBe((1, "an.nguyễn@example.com", Money.Zero));
        var found = await panel.Book.FindAsync("AN.NGUYỄN@example.com", default);
        (found.Id, found.Suspended, found.Addresses).ShouldBe((1, false, ""));
        var key = (await panel.Book.KeysAsync(1, default)).ShouldHaveSingleItem();
        (key.Id, key.Name, key.Scope, key.RevokedAt).ShouldBe((opened.Key.Id, "default", KeyScope.Order, null));
        (await panel.Store.ReadAsync<long>("SELECT balance FROM ledger_wallets WHERE account_id = 1")).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Of_many_who_open_an_account_for_one_address_at_once_one_does(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                return (await panel.Book.OpenAsync("an@example.com", null, default)).Id;
            }
            catch (InvalidInputException e)
            {
                e.Message.ShouldContain("There is an account for an@example.com already");
                return 0L;
            }
        })));
        outcomes.Count(id => id != 0).ShouldBe(1);
        (await panel.Store.ReadAsync<long>("SELECT COUNT(*) FROM accounts")).ShouldBe(1);
        (await panel.Store.ReadAsync<long>("SELECT COUNT(*) FROM ledger_wallets")).ShouldBe(1, "those who failed left nothing behind");
        (await panel.Store.ReadAsync<long>("SELECT COUNT(*) FROM api_keys")).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_key_of_ones_own_must_be_long_enough_and_belong_to_nobody_else(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.OpenAsync("an@example.com", new string('k', 15), default));
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.OpenAsync("an@example.com", new string('k', 201), default));
        var longest = new string('k', 200);
        (await panel.Book.OpenAsync("an@example.com", longest, default)).Key.Key.ShouldBe(longest);
        (await panel.FindAsync(longest)).ShouldNotBeNull();
        (await Should.ThrowAsync<InvalidInputException>(() => panel.Book.OpenAsync("binh@example.com", longest, default))).Message.ShouldContain("the key is in use");
        (await panel.Store.ReadAsync<long>("SELECT COUNT(*) FROM accounts")).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("an")]
    [InlineData("an@")]
    [InlineData("@example.com")]
    [InlineData("an example.com")]
    [InlineData("An <an@example.com>")]
    [InlineData("an@example.com\nbinh@example.com")]
    public async Task What_is_no_address_is_refused(string email)
    {
        await using var panel = await AccountPanel.OpenAsync(StoreKind.Sqlite);
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.OpenAsync(email, null, default));
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.FindAsync(email, default));
    }

    [Fact]
    public async Task An_address_may_have_254_characters_and_no_more()
    {
        await using var panel = await AccountPanel.OpenAsync(StoreKind.Sqlite);
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 4));
        var longest = new string('a', 254 - domain.Length - 1) + "@" + domain;
        (await panel.Book.OpenAsync(longest, null, default)).Email.ShouldBe(longest);
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.OpenAsync("a" + longest, null, default));
    }

    [Theory, BothStores]
    public async Task A_key_is_revoked_once(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        await panel.Book.RevokeKeyAsync(account.Key.Id, default);
        var revoked = (await panel.Book.KeysAsync(account.Id, default))[0].RevokedAt.ShouldNotBeNull();
        (await Should.ThrowAsync<InvalidInputException>(() => panel.Book.RevokeKeyAsync(account.Key.Id, default))).Message.ShouldContain("There is no key");
        (await panel.Book.KeysAsync(account.Id, default))[0].RevokedAt.ShouldBe(revoked);
    }

    [Theory, BothStores]
    public async Task Keys_are_listed_newest_first_and_each_account_sees_its_own(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var (an, binh) = (await panel.Book.OpenAsync("an@example.com", null, default), await panel.Book.OpenAsync("binh@example.com", null, default));
        await panel.Book.IssueKeyAsync(an.Id, "second", KeyScope.Read, default);
        (await panel.Book.KeysAsync(an.Id, default)).Select(k => k.Name).ShouldBe(["second", "default"]);
        (await panel.Book.KeysAsync(binh.Id, default)).Select(k => k.Id).ShouldBe([binh.Key.Id]);
        (await panel.Book.KeysAsync(99, default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    public async Task A_key_needs_a_name_of_one_line(string name)
    {
        await using var panel = await AccountPanel.OpenAsync(StoreKind.Sqlite);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.IssueKeyAsync(account.Id, name, KeyScope.Read, default));
        await Should.ThrowAsync<InvalidInputException>(() => panel.Book.IssueKeyAsync(account.Id, new string('x', 101), KeyScope.Read, default));
        (await panel.Book.IssueKeyAsync(account.Id, new string('x', 100), KeyScope.Read, default)).Id.ShouldBe(2);
    }
}
