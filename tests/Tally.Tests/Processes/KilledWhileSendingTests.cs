using System.Globalization;
using Shouldly;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>Orders are on their way to a provider that knows references, and first the sender is killed, then the provider: each order arrives once.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class KilledWhileSendingTests
{
    private const int Orders = 400;

    /// <summary>So slow, for so many orders, that no machine has sent everything before the sender is killed, nor before the provider is.</summary>
    private const string CallsPerSecond = "20";

    [Theory, BothStores]
    public async Task Each_order_reaches_the_provider_exactly_once_though_sender_and_provider_are_killed(StoreKind kind)
    {
        await using var chain = await ProcessChain.CreateAsync(kind);
        await chain.First.RunAsync("provider", "set", ProcessChain.ProviderName, "--calls-per-second", CallsPerSecond);
        await PlaceAsync(chain);
        var sender = await chain.First.ServeAsync();
        await TestPanel.WaitAsync(async () => await chain.CountAsync(SendState.Sent) >= 20, "twenty orders are sent", 60);
        await sender.KillAsync();
        (await chain.CountAsync(SendState.Sent)).ShouldBeLessThan(Orders, "all was sent before the kill");

        await LetLeasesEndAsync(chain);
        await using var second = await SendOnAsync(chain);
        await TestPanel.WaitAsync(async () => await chain.CountAsync(SendState.Sent) == Orders, "all orders are sent", 120);

        var (here, there) = (await chain.First.QueryAsync<string>("SELECT provider_order FROM orders"), await chain.Second.QueryAsync<long>("SELECT id FROM orders"));
        here.ShouldBe(there.Select(id => id.ToString(CultureInfo.InvariantCulture)), ignoreOrder: true);
        there.Count.ShouldBe(Orders);
        using var upstream = new ApiCaller(second.Address);
        (await upstream.BalanceAsync(chain.Reseller.Key.Key)).ShouldBe("992"); // 400 × 10 at 2 for 1,000
        await PairsAreEqualAsync(chain);
        (await chain.First.VerifyAsync()).ShouldBe(Orders);
        (await chain.Second.VerifyAsync()).ShouldBe(Orders);
    }

    [Theory, BothStores]
    public async Task An_order_that_the_provider_may_have_is_not_paid_back_before_the_provider_has_cancelled_it(StoreKind kind)
    {
        await using var chain = await ProcessChain.CreateAsync(kind);
        var sender = await chain.First.ServeAsync();
        using var caller = new ApiCaller(sender.Address);
        long order;
        await using (await StoreLock.HoldAsync(chain.Second, chain.Reseller.Id))
        {
            order = await chain.AddAsync(caller, 1000, "in-doubt");
            await TestPanel.WaitAsync(async () => await chain.CountAsync(SendState.Sending) == 1, "the order is being sent", 60);
            await StoreLock.WaitedForAsync(chain.Second);
            await sender.KillAsync();
        }

        await TestPanel.WaitAsync(async () => await chain.Second.CountAsync("SELECT COUNT(*) FROM orders") == 1, "the provider has the order, and nobody heard of it", 60);
        await chain.First.RunAsync("provider", "pause", ProcessChain.ProviderName);
        await LetLeasesEndAsync(chain);
        using var again = new ApiCaller((await chain.First.ServeAsync()).Address);
        await TestPanel.WaitAsync(async () => await chain.CountAsync(SendState.Sending) == 0, "the order is taken over", 60);

        var answer = await again.CallAsync(chain.Customer.Key.Key, "cancel", ("orders", order.ToString(CultureInfo.InvariantCulture)));
        answer[0].GetProperty("cancel").GetInt32().ShouldBe(1, answer.ToString());
        (await again.StatusAsync(chain.Customer.Key.Key, order)).ShouldBe("Processing");
        (await again.BalanceAsync(chain.Customer.Key.Key)).ShouldBe("997");

        // Sent again under its reference it turns out to be there already; only then can the request be passed on.
        await chain.First.RunAsync("provider", "resume", ProcessChain.ProviderName);
        var there = await chain.SentAsync(order);
        await TestPanel.WaitAsync(
            async () => await chain.Second.CountAsync("SELECT COUNT(*) FROM cancels WHERE order_id = @there", new { there }) == 1, "the request to cancel has reached the provider", 60);
        await chain.SettleThereAsync(there, "Canceled");
        await TestPanel.WaitAsync(async () => await again.StatusAsync(chain.Customer.Key.Key, order) == "Canceled", "the order is cancelled", 60);
        (await again.BalanceAsync(chain.Customer.Key.Key)).ShouldBe("1000");
        (await chain.First.VerifyAsync()).ShouldBe(1);
        (await chain.Second.VerifyAsync()).ShouldBe(1);
    }

    /// <summary>Orders at a node that does not send.</summary>
    private static async Task PlaceAsync(ProcessChain chain)
    {
        await using var web = await chain.First.ServeAsync("--roles", "web");
        using var caller = new ApiCaller(web.Address);
        await Task.WhenAll(Enumerable.Range(0, Orders).Select(n => chain.AddAsync(caller, 10, "o" + n)));
        (await web.StopAsync()).ShouldBe(0);
        (await chain.CountAsync(SendState.Ready)).ShouldBe(Orders);
    }

    // A SQLite store has one process, which takes over at once. On PostgreSQL the dead node's leases first run out: the test does not wait for that.
    private static async Task LetLeasesEndAsync(ProcessChain chain)
    {
        if (chain.First.Kind == StoreKind.Postgres)
        {
            await chain.First.ExecuteAsync("UPDATE orders SET due_at = 1 WHERE send_state = @sending", new { sending = (int)SendState.Sending });
        }
    }

    /// <summary>Starts the sender again, and in the middle of its work kills the provider, which comes back at another address.</summary>
    private static async Task<TallyProcess> SendOnAsync(ProcessChain chain)
    {
        await chain.First.ServeAsync();
        var before = await chain.CountAsync(SendState.Sent);
        await TestPanel.WaitAsync(async () => await chain.CountAsync(SendState.Sent) > before, "another order is sent", 60);
        await chain.Upstream.KillAsync();

        var again = await chain.Second.ServeAsync();
        var book = chain.First.Get<ProviderBook>();
        var provider = await book.FindAsync(ProcessChain.ProviderName, CancellationToken.None);
        await chain.First.Get<SaveProvider>().MoveAsync(provider.Id, new Uri(again.Address, "/api/v2"), chain.Reseller.Key.Key, CancellationToken.None);
        return again;
    }

    /// <summary>The order that the provider has under an id is the very order that was sent to get it.</summary>
    private static async Task PairsAreEqualAsync(ProcessChain chain)
    {
        var sent = (await chain.First.QueryAsync<(string There, string Link)>("SELECT provider_order, link FROM orders")).ToDictionary(o => o.There, o => o.Link);
        var taken = await chain.Second.QueryAsync<(long Id, string Link)>("SELECT id, link FROM orders");
        taken.ShouldAllBe(o => sent[o.Id.ToString(CultureInfo.InvariantCulture)] == o.Link);
    }
}
