using System.Buffers.Text;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Accounts;

public sealed class ApiKeysTests
{
    [Fact]
    public void A_new_key_has_the_prefix_and_256_random_bits()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ApiKeys.NewKey()).ToList();
        keys.ShouldAllBe(k => k.StartsWith("tly_", StringComparison.Ordinal));
        keys.Distinct().Count().ShouldBe(1_000);
        var randoms = keys.ConvertAll(k => Base64Url.DecodeFromChars(k.AsSpan(4)));
        randoms.ShouldAllBe(r => r.Length == 32);

        // Each of the 256 bits is set in about half of them: 500 ± 5 standard deviations of 16.
        var bits = new int[256];
        foreach (var random in randoms)
        {
            for (var bit = 0; bit < 256; bit++)
            {
                bits[bit] += random[bit / 8] >> (bit % 8) & 1;
            }
        }

        bits.ShouldAllBe(set => set > 400 && set < 600);
    }

    [Fact]
    public void What_is_shown_of_a_key_gives_nothing_away()
    {
        var key = ApiKeys.NewKey();
        ApiKeys.Shown(key).ShouldBe(key[..8] + "…");
        ApiKeys.Shown("0123456789abcdef").ShouldBe("01234567…");
    }

    [Theory, BothStores]
    public async Task A_key_leads_to_its_account_and_a_wrong_one_to_nobody(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var an = await panel.Book.OpenAsync("an@example.com", null, default);
        var binh = await panel.Book.OpenAsync("binh@example.com", "a-key-of-my-own-đ", default);
        panel.Keys.Find(an.Key.Key).ShouldBeNull("nothing is loaded yet");
        var caller = (await panel.FindAsync(an.Key.Key)).ShouldNotBeNull();
        (caller.AccountId, caller.KeyId, caller.Scope).ShouldBe((an.Id, an.Key.Id, KeyScope.Order));
        panel.Keys.Find("a-key-of-my-own-đ")!.AccountId.ShouldBe(binh.Id);
        foreach (var wrong in (string[])["", " ", an.Key.Key + " ", an.Key.Key[..^1], an.Key.Key.ToUpperInvariant(), ApiKeys.NewKey(), "a-key-of-my-own-d", new('x', 200), new('€', 200), new('x', 201), "\ud800\udfff\ud800"])
        {
            panel.Keys.Find(wrong).ShouldBeNull();
        }
    }

    [Theory, BothStores]
    public async Task An_account_may_have_several_keys_each_with_its_scope(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var reader = await panel.Book.IssueKeyAsync(account.Id, "reports", KeyScope.Read, default);
        var (first, second) = (await panel.FindAsync(account.Key.Key), await panel.FindAsync(reader.Key));
        (first!.AccountId, first.Scope).ShouldBe((account.Id, KeyScope.Order));
        (second!.AccountId, second.Scope).ShouldBe((account.Id, KeyScope.Read));
        second.KeyId.ShouldNotBe(first.KeyId);
    }

    [Theory, BothStores]
    public async Task A_revoked_key_stops_and_the_others_go_on(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var other = await panel.Book.IssueKeyAsync(account.Id, "other", KeyScope.Order, default);
        (await panel.FindAsync(other.Key)).ShouldNotBeNull();
        await panel.Book.RevokeKeyAsync(account.Key.Id, default);
        (await panel.FindAsync(account.Key.Key)).ShouldBeNull();
        panel.Keys.Find(other.Key).ShouldNotBeNull();
        var fresh = panel.Node();
        await fresh.RefreshAsync(default);
        fresh.Find(account.Key.Key).ShouldBeNull("a node that starts later does not know it either");
        fresh.Find(other.Key).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task A_suspended_accounts_keys_stop_and_come_back_without_the_revoked_ones(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var other = await panel.Book.IssueKeyAsync(account.Id, "other", KeyScope.Order, default);
        var neighbour = await panel.Book.OpenAsync("binh@example.com", null, default);
        await panel.Book.SetSuspendedAsync(account.Id, true, default);
        (await panel.FindAsync(account.Key.Key)).ShouldBeNull();
        panel.Keys.Find(other.Key).ShouldBeNull();
        panel.Keys.Find(neighbour.Key.Key).ShouldNotBeNull();
        await panel.Book.RevokeKeyAsync(other.Id, default);
        var meanwhile = await panel.Book.IssueKeyAsync(account.Id, "issued while suspended", KeyScope.Order, default);
        (await panel.FindAsync(meanwhile.Key)).ShouldBeNull();
        await panel.Book.SetSuspendedAsync(account.Id, false, default);
        (await panel.FindAsync(account.Key.Key)).ShouldNotBeNull();
        panel.Keys.Find(other.Key).ShouldBeNull();
        panel.Keys.Find(meanwhile.Key).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task A_changed_address_list_reaches_all_keys_of_the_account(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var other = await panel.Book.IssueKeyAsync(account.Id, "other", KeyScope.Read, default);
        (await panel.FindAsync(other.Key))!.Addresses.Allows(IPAddress.Parse("203.0.113.1")).ShouldBeTrue();
        await panel.Book.SetAddressesAsync(account.Id, AddressList.Parse("192.0.2.0/24").ShouldBeOfType<AddressListOutcome.Parsed>().List, default);
        foreach (var key in (string[])[account.Key.Key, other.Key])
        {
            var addresses = (await panel.FindAsync(key)).ShouldNotBeNull().Addresses;
            addresses.Allows(IPAddress.Parse("192.0.2.9")).ShouldBeTrue();
            addresses.Allows(IPAddress.Parse("203.0.113.1")).ShouldBeFalse();
        }
    }

    [Theory, BothStores]
    public async Task An_address_list_that_cannot_be_read_locks_that_account_and_nobody_else(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var broken = await panel.Book.OpenAsync("an@example.com", null, default);
        var sound = await panel.Book.OpenAsync("binh@example.com", null, default);
        (await panel.FindAsync(broken.Key.Key)).ShouldNotBeNull();
        await panel.Store.ExecuteAsync("UPDATE accounts SET addresses = 'anywhere', version = 1000 WHERE id = @Id", new { broken.Id });
        await panel.Store.ExecuteAsync("UPDATE changes SET version = 1000 WHERE topic = 'accounts'");
        (await panel.FindAsync(broken.Key.Key)).ShouldBeNull("it must not let everybody in");
        panel.Keys.Find(sound.Key.Key).ShouldNotBeNull();
        await panel.Book.RevokeKeyAsync(sound.Key.Id, default);
        (await panel.FindAsync(sound.Key.Key)).ShouldBeNull("changes of others are still followed");
        await panel.Book.SetAddressesAsync(broken.Id, AddressList.Empty, default);
        (await panel.FindAsync(broken.Key.Key)).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task When_and_from_where_a_key_was_last_used_is_written_in_one_go(StoreKind kind)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
        await using var panel = await AccountPanel.OpenAsync(kind, time);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var (used, unused) = (await panel.Book.IssueKeyAsync(account.Id, "used", KeyScope.Order, default), await panel.Book.IssueKeyAsync(account.Id, "unused", KeyScope.Order, default));
        panel.Keys.Used((await panel.FindAsync(used.Key))!, IPAddress.Parse("192.0.2.1"));
        time.Advance(TimeSpan.FromSeconds(5));
        panel.Keys.Used(panel.Keys.Find(used.Key)!, IPAddress.Parse("2001:db8::2"));
        panel.Keys.Used(panel.Keys.Find(account.Key.Key)!, null);
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(2);
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(0, "nothing has gathered since");
        var keys = (await panel.Book.KeysAsync(account.Id, default)).ToDictionary(k => k.Id);
        (keys[used.Id].LastUsedAt, keys[used.Id].LastUsedFrom).ShouldBe((time.GetUtcNow(), "2001:db8::2"));
        (keys[account.Key.Id].LastUsedAt, keys[account.Key.Id].LastUsedFrom).ShouldBe((time.GetUtcNow(), null));
        keys[unused.Id].LastUsedAt.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task What_a_key_does_within_a_second_from_one_address_is_one_use(StoreKind kind)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
        await using var panel = await AccountPanel.OpenAsync(kind, time);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        var caller = (await panel.FindAsync(account.Key.Key))!;
        panel.Keys.Used(caller, IPAddress.Loopback);
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(1);
        time.Advance(TimeSpan.FromMilliseconds(999));
        panel.Keys.Used(caller, IPAddress.Parse("127.0.0.1"));
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(0, "it was written less than a second ago");
        time.Advance(TimeSpan.FromMilliseconds(1));
        panel.Keys.Used(caller, IPAddress.Loopback);
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(1);
        panel.Keys.Used(caller, IPAddress.IPv6Loopback);
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(1, "from elsewhere it is another use at once");
    }

    [Theory, BothStores]
    public async Task A_node_that_stops_writes_the_uses_it_still_has(StoreKind kind)
    {
        await using var accounts = await AccountPanel.OpenAsync(kind);
        var account = await accounts.Book.OpenAsync("an@example.com", null, default);
        await using (var panel = await TestPanel.JoinAsync(accounts.Store.ConnectionString))
        {
            (await panel.CallAsAsync(account.Key.Key, "balance")).GetProperty("balance").GetString().ShouldBe("0");
        }

        var key = (await accounts.Book.KeysAsync(account.Id, default))[0];
        key.LastUsedFrom.ShouldBe("127.0.0.1");
        key.LastUsedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(key.CreatedAt);
    }

    [Theory, BothStores]
    public async Task Uses_that_could_not_be_written_are_kept_for_the_next_time(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", null, default);
        panel.Keys.Used((await panel.FindAsync(account.Key.Key))!, IPAddress.Loopback);
        await panel.Store.ExecuteAsync("ALTER TABLE api_keys RENAME TO api_keys_away");
        await Should.ThrowAsync<Exception>(() => panel.Keys.WriteUsesAsync(default));
        await panel.Store.ExecuteAsync("ALTER TABLE api_keys_away RENAME TO api_keys");
        (await panel.Keys.WriteUsesAsync(default)).ShouldBe(1);
        (await panel.Book.KeysAsync(account.Id, default))[0].LastUsedFrom.ShouldBe("127.0.0.1");
    }

    [Theory, BothStores]
    public async Task The_store_holds_no_key(StoreKind kind)
    {
        await using var panel = await AccountPanel.OpenAsync(kind);
        var account = await panel.Book.OpenAsync("an@example.com", "my-very-own-secret-key", default);
        var issued = await panel.Book.IssueKeyAsync(account.Id, "other", KeyScope.Order, default);
        var rows = await panel.Store.ReadManyAsync<string>(
            "SELECT id || '|' || account_id || '|' || name || '|' || shown || '|' || hash || '|' || scope FROM api_keys ORDER BY id");
        rows.Count.ShouldBe(2);
        foreach (var (row, key) in rows.Zip([account.Key.Key, issued.Key]))
        {
            row.ShouldContain(ApiKeys.HashText(key));
            row.ShouldNotContain(key[..(key.Length / 2 + 1)], Case.Sensitive);
        }
    }
}
