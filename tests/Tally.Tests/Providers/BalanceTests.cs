using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tally.Demo;
using Tally.Operations;
using Tally.Providers;
using Tally.Providers.Workers;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Providers;

/// <summary>Our balances at providers: polled by one node, alerts when low, and a provider paused for funds that goes on when it was topped up.</summary>
public sealed class BalanceTests
{
    [Theory, BothStores]
    public async Task The_balance_is_asked_for_when_it_is_due_and_by_one_node(StoreKind kind)
    {
        await using var polled = await Polled.StartAsync(kind);
        await using var node = await TestPanel.JoinAsync(polled.Panel.Database, polled.Clock, also: b => b.Services.AddSingleton<PollBalances>());
        await node.Get<ProviderBook>().RefreshAsync(CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            await Task.WhenAll(polled.TurnAsync(), node.Get<PollBalances>().RunOnceAsync(CancellationToken.None));
        }

        polled.Asked.ShouldBe(1);
        (await polled.BalanceAsync()).ShouldBe(new ProviderBalance(polled.Provider.Id, 100.5m, "USD", polled.Now, null));
        await polled.Panel.SetAsync("balance_interval_s", "20");
        polled.Clock.Move(TimeSpan.FromSeconds(299));
        await polled.TurnAsync();
        polled.Asked.ShouldBe(1);
        polled.Clock.Move(TimeSpan.FromSeconds(1));
        await polled.TurnAsync();
        polled.Asked.ShouldBe(2);
        polled.Clock.Move(TimeSpan.FromSeconds(20));
        await polled.TurnAsync();
        polled.Asked.ShouldBe(3);
    }

