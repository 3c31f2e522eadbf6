using Shouldly;
using Tally.Platform.Jobs;
using Xunit;

namespace Tally.Tests.Platform.Jobs;

public sealed class BellTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Whoever_waits_is_woken()
    {
        using var bell = new Bell();
        var waiting = bell.WaitAsync(TimeSpan.FromHours(1), default);
        waiting.IsCompleted.ShouldBeFalse();
        bell.Ring();
        await waiting.WaitAsync(Patience);
    }

    [Fact]
    public async Task Ringing_while_nobody_waits_wakes_the_next_who_does_once()
    {
        using var bell = new Bell();
        for (var ring = 0; ring < 100; ring++)
        {
            bell.Ring();
        }

        await bell.WaitAsync(TimeSpan.FromHours(1), default).WaitAsync(Patience);
        bell.WaitAsync(TimeSpan.FromHours(1), default).IsCompleted.ShouldBeFalse("a hundred rings are one");
    }

    [Fact]
    public async Task Waiting_ends_when_its_time_is_over()
    {
        using var bell = new Bell();
        await bell.WaitAsync(TimeSpan.FromMilliseconds(1), default).WaitAsync(Patience);
        bell.Ring();
        await bell.WaitAsync(TimeSpan.FromHours(1), default).WaitAsync(Patience);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var bell = new Bell();
        using var cancel = new CancellationTokenSource();
        var waiting = bell.WaitAsync(TimeSpan.FromHours(1), cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task No_ring_is_lost_between_parallel_ringers_and_a_loop_that_works()
    {
        using var bell = new Bell();
        var (rung, seen) = (0, 0);
        var loop = Task.Run(async () =>
        {
            while (Volatile.Read(ref seen) < 4_000)
            {
                await bell.WaitAsync(TimeSpan.FromSeconds(30), default);
                Volatile.Write(ref seen, Volatile.Read(ref rung));
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                Interlocked.Increment(ref rung);
                bell.Ring();
            }
        })));
        await loop.WaitAsync(TimeSpan.FromSeconds(20));
        seen.ShouldBe(4_000, "the last ring was heard without waiting for the rest to end");
    }
}
