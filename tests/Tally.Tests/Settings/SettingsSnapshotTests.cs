using Shouldly;
using Tally.Platform.Db;
using Tally.Settings;
using Tally.Testing;
using Tally.Tests.Platform.Db;
using Xunit;

namespace Tally.Tests.Settings;

public sealed class SettingsSnapshotTests
{
    [Theory, BothStores]
    public async Task A_panel_without_settings_has_the_standard_ones(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        var settings = new SettingsSnapshot(store.Database);
        await settings.RefreshAsync(default);
        settings.Current.ShouldBe(new PanelSettings());
        settings.Seen.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_setting_holds_at_once_where_it_was_set_and_elsewhere_after_the_next_look(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        var (here, there) = (new SettingsSnapshot(store.Database), new SettingsSnapshot(store.Another()));
        await there.RefreshAsync(default);
        await here.SetAsync("currency", "VND", default);
        await here.SetAsync("currency", "EUR", default);
        await here.SetAsync("maintenance", "true", default);
        (here.Current.Currency, here.Current.Maintenance).ShouldBe(("EUR", true));
        there.Current.Currency.ShouldBe("USD");
        (await Changes.ReadAsync(store.Database, default))["settings"].ShouldBeGreaterThan(there.Seen, "so that the poller refreshes it");
        await there.RefreshAsync(default);
        there.Current.ShouldBe(here.Current);
    }

    [Theory, BothStores]
    public async Task What_does_not_fit_is_not_stored(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        var settings = new SettingsSnapshot(store.Database);
        await Should.ThrowAsync<InvalidInputException>(() => settings.SetAsync("currency", "dong", default));
        await Should.ThrowAsync<InvalidInputException>(() => settings.SetAsync("colour", "red", default));
        (await store.ReadAsync<long>("SELECT COUNT(*) FROM settings")).ShouldBe(0);
        (await Changes.ReadAsync(store.Database, default)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_setting_that_only_a_newer_build_knows_does_no_harm(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        await store.ExecuteAsync("INSERT INTO settings (name, value) VALUES ('colour', 'red'), ('currency', 'VND')");
        var settings = new SettingsSnapshot(store.Database);
        await settings.RefreshAsync(default);
        settings.Current.Currency.ShouldBe("VND");
    }

    [Theory, BothStores]
    public async Task Nodes_that_start_at_once_agree_on_the_panels_name(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        var nodes = Enumerable.Range(0, 4).Select(_ => new SettingsSnapshot(store.Another())).ToList();
        await Task.WhenAll(nodes.Select(n => Task.Run(() => n.EnsurePanelIdAsync(default))));
        var name = nodes.Select(n => n.Current.PanelId).Distinct().ShouldHaveSingleItem();
        name.ShouldMatch("^t[0-9a-f]{12}$");
        await nodes[0].EnsurePanelIdAsync(default);
        nodes[0].Current.PanelId.ShouldBe(name);
    }

    [Theory, BothStores]
    public async Task What_was_set_is_not_overtaken_by_an_older_reading(StoreKind kind)
    {
        await using var store = await MigratedAsync(kind);
        var settings = new SettingsSnapshot(store.Database);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await settings.RefreshAsync(default);
            }
        })).ToList();
        var lost = new List<int>();
        for (var value = 1; value <= 150; value++)
        {
            await settings.SetAsync("request_burst", value.ToString(), default);
            for (var look = 0; look < 20; look++)
            {
                if (settings.Current.RequestBurst != value)
                {
                    lost.Add(value);
                }

                await Task.Yield();
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        lost.ShouldBeEmpty();
    }

    private static async Task<OpenStore> MigratedAsync(StoreKind kind)
    {
        var store = await OpenStore.CreateAsync(kind);
        await new Migrator(store.Database, TimeProvider.System, Modules.Store).MigrateAsync(default);
        return store;
    }
}
