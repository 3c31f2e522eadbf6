using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Platform.Limits;
using Xunit;

namespace Tally.Tests.Platform.Limits;

public sealed class FailureBlockTests
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromMinutes(15);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Ten_failures_in_a_quarter_of_an_hour_block_for_a_quarter_of_an_hour()
    {
        var block = new FailureBlock<string>(10, s_quarter, s_quarter, _time);
        for (var i = 0; i < 9; i++)
        {
            block.RecordFailure("a").ShouldBeFalse();
            _time.Advance(TimeSpan.FromSeconds(99));
        }
        block.IsBlocked("a", out var none).ShouldBeFalse();
        none.ShouldBe(TimeSpan.Zero);
        block.RecordFailure("a").ShouldBeTrue();
        block.IsBlocked("a", out var retryAfter).ShouldBeTrue();
        retryAfter.ShouldBe(s_quarter);
        block.IsBlocked("b", out _).ShouldBeFalse();
        _time.Advance(s_quarter - TimeSpan.FromTicks(1));
        block.IsBlocked("a", out var last).ShouldBeTrue();
        last.ShouldBe(TimeSpan.FromTicks(1));
        _time.Advance(TimeSpan.FromTicks(1));
        block.IsBlocked("a", out _).ShouldBeFalse();
    }

    [Fact]
    public void Failures_farther_apart_than_the_window_never_block()
    {
        var block = new FailureBlock<string>(10, s_quarter, s_quarter, _time);
        for (var i = 0; i < 100; i++)
        {
            block.RecordFailure("slow").ShouldBeFalse();
            _time.Advance(s_quarter / 9);
        }
    }

    [Fact]
    public void Failures_during_a_block_neither_extend_it_nor_count_afterwards()
    {
        var block = new FailureBlock<string>(2, s_quarter, TimeSpan.FromMinutes(1), _time);
        for (var i = 0; i < 10; i++) block.RecordFailure("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        block.IsBlocked("a", out _).ShouldBeFalse();
        block.RecordFailure("a").ShouldBeFalse();
        block.RecordFailure("a").ShouldBeTrue();
    }

    [Fact]
    public async Task From_many_threads_exactly_one_failure_is_the_one_that_blocks()
    {
        var block = new FailureBlock<int>(1000, s_quarter, s_quarter, _time);
        for (var round = 0; round < 50; round++)
        {
            var blocking = 0;
            using var start = new Barrier(4);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                for (var i = 0; i < 500; i++)
                    if (block.RecordFailure(round)) Interlocked.Increment(ref blocking);
            }, TaskCreationOptions.LongRunning)));
            blocking.ShouldBe(1);
            block.IsBlocked(round, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void Blocks_do_what_a_simple_model_does() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 20]).Array[1, 200])
        .Sample((failures, window, blockFor, events) =>
        {
            var time = new FakeTimeProvider();
            var block = new FailureBlock<int>(failures, TimeSpan.FromSeconds(window), TimeSpan.FromSeconds(blockFor), time);
            var at = Enumerable.Range(0, 3).Select(_ => new List<int>()).ToArray();
            var until = new int[3];
            var now = 0;
            foreach (var (key, wait) in events)
            {
                now += wait;
                time.Advance(TimeSpan.FromSeconds(wait));
                block.IsBlocked(key, out var retryAfter).ShouldBe(now < until[key]);
                retryAfter.TotalSeconds.ShouldBe(Math.Max(0, until[key] - now));
                if (now < until[key])
                {
                    block.RecordFailure(key).ShouldBeFalse();
                    continue;
                }
                at[key].Add(now);
                var blocks = at[key].Count(t => now - t < window) >= failures;
                block.RecordFailure(key).ShouldBe(blocks);
                if (!blocks) continue;
                until[key] = now + blockFor;
                at[key].Clear();
            }
        });

    [Fact]
    public void Keys_stay_bounded_and_a_flood_of_newcomers_does_not_free_a_blocked_one()
    {
        var block = new FailureBlock<int>(2, s_quarter, s_quarter, _time, maxKeys: 100);
        block.RecordFailure(-1);
        block.RecordFailure(-1).ShouldBeTrue();
        for (var key = 0; key < 10_000; key++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            block.RecordFailure(key);
        }
        block.Count.ShouldBeInRange(75, 100); // a quarter at once makes room
        block.IsBlocked(-1, out _).ShouldBeTrue();
    }

    [Fact]
    public void Making_room_for_many_at_once_frees_none_that_is_blocked()
    {
        const int MaxKeys = 160, Blocked = 155;
        var block = new FailureBlock<int>(2, s_quarter, s_quarter, _time, MaxKeys);
        for (var key = 0; key < Blocked; key++)
        {
            block.RecordFailure(key);
            block.RecordFailure(key).ShouldBeTrue();
        }
        for (var key = Blocked; key < 2_000; key++)
        {
            block.RecordFailure(key);
            block.Count.ShouldBeLessThanOrEqualTo(MaxKeys);
        }
        Enumerable.Range(0, Blocked).Count(key => block.IsBlocked(key, out _)).ShouldBe(Blocked);
    }

    [Fact]
    public void Failures_too_old_to_matter_are_forgotten_first()
    {
        var block = new FailureBlock<int>(2, s_quarter, s_quarter, _time, maxKeys: 3);
        block.RecordFailure(1);
        block.RecordFailure(2);
        _time.Advance(s_quarter);
        block.RecordFailure(3);
        block.RecordFailure(4);
        block.Count.ShouldBe(2);
        block.RecordFailure(3).ShouldBeTrue();
    }

    [Fact]
    public void Those_who_failed_longest_ago_make_room_before_any_that_failed_since()
    {
        var block = new FailureBlock<int>(2, s_quarter, s_quarter, _time, maxKeys: 8);
        for (var key = 1; key <= 8; key++)
        {
            if (key == 6) _time.Advance(TimeSpan.FromSeconds(1));
            block.RecordFailure(key);
        }
        _time.Advance(TimeSpan.FromSeconds(1));
        block.RecordFailure(9);
        block.Count.ShouldBe(7, "two of the eight, a quarter, for the ninth");
        for (var key = 6; key <= 9; key++) block.RecordFailure(key).ShouldBeTrue($"{key} is remembered");
    }

    [Fact]
    public void When_all_are_blocked_the_block_that_ends_soonest_makes_room()
    {
        var block = new FailureBlock<int>(1, s_quarter, s_quarter, _time, maxKeys: 2);
        for (var key = 1; key <= 3; key++)
        {
            block.RecordFailure(key);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        block.IsBlocked(1, out _).ShouldBeFalse();
        block.IsBlocked(2, out _).ShouldBeTrue();
        block.IsBlocked(3, out _).ShouldBeTrue();
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new FailureBlock<int>(0, s_quarter, s_quarter, _time));
        Should.Throw<ArgumentOutOfRangeException>(() => new FailureBlock<int>(1, TimeSpan.Zero, s_quarter, _time));
        Should.Throw<ArgumentOutOfRangeException>(() => new FailureBlock<int>(1, s_quarter, TimeSpan.FromDays(8), _time));
        Should.Throw<ArgumentOutOfRangeException>(() => new FailureBlock<int>(1, s_quarter, s_quarter, _time, maxKeys: 0));
    }
}
