using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary><c>key …</c> and <c>addresses set</c>.</summary>
[Collection(nameof(CommandLine))]
public sealed class KeyCommandTests
{
    [Theory, BothStores]
    public async Task Keys_are_issued_listed_and_revoked_and_only_issuing_shows_them(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var first = await tally.AddUserAsync("an@example.com");
        var said = (await tally.RunAsync("key", "add", "an@example.com", "--name", "máy chủ", "--scope", "read")).ShouldSucceed();
        said.Lines[0].ShouldMatch(@"^key \d+: tly_[A-Za-z0-9_-]{43}$");
        var (id, second) = (said.Lines[0].Split(' ')[1].TrimEnd(':'), said.Lines[0].Split(' ')[2]);
        var third = await tally.JsonAsync("key", "add", "an@example.com");
        new[] { first, second, third.GetProperty("key").GetString() }.Distinct().Count().ShouldBe(3);

        (await tally.RunAsync("key", "revoke", id)).ShouldSucceed().Lines.ShouldBe([$"key {id} is revoked"]);
        var list = (await tally.RunAsync("key", "list", "an@example.com")).ShouldSucceed();
        list.Lines.Length.ShouldBe(3);
        list.Lines[0].ShouldMatch(@"^ +\d+ .*tly_.{4}….*Order +key +never used$");
        list.Lines[1].ShouldMatch($@"^ +{id} .*Read +máy chủ +revoked \d{{4}}-\d\d-\d\d ");
        list.Output.ShouldNotContain(second);
        var json = await tally.JsonAsync("key", "list", "an@example.com");
        json.EnumerateArray().Select(k => k.GetProperty("scope").GetString()).ShouldBe(["order", "read", "order"]);
        json[1].GetProperty("revokedAt").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.String);
        json.GetRawText().ShouldNotContain(first);
    }

    [Theory, BothStores]
    public async Task What_no_key_can_be_made_of_or_revoked_is_said_clearly(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        (await tally.RunAsync("key", "add", "nobody@example.com")).ShouldFail("There is no account for nobody@example.com.");
        (await tally.RunAsync("key", "list", "nobody@example.com")).ShouldFail("There is no account for nobody@example.com.");
        (await tally.RunAsync("key", "add", "an@example.com", "--name", " ")).ShouldFail("name");
        (await tally.RunAsync("key", "add", "an@example.com", "--name", new string('x', 101))).ShouldFail("100 characters");
        (await tally.RunAsync("key", "add", "an@example.com", "--name", "two\nlines")).ShouldFail("name");
        (await tally.RunAsync("key", "add", "an@example.com", "--scope", "everything")).ShouldBeMisspelt("everything");
        (await tally.RunAsync("key", "add", "an@example.com", "--scope", "7")).Code.ShouldBe(1);
        (await tally.RunAsync("key", "revoke", "99")).ShouldFail("There is no key 99 that could be revoked.");
        (await tally.RunAsync("key", "revoke", "first")).ShouldBeMisspelt("first");
        (await tally.JsonAsync("key", "revoke", "1")).GetProperty("revoked").GetBoolean().ShouldBeTrue();
        (await tally.RunAsync("key", "revoke", "1")).ShouldFail("There is no key 1 that could be revoked.");
        (await tally.JsonAsync("key", "list", "an@example.com")).GetArrayLength().ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task An_address_list_is_set_normalised_and_taken_away(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        (await tally.RunAsync("addresses", "set", "an@example.com", "192.0.2.7, 10.1.2.3/8\n2001:DB8::1")).ShouldSucceed()
            .Lines.ShouldBe(["an@example.com: 192.0.2.7, 10.0.0.0/8, 2001:db8::1"]);
        (await tally.RunAsync("user", "show", "an@example.com")).ShouldSucceed().Lines[2].ShouldBe("addresses 192.0.2.7 10.0.0.0/8 2001:db8::1");
        (await tally.RunAsync("addresses", "set", "an@example.com", "192.0.2.300,10.0.0.0/8,abc")).ShouldFail("line 1: '192.0.2.300': not an IPv4 or IPv6 address", "'abc'");
        (await tally.RunAsync("user", "show", "an@example.com")).ShouldSucceed().Lines[2].ShouldContain("192.0.2.7");
        var json = await tally.JsonAsync("addresses", "set", "an@example.com", "");
        json.GetProperty("addresses").GetArrayLength().ShouldBe(0);
        (await tally.RunAsync("user", "show", "an@example.com")).ShouldSucceed().Lines[2].ShouldBe("addresses all");
        (await tally.RunAsync("addresses", "set", "nobody@example.com", "")).ShouldFail("There is no account for nobody@example.com.");
    }
}
