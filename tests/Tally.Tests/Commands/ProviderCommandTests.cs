using Shouldly;
using Tally.Demo;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class ProviderCommandTests
{
    private const string Key = "the-key-there-0123456789", Url = "https://panel.example/api/v2";

    [Theory, BothStores]
    public async Task Providers_are_added_listed_paused_and_resumed_and_their_keys_stay_secret(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var said = (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldSucceed();
        said.Lines.ShouldBe(["provider 1 up https://panel.example/api/v2", "Next: tally services import --provider up"]);
        var second = await tally.JsonAsync("provider", "add", "down", "http://panel.example/api/v2?x=a%2Fb", Key, "--references", "--allow-private");
        second.GetProperty("references").GetBoolean().ShouldBeTrue();
        second.GetProperty("allowPrivate").GetBoolean().ShouldBeTrue();
        second.GetProperty("url").GetString().ShouldBe("http://panel.example/api/v2?x=a%2Fb");

        (await tally.RunAsync("provider", "pause", "UP", "--reason", "prices doubled")).ShouldSucceed().Lines.ShouldBe(["up is paused: prices doubled"]);
        var list = (await tally.RunAsync("provider", "list")).ShouldSucceed();
        list.Lines.Length.ShouldBe(2);
        list.Lines[0].ShouldMatch("^ +1  up +https://panel.example/api/v2  paused: prices doubled  health -  balance -  16 at once, 5/30 s$");
        list.Lines[1].ShouldContain("  active  ");
        var json = await tally.JsonAsync("provider", "list");
        json[0].GetProperty("paused").GetBoolean().ShouldBeTrue();
        json[0].GetProperty("pauseReason").GetString().ShouldBe("prices doubled");
        (list.Output + json.GetRawText() + said.Output + second.GetRawText()).ShouldNotContain(Key);
        (await tally.JsonAsync("provider", "resume", "up")).GetProperty("paused").GetBoolean().ShouldBeFalse();
        (await tally.RunAsync("provider", "list")).ShouldSucceed().Lines[0].ShouldContain("  active  ");
    }

    [Theory, BothStores]
    public async Task What_cannot_be_a_provider_is_refused(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("provider", "add", "up", "panel.example/api", Key)).ShouldFail("'panel.example/api' is no http(s) address");
        (await tally.RunAsync("provider", "add", "up", "ftp://panel.example/api", Key)).ShouldFail("no http(s) address");
        (await tally.RunAsync("provider", "add", " ", Url, Key)).ShouldFail("needs a name and a key");
        (await tally.RunAsync("provider", "add", "up", Url, "")).ShouldFail("needs a name and a key");
        (await tally.RunAsync("provider", "add", "up", Url)).ShouldFail("needs a name and a key");
        (await tally.RunAsync("provider", "list")).ShouldSucceed().Output.ShouldBeEmpty();
        (await tally.JsonAsync("provider", "list")).GetArrayLength().ShouldBe(0);

        (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldSucceed();
        (await tally.RunAsync("provider", "add", "up", Url, Key)).ShouldFail("There is a provider named 'up' already.");
        (await tally.RunAsync("provider", "add", "Up", Url, Key)).ShouldFail("There is a provider named 'up' already.");
        foreach (var command in (string[])["test", "pause", "resume", "set"])
        {
            (await tally.RunAsync("provider", command, "nobody")).ShouldFail("There is no provider named 'nobody'.");
        }
    }

    [Theory, BothStores]
    public async Task Everything_about_a_provider_can_be_set(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.JsonAsync("settings", "set", "currency", "VND");
        var added = await tally.JsonAsync(
            "provider", "add", "up", Url, Key, "--timeout", "20", "--connect-timeout", "2", "--concurrency", "4", "--calls-per-second", "10", "--extra", "token=very-secret", "--extra", "lang=en",
            "--currency", "USD", "--rate", "25400.5", "--low-balance", "12.5");
        (added.GetProperty("timeoutS").GetInt32(), added.GetProperty("connectTimeoutS").GetInt32(), added.GetProperty("concurrency").GetInt32(), added.GetProperty("callsPerSecond").GetInt32())
            .ShouldBe((20, 2, 4, 10));
        added.GetProperty("extra").EnumerateArray().Select(e => e.GetString()).ShouldBe(["lang", "token"]);
        (added.GetProperty("currency").GetString(), added.GetProperty("exchangeRate").GetString(), added.GetProperty("lowBalance").GetString()).ShouldBe(("USD", "25400.5", "12.5"));
        added.GetRawText().ShouldNotContain("very-secret");

        var said = (await tally.RunAsync("provider", "set", "UP", "--references", "--timeout", "30", "--no-extra", "--low-balance", "none")).ShouldSucceed();
        said.Lines.ShouldHaveSingleItem().ShouldEndWith("active  health -  balance -  4 at once, 10/s, 2/30 s, USD at 25400.5");
        var set = (await tally.JsonAsync("provider", "list"))[0];
        (set.GetProperty("references").GetBoolean(), set.GetProperty("allowPrivate").GetBoolean(), set.GetProperty("extra").GetArrayLength(), set.GetProperty("lowBalance").GetString())
            .ShouldBe((true, false, 0, null));
        (await tally.JsonAsync("provider", "set", "up", "--references", "false", "--currency", "panel")).GetProperty("references").GetBoolean().ShouldBeFalse();
        (await tally.RunAsync("provider", "set", "up")).ShouldFail("Say what is to be different");
        (await tally.RunAsync("provider", "set", "up", "--timeout", "41")).ShouldFail("1 to 40");
        (await tally.RunAsync("provider", "set", "up", "--extra", "key=1")).ShouldFail("a parameter of the API itself");
        (await tally.RunAsync("provider", "set", "up", "--rate", "0")).ShouldFail("exchange rate");
    }

    [Theory, BothStores]
    public async Task A_key_from_standard_input_is_used_by_a_node_and_stands_nowhere(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        (await TypedAsync(Key, () => tally.RunAsync("provider", "add", "up", upstream.Url.ToString(), "--key-stdin", "--allow-private"))).ShouldSucceed().Output.ShouldNotContain(Key);
        (await tally.RunAsync("provider", "test", "up")).Code.ShouldBe(1, "that key is not the right one");
        (await TypedAsync(upstream.Key, () => tally.RunAsync("provider", "set", "up", "--key-stdin"))).ShouldSucceed().Output.ShouldNotContain(upstream.Key);
        (await TypedAsync("", () => tally.RunAsync("provider", "set", "up", "--key-stdin"))).ShouldFail("no key");
        (await TypedAsync("x", () => tally.RunAsync("provider", "set", "up", "--key", "y", "--key-stdin"))).ShouldFail("Give the key once");

        await using var node = await TestPanel.JoinAsync(tally.Database);
        node.Get<ProviderBook>().Current.Values.ShouldHaveSingleItem().Key.ShouldBe(upstream.Key);
        (await tally.RunAsync("provider", "test", "up")).ShouldSucceed();
    }

    [Theory, BothStores]
    public async Task The_list_tells_health_balance_and_what_is_wrong(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.JsonAsync("provider", "add", "up", Url, Key, "--low-balance", "20", "--currency", "EUR");
        await tally.ExecuteAsync("INSERT INTO provider_balances (provider_id, due_at, amount, currency, asked_at, problem) VALUES (1, 1, '12.5', 'USD', 1, 'No answer.')");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await tally.ExecuteAsync($"INSERT INTO provider_health (provider_id, bucket, calls, failures, total_ms, last_failure, last_failure_at) VALUES (1, {now - 300_000}, 200, 3, 24000, 'add: silence', {now - 330_000})");
        var list = (await tally.RunAsync("provider", "list")).ShouldSucceed();
        list.Lines.Length.ShouldBe(4);
        list.Lines[0].ShouldEndWith("  active  health 98 (200 calls, 120 ms)  balance 12.5 USD (limit 20)  16 at once, 5/30 s, EUR at 1");
        list.Lines[1].ShouldBe("      last failure 5 min ago: add: silence");
        list.Lines[2].ShouldBe("      no balance: No answer.");
        list.Lines[3].ShouldStartWith("      warning: It says that its amounts are in USD, and they are taken for EUR.");
        var json = (await tally.JsonAsync("provider", "list"))[0];
        (json.GetProperty("health").GetProperty("score").GetInt32(), json.GetProperty("balance").GetProperty("amount").GetString()).ShouldBe((98, "12.5"));
        json.GetProperty("warning").GetString()!.ShouldContain("USD");
    }

    [Fact]
    public async Task A_test_tells_the_balance_there_or_what_is_wrong()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Balance = 4_321, Currency = "EUR" });
        await tally.JsonAsync("provider", "add", "good", upstream.Url.ToString(), upstream.Key, "--allow-private");
        await tally.JsonAsync("provider", "add", "locked", upstream.Url.ToString(), Key, "--allow-private");
        await tally.JsonAsync("provider", "add", "private", upstream.Url.ToString(), upstream.Key);
        await tally.JsonAsync("provider", "add", "silent", $"http://127.0.0.1:{LoopbackPort.Free()}/api/v2", Key, "--allow-private");

        (await tally.RunAsync("provider", "test", "good")).ShouldSucceed().Lines.ShouldHaveSingleItem().ShouldMatch(@"^good: balance 4321 EUR \(\d+ ms\), \d+ services \(\d+ ms\)$");
        (await tally.JsonAsync("provider", "test", "good")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        foreach (var (name, words) in new[] { ("locked", "it refuses: "), ("private", "private"), ("silent", "refused") })
        {
            var said = await tally.RunAsync("provider", "test", name);
            said.Code.ShouldBe(1, name);
            said.Lines.ShouldHaveSingleItem().ShouldStartWith(name + ": ");
            said.Output.ShouldContain(words, Case.Insensitive);
            said.Output.ShouldNotContain(Key);
            said.Errors.ShouldBeEmpty();
            var json = (await tally.RunAsync("provider", "test", name, "--json")).Json;
            json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        }
    }

    private static async Task<T> TypedAsync<T>(string line, Func<Task<T>> run)
    {
        var before = Console.In;
        using var typed = new StringReader(line);
        Console.SetIn(typed);
        try
        {
            return await run();
        }
        finally
        {
            Console.SetIn(before);
        }
    }
}
