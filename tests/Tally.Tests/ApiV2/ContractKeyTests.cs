using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>Keys, address lists and limits (api-v2.md section 6). The panels' clock stands, so that limits are exact however slow the machine is.</summary>
public sealed class ContractKeyTests(ClockedPanels panels) : IClassFixture<ClockedPanels>
{
    private const string Full = """{"balance":"1000000","currency":"USD"}""";
    private static readonly string WrongKey = Refused("Invalid API key", "invalid_key"), NotAllowed = Refused("IP address is not allowed", "ip_not_allowed"),
        Limited = Refused("Rate limit exceeded", "rate_limited");

    [Theory, BothStores]
    public async Task An_account_has_several_keys_and_a_revoked_one_stops(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var second = await IssueAsync(c, KeyScope.Order);
        second.Key.ShouldStartWith("tly_", Case.Sensitive);
        second.Key.Length.ShouldBe(4 + 43, "256 bits in base64url");
        (await AsAsync(c, c.Key, "action=balance")).Ok().ShouldBe(Full);
        (await AsAsync(c, second.Key, "action=balance")).Ok().ShouldBe(Full);
        await c.Panel.Get<AccountBook>().RevokeKeyAsync(second.Id, CancellationToken.None);
        await c.Panel.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        (await AsAsync(c, second.Key, "action=balance")).Ok().ShouldBe(WrongKey);
        (await AsAsync(c, c.Key, "action=balance")).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task A_key_that_may_only_read_reads_and_no_more(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1");
        var order = await c.AddAsync(Default(service.Id));
        var reader = (await IssueAsync(c, KeyScope.Read)).Key;
        var refusal = Incorrect("This API key may only read. Use a key that may order for add, cancel and refill.");
        await c.ForNothingAsync(async () =>
        {
            (await AsAsync(c, reader, FormOf([("action", "add"), .. Default(service.Id)]))).Ok().ShouldBe(refusal);
            (await AsAsync(c, reader, $"action=cancel&orders={order}")).Ok().ShouldBe(refusal);
            (await AsAsync(c, reader, $"action=refill&order={order}")).Ok().ShouldBe(refusal);
        });
        foreach (var query in (string[])["action=services", $"action=status&order={order}", $"action=status&orders={order}", "action=balance"])
        {
            (await AsAsync(c, reader, query)).Ok().ShouldBe((await AsAsync(c, c.Key, query)).Ok(), query);
        }

        (await AsAsync(c, reader, "action=refill_status&refill=999999")).Ok().ShouldBe(Refused("Refill not found", "refill_not_found"));
    }

    [Theory, BothStores]
    public async Task A_suspended_accounts_keys_are_wrong_keys_until_it_is_let_in_again(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var suspended in (bool[])[true, false])
        {
            await c.Panel.Get<AccountBook>().SetSuspendedAsync(c.Account.Id, suspended, CancellationToken.None);
            await c.Panel.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
            (await AsAsync(c, c.Key, "action=balance")).Ok().ShouldBe(suspended ? WrongKey : Full);
        }
    }

