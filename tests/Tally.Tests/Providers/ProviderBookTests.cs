using Shouldly;
using Tally.Contract;
using Tally.Demo;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class ProviderBookTests
{
    [Theory, BothStores]
    public async Task A_provider_is_found_by_its_name_and_calls_go_out_with_its_key(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Balance = 12.5m });
        await panel.AddProviderAsync(upstream.Url, upstream.Key, references: true, name: "Upstream");
        var found = await panel.Get<ProviderBook>().FindAsync("uPSTREAM", CancellationToken.None);
        (found.Name, found.Url, found.SupportsReferences, found.AllowPrivate, found.Paused).ShouldBe(("Upstream", upstream.Url, true, true, false));
        found.ToString().ShouldNotContain(upstream.Key);
        var balance = await panel.Get<ProviderBook>().CallAsync(found, "balance", api => api.BalanceAsync());
        balance.ShouldBe(new ApiResult<Balance>.Answered(new Balance(12.5m, "VND")));
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<ProviderBook>().FindAsync("nobody", CancellationToken.None))).Message.ShouldContain("nobody");
    }

    [Theory, BothStores]
    public async Task What_is_no_provider_is_refused_with_words(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        foreach (var (name, url, key) in new[]
        {
            ("a", "panel.example/api/v2", "key"), ("a", "ftp://panel.example", "key"), ("a", "", "key"), ("", "https://panel.example", "key"), (" ", "https://panel.example", "key"),
            ("a", "https://panel.example", ""), ("a", "https://panel.example", "  "),
        })
        {
            await Should.ThrowAsync<InvalidInputException>(AddAsync(panel, name, url, key));
        }

        await AddAsync(panel, "first", "https://panel.example/api/v2", "key");
        (await Should.ThrowAsync<InvalidInputException>(AddAsync(panel, "first", "https://other.example/api/v2", "key"))).Message.ShouldContain("first");
        panel.Get<ProviderBook>().Current.Count.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_pause_and_its_reason_are_known_to_every_node(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var node = await TestPanel.JoinAsync(panel.Database);
        var (here, there) = (panel.Get<ProviderBook>(), node.Get<ProviderBook>());
        var provider = await AddAsync(panel, "first", "https://panel.example/api/v2", "key");
        await TestPanel.WaitAsync(() => Task.FromResult(there.Current.ContainsKey(provider.Id)), "the other node knows the provider");
        await here.PauseAsync(provider.Id, "no money", CancellationToken.None);
        here.Current[provider.Id].PauseReason.ShouldBe("no money");
        await TestPanel.WaitAsync(() => Task.FromResult(there.Current[provider.Id].PauseReason == "no money"), "the other node knows the pause");
        await there.PauseAsync(provider.Id, null, CancellationToken.None);
        there.Current[provider.Id].Paused.ShouldBeFalse();
        await TestPanel.WaitAsync(() => Task.FromResult(!here.Current[provider.Id].Paused), "the first node knows that it goes on");
    }

    [Theory, BothStores]
    public async Task A_provider_that_moved_is_called_at_its_new_address_with_its_new_key(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var before = await SimulatedProvider.StartAsync();
        await using var after = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Key = "another-key-than-before" });
        var book = panel.Get<ProviderBook>();
        var provider = await panel.AddProviderAsync(before.Url, before.Key);
        (await book.CallAsync(provider, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        await book.PauseAsync(provider.Id, "moving", CancellationToken.None);
        var moved = await panel.Get<SaveProvider>().MoveAsync(provider.Id, after.Url, after.Key, CancellationToken.None);
        (moved.Id, moved.Url, moved.Paused).ShouldBe((provider.Id, after.Url, false));
        (await book.CallAsync(moved, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        (before.Received.Total(SimulatedAction.Balance), after.Received.Total(SimulatedAction.Balance)).ShouldBe((1, 1));
    }

    [Theory, BothStores]
    public async Task A_private_address_is_called_only_where_it_is_allowed(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        var provider = await AddAsync(panel, "private", upstream.Url.ToString(), upstream.Key);
        (await panel.Get<ProviderBook>().CallAsync(provider, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.NotSent>();
        upstream.Received.Total(SimulatedAction.Balance).ShouldBe(0);
    }

    private static Task<Provider> AddAsync(TestPanel panel, string name, string url, string key) =>
        panel.Get<SaveProvider>().AddAsync(name, url, key, references: false, allowPrivate: false, CancellationToken.None);
}
