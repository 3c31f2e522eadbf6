using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class SnapshotPollerTests
{
    [Theory, BothStores]
    public async Task What_one_node_changes_another_sees_by_itself(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.ChangeCounters);
        var (services, accounts) = (new Copy(store.Another(), "services"), new Copy(store.Another(), "accounts"));
        using var poller = Poller(store.Another(), services, accounts);
        await poller.StartAsync(default);
        for (var change = 1; change <= 3; change++)
        {
            await BumpAsync(store.Database, "services");
            var expected = change;
            await TestPanel.WaitAsync(() => Task.FromResult(services.Seen == expected), $"version {change} is seen");
        }

        await poller.StopAsync(default);
        accounts.Refreshes.ShouldBe(1, "a topic that nobody changed is read once, at the start");
        services.Refreshes.ShouldBe(4, "once at the start and once for each change");
    }

    [Theory, BothStores]
    public async Task All_copies_are_there_before_the_node_answers(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, OpenStore.ChangeCounters);
        await BumpAsync(store.Database, "services");
        var copy = new Copy(store.Database, "services");
        using var poller = Poller(store.Database, copy);
        await poller.StartAsync(default);
        copy.Seen.ShouldBe(1);
        await poller.StopAsync(default);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_loaded_stops_the_start()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, OpenStore.ChangeCounters);
        using var poller = Poller(store.Database, new Copy(store.Database, "services") { Fails = true });
        await Should.ThrowAsync<InvalidDataException>(() => poller.StartAsync(default));
    }

    [Fact]
    public async Task A_copy_that_cannot_be_refreshed_does_not_hold_up_the_others()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, OpenStore.ChangeCounters);
        var (broken, sound) = (new Copy(store.Database, "accounts"), new Copy(store.Database, "services"));
        using var poller = Poller(store.Database, broken, sound);
        await poller.StartAsync(default);
        broken.Fails = true;
        await BumpAsync(store.Database, "accounts");
        await TestPanel.WaitAsync(() => Task.FromResult(broken.Refreshes > 1), "the broken one was tried");
        await BumpAsync(store.Database, "services");
        await TestPanel.WaitAsync(() => Task.FromResult(sound.Seen == 1), "the sound one is refreshed");
        broken.Fails = false;
        await TestPanel.WaitAsync(() => Task.FromResult(broken.Seen == 1), "the broken one is tried again");
        await poller.StopAsync(default);
    }

    private static SnapshotPoller Poller(Database database, params ISnapshot[] snapshots) =>
        new(database, snapshots, TimeProvider.System, NullLogger<SnapshotPoller>.Instance);

    private static Task BumpAsync(Database database, string topic) => database.WriteAsync(tx => Changes.BumpAsync(tx, topic), default);

    private sealed class Copy(Database database, string topic) : ISnapshot
    {
        private long _seen = -1;
        private int _refreshes;
        private volatile bool _fails;

        public string Topic => topic;

        public long Seen => Volatile.Read(ref _seen);

        public int Refreshes => Volatile.Read(ref _refreshes);

        public bool Fails
        {
            get => _fails;
            set => _fails = value;
        }

        public async Task RefreshAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref _refreshes);
            if (Fails)
            {
                throw new InvalidDataException("a row that cannot be read");
            }

            Volatile.Write(ref _seen, (await Changes.ReadAsync(database, ct)).GetValueOrDefault(topic));
        }
    }
}