    [Theory, BothStores]
    public async Task Only_a_hash_of_a_key_is_stored_and_its_last_use_is_told(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await AsAsync(c, c.Key, "action=balance", "10.9.9.9")).Ok().ShouldBe(Full);
        await c.Panel.Get<ApiKeys>().WriteUsesAsync(CancellationToken.None);
        var key = (await c.Panel.Get<AccountBook>().KeysAsync(c.Account.Id, CancellationToken.None)).ShouldHaveSingleItem();
        (key.Shown, key.LastUsedFrom, key.LastUsedAt).ShouldBe((c.Key[..8] + "…", "10.9.9.9", panels.Clock.GetUtcNow()));
        ApiKeys.HashText(c.Key).Contains(c.Key[4..], StringComparison.OrdinalIgnoreCase).ShouldBeFalse();
    }

    [Theory, BothStores]
    public async Task The_address_list_holds_addresses_and_networks_of_both_families(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        await AllowAsync(c, "203.0.113.7\n198.51.100.0/25\n2001:db8:1::5\n2001:db8:2::/48");
        foreach (var (address, allowed) in ((string, bool)[])
            [
                ("203.0.113.7", true), ("203.0.113.8", false), ("198.51.100.0", true), ("198.51.100.127", true), ("198.51.100.128", false), ("::ffff:203.0.113.7", true), ("2001:db8:1::5", true),
                ("2001:DB8:1:0:0:0:0:5", true), ("2001:db8:1::6", false), ("2001:db8:2:ffff::1", true), ("2001:db8:3::1", false), ("203.0.113.7:4711", true), ("[2001:db8:1::5]:443", true), ("10.0.0.1", false),
            ])
        {
            (await AsAsync(c, c.Key, "action=balance", address)).Ok().ShouldBe(allowed ? Full : NotAllowed, address);
        }

        await AllowAsync(c, "");
        (await AsAsync(c, c.Key, "action=balance", "10.0.0.1")).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task A_forwarded_address_counts_only_from_a_named_proxy_and_cannot_be_forged(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        await AllowAsync(c, "203.0.113.7");
        foreach (var (forwarded, allowed) in ((string, bool)[])
            [
                ("203.0.113.7", true), ("10.0.0.9, 203.0.113.7", true), ("203.0.113.7, 10.0.0.9", false), ("203.0.113.7, 192.0.2.44", true), ("203.0.113.7, 10.0.0.9, 192.0.2.44", false),
                ("203.0.113.7, nonsense", false), ("nonsense", false), ("", false), ("203.0.113.7,", false), ("203.0.113.7, 2001:db8:ffff::1, 192.0.2.1", true),
            ])
        {
            (await AsAsync(c, c.Key, "action=balance", forwarded)).Ok().ShouldBe(allowed ? Full : NotAllowed, $"'{forwarded}'");
        }

        // A panel that names no proxy looks at the socket alone.
        await using var alone = await TestPanel.StartAsync(kind);
        await alone.Get<AccountBook>().SetAddressesAsync(alone.Customer.Id, Listed("203.0.113.7"), CancellationToken.None);
        await alone.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        var forger = new ContractCustomer(alone, alone.Customer, System.Net.IPAddress.Parse("203.0.113.7"));
        (await forger.AskAsync("balance")).ShouldBe(NotAllowed);
        await alone.Get<AccountBook>().SetAddressesAsync(alone.Customer.Id, Listed("127.0.0.0/8"), CancellationToken.None);
        await alone.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        (await forger.AskAsync("balance")).ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task Each_key_has_a_limit_of_its_own_and_is_told_when_to_come_again(StoreKind kind)
    {
        var clock = new FakeTimeProvider();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        var c = new ContractCustomer(panel, panel.Customer, System.Net.IPAddress.Loopback);
        var second = (await IssueAsync(c, KeyScope.Order)).Key;
        var service = await panel.AddServiceAsync(rate: "1");
        for (var i = 0; i < 200; i++)
        {
            (await AsAsync(c, c.Key, i % 2 == 0 ? "action=balance" : "action=nonsense")).Status.ShouldBe(200);
        }

        var refused = await AsAsync(c, c.Key, FormOf([("action", "add"), .. Default(service.Id)]));
        (refused.Status, refused.ContentType, refused.RetryAfter, refused.Body).ShouldBe((429, "application/json", "1", Limited));
        (await AsAsync(c, second, "action=balance")).Ok().ShouldBe(Full);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        (await AsAsync(c, c.Key, "action=balance")).Ok().ShouldBe(Full);
        (await AsAsync(c, c.Key, "action=balance")).Status.ShouldBe(429);
        clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 100; i++)
        {
            (await AsAsync(c, c.Key, "action=balance")).Status.ShouldBe(200);
        }

        (await AsAsync(c, c.Key, "action=balance")).Status.ShouldBe(429);
    }

    [Theory, BothStores]
    public async Task Limits_are_the_operators_setting(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, new FakeTimeProvider());
        await panel.SetAsync("requests_per_second", "1");
        await panel.SetAsync("request_burst", "3");
        var c = new ContractCustomer(panel, panel.Customer, System.Net.IPAddress.Loopback);
        var answers = new List<ContractAnswer>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await AsAsync(c, c.Key, "action=balance"));
        }

        answers.Select(a => a.Status).ShouldBe([200, 200, 200, 429, 429]);
        answers[3].RetryAfter.ShouldBe("1");
    }

    [Theory, BothStores]
    public async Task Ten_wrong_keys_block_their_address_for_15_minutes_and_no_other(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        for (var i = 0; i < 12; i++)
        {
            (await AsAsync(c, "", "action=balance", "10.66.0.1")).Ok().ShouldBe(WrongKey, "a missing key is not a wrong one");
        }

        for (var i = 0; i < 10; i++)
        {
            (await AsAsync(c, "tly_wrong" + i, "action=balance", "10.66.0.1")).Ok().ShouldBe(WrongKey);
        }

        var blocked = await AsAsync(c, c.Key, "action=balance", "10.66.0.1");
        (blocked.Status, blocked.ContentType, blocked.RetryAfter, blocked.Body).ShouldBe((429, "application/json", "900", Limited));
        (await AsAsync(c, c.Key, "action=balance", "10.66.0.2")).Ok().ShouldBe(Full);
        panels.Clock.Advance(TimeSpan.FromMinutes(15));
        (await AsAsync(c, c.Key, "action=balance", "10.66.0.1")).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task Wrong_keys_spread_over_more_than_15_minutes_block_nobody(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        for (var i = 0; i < 20; i++)
        {
            (await AsAsync(c, "tly_wrong" + i, "action=balance", "10.66.1.1")).Ok().ShouldBe(WrongKey);
            panels.Clock.Advance(TimeSpan.FromSeconds(101));
        }

        (await AsAsync(c, c.Key, "action=balance", "10.66.1.1")).Ok().ShouldBe(Full);
    }

    private static AddressList Listed(string text) => AddressList.Parse(text).ShouldBeOfType<AddressListOutcome.Parsed>().List;

    private static async Task AllowAsync(ContractCustomer c, string addresses)
    {
        await c.Panel.Get<AccountBook>().SetAddressesAsync(c.Account.Id, Listed(addresses), CancellationToken.None);
        await c.Panel.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
    }

    private static async Task<IssuedKey> IssueAsync(ContractCustomer c, KeyScope scope)
    {
        var key = await c.Panel.Get<AccountBook>().IssueKeyAsync(c.Account.Id, "another", scope, CancellationToken.None);
        await c.Panel.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        return key;
    }

    private static async Task<ContractAnswer> AsAsync(ContractCustomer c, string key, string form, string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = new StringContent($"key={key}&{form}", Encoding.UTF8, Requests.Form) };
        if (from is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        }

        return await c.SendAsync(request);
    }
}
