using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Platform.Limits;
using Xunit;

namespace Tally.Tests.Platform.Limits;

public sealed class TokenBucketsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_rested_key_may_make_its_burst_and_then_one_call_per_interval()
    {
        var buckets = new TokenBuckets<string>(100, 200, _time);
        for (var i = 0; i < 200; i++) buckets.TryTake("a", out _).ShouldBeTrue();
        buckets.TryTake("a", out var retryAfter).ShouldBeFalse();
        retryAfter.ShouldBe(TimeSpan.FromMilliseconds(10));
        _time.Advance(retryAfter - TimeSpan.FromTicks(1));
        buckets.TryTake("a", out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        buckets.TryTake("a", out var none).ShouldBeTrue();
        none.ShouldBe(TimeSpan.Zero);
        buckets.TryTake("a", out _).ShouldBeFalse();
    }

    [Fact]
    public void One_key_does_not_spend_the_tokens_of_another()
    {
        var buckets = new TokenBuckets<long>(1, 1, _time);
        buckets.TryTake(1, out _).ShouldBeTrue();
        buckets.TryTake(1, out _).ShouldBeFalse();
        buckets.TryTake(2, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(200, 8)]
    [InlineData(30_000, 8)] // long and often enough that threads are sure to meet, also on a busy machine
    public async Task At_a_standing_clock_exactly_the_burst_passes_from_many_threads(int burst, int threads)
    {
        var buckets = new TokenBuckets<int>(1000, burst, _time);
        for (var round = 0; round < 10; round++)
        {
            var passed = new int[threads];
            using var start = new Barrier(threads);
            await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                for (var i = 0; i < 2 * burst / threads; i++)
                    if (buckets.TryTake(round, out var _)) passed[thread]++;
            }, TaskCreationOptions.LongRunning)));
            passed.Sum().ShouldBe(burst);
        }
    }

    [Fact]
    public void Buckets_do_what_a_simple_model_does() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 20], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 400]).Array[1, 200]).Sample((rate, burst, calls) =>
        {
            var time = new FakeTimeProvider();
            var buckets = new TokenBuckets<int>(rate, burst, time);
            var model = Enumerable.Range(0, 4).Select(_ => new Model(rate, burst)).ToArray();
            foreach (var (key, waitMs) in calls)
            {
                time.Advance(TimeSpan.FromMilliseconds(waitMs));
                foreach (var bucket in model) bucket.Wait(waitMs);
                var expected = model[key].TryTake(out var neededTicks);
                buckets.TryTake(key, out var retryAfter).ShouldBe(expected);
                retryAfter.Ticks.ShouldBe(neededTicks);
            }
        });

    [Fact]
    public void Full_buckets_are_forgotten_and_nobody_gains_by_it()
    {
        var buckets = new TokenBuckets<int>(1, 2, _time, maxKeys: 100);
        for (var key = 0; key < 99; key++) buckets.TryTake(key, out _);
        _time.Advance(TimeSpan.FromSeconds(1)); // 0 … 98 are full again
        buckets.TryTake(1000, out _);
        buckets.TryTake(1000, out _);
        buckets.TryTake(1001, out _);
        buckets.Count.ShouldBe(2);
        buckets.TryTake(1000, out _).ShouldBeFalse();
    }

    [Fact]
    public void When_all_are_busy_the_bucket_nearest_to_full_makes_room()
    {
        var buckets = new TokenBuckets<int>(1, 3, _time, maxKeys: 3);
        foreach (var key in (int[])[1, 1, 1, 2, 3, 3, 3]) buckets.TryTake(key, out _);
        buckets.TryTake(4, out _).ShouldBeTrue();
        buckets.Count.ShouldBe(3);
        buckets.TryTake(1, out _).ShouldBeFalse();
        buckets.TryTake(3, out _).ShouldBeFalse();
    }

    [Fact]
    public void Keys_stay_bounded_whatever_arrives()
    {
        var buckets = new TokenBuckets<int>(1, 10, _time, maxKeys: 2_000);
        for (var key = 0; key < 20_000; key++) buckets.TryTake(key, out _);
        buckets.Count.ShouldBeInRange(1_000, 2_000);
    }

    [Fact]
    public void A_changed_pace_holds_from_the_next_call_on()
    {
        var buckets = new TokenBuckets<int>(0.01, 2, _time);
        for (var i = 0; i < 3; i++) buckets.TryTake(1, out _);
        buckets.Change(100, 5);
        buckets.TryTake(1, out var retryAfter).ShouldBeFalse();
        retryAfter.ShouldBe(TimeSpan.FromMilliseconds(10));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 5; i++) buckets.TryTake(1, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(1e7, 1)]
    [InlineData(1, 0)]
    [InlineData(0.001, 1000)]
    public void A_pace_outside_its_range_is_refused(double rate, int burst) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new TokenBuckets<int>(rate, burst, _time));

    /// <summary>Counts in 1/10,000,000 of a token, so that whole ticks and whole rates stay exact; the interval is rounded up as documented.</summary>
    private sealed class Model(int rate, int burst)
    {
        private readonly long _interval = (TimeSpan.TicksPerSecond + rate - 1) / rate;
        private long _ticksOfTokens = burst * ((TimeSpan.TicksPerSecond + rate - 1) / rate);

        public void Wait(int ms) => _ticksOfTokens = Math.Min(burst * _interval, _ticksOfTokens + ms * TimeSpan.TicksPerMillisecond);

        public bool TryTake(out long neededTicks)
        {
            neededTicks = Math.Max(0, _interval - _ticksOfTokens);
            if (neededTicks > 0) return false;
            _ticksOfTokens -= _interval;
            return true;
        }
    }
}
