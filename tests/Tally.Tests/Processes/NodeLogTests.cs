using System.Globalization;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>What a node prints: one JSON object a line, and never a key, whatever went wrong.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class NodeLogTests
{
    private const string ProviderKey = "provider-key/4711+geheim";

    [Theory, BothStores]
    public async Task A_node_that_had_much_to_complain_of_printed_JSON_lines_and_no_key(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        await using var gossip = await GossipingProvider.StartAsync();
        var customer = await panel.OpenAccountAsync("customer@example.com");
        panel.Keys.Add(ProviderKey);
        var manual = await panel.AddServiceAsync();
        var sent = await BindAsync(panel, gossip);
        await panel.SetAsync("wrong_keys_per_address", "3");

        var node = await panel.ServeAsync();
        using var caller = new ApiCaller(node.Address);
        await AskInEveryWayAsync(caller, customer.Key.Key, manual);
        await SendToGossipAsync(panel, gossip, caller, customer.Key.Key, sent);
        await BreakStoreAsync(panel, caller, customer.Key.Key, manual);
        var wrong = await BlockAsync(caller);
        (await node.StopAsync()).ShouldBe(0);

        var everything = node.Output.Concat(node.Errors).ToList();
        foreach (var (words, what) in new[] { ("Alert ProviderFunds, provider gossip", "the provider's words"), ("ledger_wallets", "the store's failure"), ("is blocked for 15 minutes", "the block") })
        {
            everything.ShouldContain(line => line.Contains(words), $"{what} should have been logged, else this test sees nothing\n{string.Join('\n', everything)}");
        }

        node.ShouldKeepSecrets([.. panel.Keys, wrong]);
        node.ShouldPrintJsonLines();
    }

    [Fact]
    public async Task Two_nodes_of_a_chain_that_were_killed_and_stopped_printed_JSON_lines_and_no_key()
    {
        await using var chain = await ProcessChain.CreateAsync(StoreKind.Sqlite);
        var first = await chain.First.ServeAsync();
        using (var caller = new ApiCaller(first.Address))
        {
            await chain.SentAsync(await chain.AddAsync(caller, 100, "before"));
            await chain.Upstream.KillAsync();
            var order = await chain.AddAsync(caller, 100, "after");
            await TestPanel.WaitAsync(
                async () => (await chain.First.QueryAsync<string?>("SELECT note FROM orders WHERE id = @order", new { order })).Single() is not null, "the order could not be sent", 60);
            await TestPanel.WaitAsync(() => Task.FromResult(first.Output.Any(line => line.Contains("did not answer for"))), "the lost provider is logged", 60);
        }

        await first.KillAsync();
        var again = await chain.First.ServeAsync();
        (await again.StopAsync()).ShouldBe(0);
        foreach (var node in new[] { chain.Upstream, first, again })
        {
            node.ShouldKeepSecrets([.. chain.First.Keys, .. chain.Second.Keys]);
            node.ShouldPrintJsonLines();
        }
    }

    [Theory]
    [InlineData("{\"Message\":\"key tly_abcdef\"}", "tly_abcdef")]
    [InlineData("{\"Message\":\"key tly%5Fabcdef\"}", "tly_abcdef")]
    [InlineData("{\"Message\":\"key a\\u002Bb\"}", "a+b")]
    public void A_planted_key_is_found(string line, string key) => NodeLogs.FindKey(line, [key]).ShouldBe(key);

    /// <summary>A service of a provider that repeats what it is told, key and all.</summary>
    private static async Task<string> BindAsync(ProcessPanel panel, GossipingProvider gossip)
    {
        await panel.RunAsync("provider", "add", "gossip", gossip.Url + "?key=" + Uri.EscapeDataString(ProviderKey), ProviderKey, "--allow-private");
        var service = await panel.AddServiceAsync();
        await panel.RunAsync("services", "set", service, "--provider", "gossip", "--provider-service", "1", "--on-refusal", "hold");
        return service;
    }

    private static async Task AskInEveryWayAsync(ApiCaller caller, string key, string service)
    {
        (await caller.PageAsync($"/api/v2?key={key}&action=balance")).ShouldContain("balance");
        (await caller.PageAsync($"/api/v2?api_token={key}&action=nothing")).ShouldContain("Incorrect request");
        (await caller.PageAsync($"/nowhere/{key}?key={key}")).ShouldNotContain(key);
        (await caller.AddAsync(key, ("service", service), ("link", $"https://example.com/?key={key}"), ("quantity", "100"), ("order_reference", key))).IsAccepted.ShouldBeTrue();
        (await caller.AddAsync(key, ("service", service), ("link", "no link " + key), ("quantity", "100"))).Code.ShouldBe("bad_link");
    }

    private static async Task SendToGossipAsync(ProcessPanel panel, GossipingProvider gossip, ApiCaller caller, string key, string service)
    {
        foreach (var (words, state) in new[] { ("Bad link for ", 5), ("Not enough funds on balance for ", 1) })
        {
            gossip.Words = words;
            var order = (await caller.AddAsync(key, ("service", service), ("link", "https://example.com/" + state), ("quantity", "100"))).Order;
            await TestPanel.WaitAsync(
                async () => await panel.CountAsync("SELECT COUNT(*) FROM orders WHERE id = @order AND send_state = @state AND note IS NOT NULL", new { order, state }) == 1, words, 60);
            var shown = await TallyProgram.TryAsync(panel.Database, "order", "show", order!.Value.ToString(CultureInfo.InvariantCulture));
            shown.Output.ShouldContain(words);
            NodeLogs.FindKey(shown.Output, [ProviderKey]).ShouldBeNull(shown.Output);
        }
    }

    /// <summary>Orders while a table is missing: an exception in the middle of the intake.</summary>
    private static async Task BreakStoreAsync(ProcessPanel panel, ApiCaller caller, string key, string service)
    {
        await panel.ExecuteAsync("ALTER TABLE ledger_wallets RENAME TO gone_wallets");
        var refused = await caller.AddAsync(key, ("service", service), ("link", $"https://example.com/{key}"), ("quantity", "100"), ("order_reference", "x" + key));
        refused.ShouldBe(new AddAnswer(null, "Service temporarily unavailable", "unavailable"));
        await panel.ExecuteAsync("ALTER TABLE gone_wallets RENAME TO ledger_wallets");
        (await caller.AddAsync(key, ("service", service), ("link", $"https://example.com/{key}"), ("quantity", "100"), ("order_reference", "x" + key))).IsAccepted.ShouldBeTrue();
        await panel.VerifyAsync();
    }

    private static async Task<string> BlockAsync(ApiCaller caller)
    {
        const string wrong = "tly_wrong-wrong-wrong-wrong-wrong-wrong-wrong";
        for (var i = 0; i < 3; i++)
        {
            (await caller.CallAsync(wrong, "balance")).GetProperty("error").GetString().ShouldBe("Invalid API key");
        }

        (await caller.CallAsync(wrong, "balance")).GetProperty("error").GetString().ShouldBe("Rate limit exceeded");
        return wrong;
    }
}
