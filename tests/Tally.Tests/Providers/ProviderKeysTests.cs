using Dapper;
using Microsoft.Data.Sqlite;
using Shouldly;
using Tally.Contract;
using Tally.Demo;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Providers;

/// <summary>Our keys at providers in the store: encrypted, with one ring for all nodes, and what happens when one cannot be read.</summary>
public sealed class ProviderKeysTests
{
    private const string Url = "https://panel.example/api/v2";

    [Theory, BothStores]
    public async Task The_store_holds_no_key_in_the_clear_and_another_node_uses_it(StoreKind kind)
    {
        await using var upstream = await SimulatedProvider.StartAsync();
        await using var panel = await TestPanel.StartAsync(kind);
        await using var node = await TestPanel.JoinAsync(panel.Database);
        var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key);
        (await StoredAsync(panel, provider.Id)).ShouldSatisfyAllConditions(s => s.Encrypted.ShouldBe(1), s => s.Key.ShouldNotContain(upstream.Key), s => s.Key.Length.ShouldBeGreaterThan(50));

        var there = node.Get<ProviderBook>();
        await TestPanel.WaitAsync(() => Task.FromResult(there.Current.ContainsKey(provider.Id)), "the other node knows the provider");
        there.Current[provider.Id].Key.ShouldBe(upstream.Key);
        (await there.CallAsync(there.Current[provider.Id], "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
    }

    [Theory, BothStores]
    public async Task Nodes_that_start_together_share_one_ring(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using (var first = await TestPanel.JoinAsync(store.ConnectionString))
        {
            // As if none had ever opened it.
            await first.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("DELETE FROM data_protection_keys", null, tx.Transaction), CancellationToken.None);
        }

        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestPanel.JoinAsync(store.ConnectionString)));
        try
        {
            (await nodes[0].QueryAsync<long>("SELECT COUNT(*) FROM data_protection_keys")).ShouldBe([1L]);
            var stored = nodes.Select((n, i) => n.Get<ProviderKeys>().Encrypt("key " + i)).ToList();
            foreach (var node in nodes)
            {
                stored.Select(node.Get<ProviderKeys>().Decrypt).ShouldBe(["key 0", "key 1", "key 2", "key 3"]);
            }
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Theory, BothStores]
    public async Task A_key_from_before_is_encrypted_at_the_next_start(StoreKind kind)
    {
        const string Clear = "clear-key-of-before-0123456789";
        await using var store = await TestStore.CreateAsync(kind);
        await using (var before = await TestPanel.JoinAsync(store.ConnectionString))
        {
            await before.Get<SaveProvider>().AddAsync("old", Url, Clear, false, false, CancellationToken.None);
            await before.Get<Database>().WriteAsync(
                tx => tx.Connection.ExecuteAsync("UPDATE providers SET api_key = @Clear, key_encrypted = 0", new { Clear }, tx.Transaction), CancellationToken.None);
            await before.Get<ProviderBook>().RefreshAsync(CancellationToken.None);
            before.Get<ProviderBook>().Current.Values.ShouldHaveSingleItem().Key.ShouldBe(Clear, "it works before it is encrypted");
        }

        await using (var after = await TestPanel.JoinAsync(store.ConnectionString))
        {
            var provider = after.Get<ProviderBook>().Current.Values.ShouldHaveSingleItem();
            (provider.Key, provider.Paused).ShouldBe((Clear, false));
            (await StoredAsync(after, provider.Id)).ShouldSatisfyAllConditions(s => s.Encrypted.ShouldBe(1), s => s.Key.ShouldNotContain(Clear));
        }

        if (kind == StoreKind.Sqlite)
        {
            SqliteConnection.ClearAllPools();
            var file = new SqliteConnectionStringBuilder(store.ConnectionString).DataSource;
            foreach (var path in Directory.GetFiles(Path.GetDirectoryName(file)!))
            {
                System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)).ShouldNotContain(Clear, Case.Sensitive, path);
            }
        }
    }

    [Theory, BothStores]
    public async Task A_key_that_cannot_be_decrypted_pauses_its_provider_alone_and_says_what_to_do(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        await using (var before = await TestPanel.JoinAsync(store.ConnectionString))
        {
            await before.AddProviderAsync(upstream.Url, upstream.Key, name: "broken");
            await before.AddProviderAsync(upstream.Url, upstream.Key, name: "whole");
            await before.Get<Database>().WriteAsync(
                tx => tx.Connection.ExecuteAsync("UPDATE providers SET api_key = 'CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' WHERE name = 'broken'", null, tx.Transaction),
                CancellationToken.None);
        }

        await using var panel = await TestPanel.JoinAsync(store.ConnectionString);
        var book = panel.Get<ProviderBook>();
        var (broken, whole) = (await book.FindAsync("broken", CancellationToken.None), await book.FindAsync("whole", CancellationToken.None));
        (broken.PauseKind, whole.PauseKind).ShouldBe((PauseKind.KeyUnreadable, null));
        broken.PauseReason!.ShouldContain("tally provider set broken --key-stdin");
        (await book.CallAsync(broken, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.NotSent>().What.ShouldContain("broken");
        (await book.CallAsync(whole, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        var alert = (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldHaveSingleItem();
        (alert.Kind, alert.Subject).ShouldBe((AlertKind.ProviderAccess, "provider broken"));

        // A pause by hand stays one, and resuming comes back to the truth.
        await book.PauseAsync(broken.Id, "by hand", CancellationToken.None);
        book.Current[broken.Id].PauseKind.ShouldBe(PauseKind.Operator);
        await book.PauseAsync(broken.Id, null, CancellationToken.None);
        book.Current[broken.Id].PauseKind.ShouldBe(PauseKind.KeyUnreadable);

        // Another change leaves it so, the key set again ends it.
        (await panel.Get<SaveProvider>().ChangeAsync(broken.Id, new ProviderChange { TimeoutS = 20 }, CancellationToken.None)).PauseKind.ShouldBe(PauseKind.KeyUnreadable);
        var mended = await panel.Get<SaveProvider>().ChangeAsync(broken.Id, new ProviderChange { Key = upstream.Key }, CancellationToken.None);
        (mended.Paused, mended.Timeout).ShouldBe((false, TimeSpan.FromSeconds(20)));
        (await book.CallAsync(mended, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_ring_that_comes_back_lets_its_providers_go_on(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        string key, xml;
        await using (var before = await TestPanel.JoinAsync(store.ConnectionString))
        {
            await before.Get<SaveProvider>().AddAsync("up", Url, "the-key-there", false, false, CancellationToken.None);
            (key, xml) = (await before.QueryAsync<(string Id, string Xml)>("SELECT id, xml FROM data_protection_keys"))[0];
            await before.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("DELETE FROM data_protection_keys", null, tx.Transaction), CancellationToken.None);
        }

        await using (var without = await TestPanel.JoinAsync(store.ConnectionString))
        {
            without.Get<ProviderBook>().Current.Values.ShouldHaveSingleItem().PauseKind.ShouldBe(PauseKind.KeyUnreadable);
            await without.Get<Database>().WriteAsync(
                tx => tx.Connection.ExecuteAsync("INSERT INTO data_protection_keys (id, xml, created_at) VALUES (@key, @xml, 1)", new { key, xml }, tx.Transaction), CancellationToken.None);
        }

        await using var after = await TestPanel.JoinAsync(store.ConnectionString);
        var provider = after.Get<ProviderBook>().Current.Values.ShouldHaveSingleItem();
        (provider.Key, provider.Paused).ShouldBe(("the-key-there", false));
        (await after.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task<(string Key, long Encrypted)> StoredAsync(TestPanel panel, long provider) =>
        (await panel.QueryAsync<(string Key, long Encrypted)>($"SELECT api_key, CAST(key_encrypted AS BIGINT) FROM providers WHERE id = {provider}"))[0];
}