    [Theory, BothStores]
    public async Task A_low_balance_raises_an_alert_and_a_high_one_ends_it(StoreKind kind)
    {
        await using var polled = await Polled.StartAsync(kind);
        await polled.Panel.Get<SaveProvider>().ChangeAsync(polled.Provider.Id, new ProviderChange { LowBalance = "100.5" }, CancellationToken.None);
        await polled.NextAsync();
        (await polled.AlertsAsync()).ShouldBeEmpty();
        polled.Upstream.Balance = 100.49m;
        await polled.NextAsync();
        var alert = (await polled.AlertsAsync()).ShouldHaveSingleItem();
        (alert.Kind, alert.Subject, alert.Text).ShouldBe((AlertKind.ProviderBalance, "provider upstream", "The balance there is 100.49 USD, below 100.5. Top it up."));
        polled.Upstream.Balance = 1000;
        await polled.NextAsync();
        (await polled.AlertsAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_provider_paused_for_funds_goes_on_when_the_balance_has_risen_above_what_it_was(StoreKind kind)
    {
        await using var polled = await Polled.StartAsync(kind);
        await polled.TurnAsync();
        polled.Upstream.Balance = 3;
        await polled.Book.PauseForAsync(polled.Provider, PauseKind.Funds, "Not enough funds", CancellationToken.None);
        await polled.TurnAsync();
        polled.Asked.ShouldBe(2, "asked at once, and not only when the interval is over");
        (polled.Paused, (await polled.AlertsAsync()).Count).ShouldBe((true, 1));

        foreach (var same in new[] { 3m, 2m, 3m })
        {
            polled.Upstream.Balance = same;
            polled.Clock.Move(TimeSpan.FromSeconds(30));
            await polled.TurnAsync();
            polled.Paused.ShouldBeTrue($"{same} is not above 3");
        }

        polled.Asked.ShouldBe(5);
        polled.Upstream.Balance = 3.01m;
        polled.Clock.Move(TimeSpan.FromSeconds(29));
        await polled.TurnAsync();
        polled.Paused.ShouldBeTrue();
        polled.Clock.Move(TimeSpan.FromSeconds(1));
        await polled.TurnAsync();
        (polled.Paused, (await polled.AlertsAsync()).Count).ShouldBe((false, 0));

        // The next time it counts from what the balance is then.
        await polled.Book.PauseForAsync(polled.Provider, PauseKind.Funds, "Not enough funds", CancellationToken.None);
        await polled.TurnAsync();
        polled.Paused.ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task A_provider_paused_by_hand_stays_so_whatever_the_balance(StoreKind kind)
    {
        await using var polled = await Polled.StartAsync(kind);
        await polled.Book.PauseAsync(polled.Provider.Id, "by hand", CancellationToken.None);
        await polled.NextAsync();
        polled.Upstream.Balance = 1_000_000;
        await polled.NextAsync();
        (polled.Asked, polled.Paused).ShouldBe((2, true));
    }

    [Theory, BothStores]
    public async Task No_answer_leaves_the_last_amount_and_a_refused_key_pauses(StoreKind kind)
    {
        await using var polled = await Polled.StartAsync(kind);
        await polled.NextAsync();
        polled.Upstream.Faults.Next(SimulatedAction.Balance, new Fault.Html(), calls: 3);
        await polled.NextAsync();
        (await polled.BalanceAsync()).ShouldSatisfyAllConditions(b => b.Amount.ShouldBe(100.5m), b => b.Problem!.ShouldContain("A page instead of JSON"));
        await polled.NextAsync();
        (await polled.BalanceAsync()).Problem.ShouldBeNull();

        await polled.Panel.Get<SaveProvider>().ChangeAsync(polled.Provider.Id, new ProviderChange { Key = "a-wrong-key-0123456789" }, CancellationToken.None);
        await polled.NextAsync();
        polled.Book.Current[polled.Provider.Id].PauseKind.ShouldBe(PauseKind.Access);
        (await polled.AlertsAsync()).ShouldHaveSingleItem().Kind.ShouldBe(AlertKind.ProviderAccess);
        (await polled.BalanceAsync()).Problem.ShouldBe(polled.Book.Current[polled.Provider.Id].PauseReason);
        await polled.Panel.Get<SaveProvider>().ChangeAsync(polled.Provider.Id, new ProviderChange { Key = polled.Upstream.Key }, CancellationToken.None);
        (polled.Paused, (await polled.AlertsAsync()).Count).ShouldBe((false, 0));
    }

    [Fact]
    public void Another_currency_than_the_one_its_amounts_are_taken_for_is_told()
    {
        var provider = new Provider(1, "up", new Uri("https://panel.example"), "key", false, false, null, 16);
        ListProviders.Warning(provider, "USD", "VND")!.ShouldContain("in USD, and they are taken for VND");
        ListProviders.Warning(provider with { Currency = "EUR" }, "USD", "USD")!.ShouldContain("taken for EUR");
        ListProviders.Warning(provider with { Currency = "USD" }, "usd", "VND").ShouldBeNull();
        ListProviders.Warning(provider, "VND", "VND").ShouldBeNull();
        ListProviders.Warning(provider, null, "VND").ShouldBeNull();
    }

    /// <summary>A panel whose loop the test turns, and a provider with 100.5 USD of ours.</summary>
    private sealed class Polled : IAsyncDisposable
    {
        private Polled(TestPanel panel, SimulatedProvider upstream, Provider provider, MovableClock clock) => (Panel, Upstream, Provider, Clock) = (panel, upstream, provider, clock);

        public TestPanel Panel { get; }

        public SimulatedProvider Upstream { get; }

        public Provider Provider { get; }

        public MovableClock Clock { get; }

        public ProviderBook Book => Panel.Get<ProviderBook>();

        public bool Paused => Book.Current[Provider.Id].Paused;

        public long Asked => Upstream.Received.Total(SimulatedAction.Balance);

        public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

        public static async Task<Polled> StartAsync(StoreKind kind)
        {
            var clock = new MovableClock();
            clock.Stop();
            var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Balance = 100.5m, Currency = "USD" });
            var panel = await TestPanel.StartAsync(kind, clock, also: b => b.Services.AddSingleton<PollBalances>());
            return new Polled(panel, upstream, await panel.AddProviderAsync(upstream.Url, upstream.Key), clock);
        }

        public Task TurnAsync() => Panel.Get<PollBalances>().RunOnceAsync(CancellationToken.None);

        /// <summary>The next regular question.</summary>
        public Task NextAsync()
        {
            Clock.Move(TimeSpan.FromMinutes(5));
            return TurnAsync();
        }

        public async Task<ProviderBalance> BalanceAsync() => (await Panel.Get<ProviderBalances>().ReadAsync(CancellationToken.None))[Provider.Id];

        public Task<IReadOnlyList<Alert>> AlertsAsync() => Panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await Panel.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}
