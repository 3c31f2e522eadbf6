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
    private const int Orders = 200;

    [Theory, BothStores]
    public async Task Each_order_reaches_the_provider_exactly_once_though_sender_and_provider_are_killed(StoreKind kind)
    {
        await using var chain = await ProcessChain.CreateAsync(kind);
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
        (await upstream.BalanceAsync(chain.Reseller.Key.Key)).ShouldBe("996"); // 200 × 10 at 2 for 1,000
        await PairsAreEqualAsync(chain);
        (await chain.First.VerifyAsync()).ShouldBe(Orders);
        (await chain.Second.VerifyAsync()).ShouldBe(Orders);
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
        await book.MoveAsync(provider.Id, new Uri(again.Address, "/api/v2"), chain.Reseller.Key.Key, CancellationToken.None);
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
