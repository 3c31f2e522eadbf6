using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Operations;
using Tally.Platform;
using Tally.Testing;
using Tally.Tests.Platform.Db;
using Xunit;

namespace Tally.Tests.Operations;

public sealed class MemoryAtRestTests
{
    private const string Table = "CREATE TABLE words (id BIGINT PRIMARY KEY)";

    private readonly FakeTimeProvider _time = new();
    private long _allocated;
    private int _given;

    [Theory, BothStores]
    public async Task What_a_busy_time_has_left_over_is_given_back_once_when_it_is_over(StoreKind kind)
    {
        await using var store = await OpenStore.CreateAsync(kind, Table);
        using var log = new KeptLog("Tally.Operations.MemoryAtRest");
        using var memory = Make(store, log, () => _given++);
        await LookAsync(memory, 10, each: MemoryAtRest.HardlyAnything);
        await LookAsync(memory, 3, each: 0);
        _given.ShouldBe(0, "nothing is left over of so little");

        await LookAsync(memory, 2, each: MemoryAtRest.Busy);
        await LookAsync(memory, 2, each: 0);
        _given.ShouldBe(0, "it may go on at any moment");
        await LookAsync(memory, 1, each: MemoryAtRest.HardlyAnything);
        await LookAsync(memory, 2, each: 0);
        _given.ShouldBe(0, "it did");
        await LookAsync(memory, 1, each: 0);
        _given.ShouldBe(1);
        await LookAsync(memory, 100, each: MemoryAtRest.HardlyAnything - 1);
        _given.ShouldBe(1, "what an idle panel takes is no busy time");
        await LookAsync(memory, 1, each: MemoryAtRest.Busy);
        await LookAsync(memory, 3, each: 0);
        _given.ShouldBe(2);
        log.Lines.Count.ShouldBe(2);
        log.Lines.ShouldAllBe(line => line.StartsWith("Gave memory back after a busy time"));
    }

    [Fact]
    public async Task A_failure_is_told_and_the_next_busy_time_is_looked_at_again()
    {
        await using var store = await OpenStore.CreateAsync(StoreKind.Sqlite, Table);
        using var log = new KeptLog("Tally.Operations.MemoryAtRest");
        using var memory = Make(store, log, () => throw new InvalidOperationException("planted"));
        await memory.StartAsync(CancellationToken.None);
        for (var time = 1; time <= 2; time++)
        {
            Interlocked.Add(ref _allocated, MemoryAtRest.Busy);
            await TestPanel.WaitAsync(
                () =>
                {
                    _time.Advance(MemoryAtRest.Look);
                    return Task.FromResult(log.Lines.Count == time);
                },
                "it is told");
        }

        log.Lines.ShouldAllBe(line => line.Contains("could not be given back"));
        await memory.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void What_is_not_in_use_leaves_the_process()
    {
        const long Much = 256L << 20;
        Waste(Much).ShouldBe(Much);
        var before = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;
        before.ShouldBeGreaterThan(Much);
        ProcessMemory.GiveBack();
        GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes.ShouldBeLessThan(before - (Much / 2));
    }

    /// <summary>Takes memory, has it counted, and forgets it; how much it was.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Waste(long bytes)
    {
        var blocks = Enumerable.Range(0, (int)(bytes >> 20)).Select(_ => new byte[1 << 20]).ToList();
        GC.Collect();
        return blocks.Sum(block => (long)block.Length);
    }

    private MemoryAtRest Make(OpenStore store, KeptLog log, Action giveBack)
    {
        using var logs = LoggerFactory.Create(builder => builder.AddProvider(log));
        return new MemoryAtRest(store.Database, _time, logs.CreateLogger<MemoryAtRest>(), () => Interlocked.Read(ref _allocated), giveBack);
    }

    /// <summary>Lets it look so often, with so many bytes asked for before each look.</summary>
    private async Task LookAsync(MemoryAtRest memory, int times, long each)
    {
        for (var i = 0; i < times; i++)
        {
            Interlocked.Add(ref _allocated, each);
            await memory.LookAsync(CancellationToken.None);
        }
    }
}
