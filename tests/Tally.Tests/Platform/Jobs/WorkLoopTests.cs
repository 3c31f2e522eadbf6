using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Platform.Jobs;
using Xunit;

namespace Tally.Tests.Platform.Jobs;

public sealed class WorkLoopTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1), Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Steps_follow_each_other_while_there_is_more_and_then_the_loop_rests()
    {
        using var loop = new Loop(Forever, null, step => step < 5);
        await loop.StartAsync(default);
        await loop.StepsAsync(5);
        await Task.Delay(100);
        loop.Steps.ShouldBe(5, "it rests for an hour now");
        await loop.StopAsync(default).WaitAsync(Patience);
    }

    [Fact]
    public async Task The_bell_wakes_a_loop_that_rests()
    {
        using var bell = new Bell();
        using var loop = new Loop(Forever, bell, _ => false);
        await loop.StartAsync(default);
        for (var step = 1; step <= 3; step++)
        {
            await loop.StepsAsync(step);
            bell.Ring();
        }

        await loop.StepsAsync(4);
        await loop.StopAsync(default).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_loop_works_again_when_its_rest_is_over()
    {
        using var loop = new Loop(TimeSpan.FromMilliseconds(1), null, _ => false);
        await loop.StartAsync(default);
        await loop.StepsAsync(4);
        await loop.StopAsync(default).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_step_that_fails_is_logged_and_tried_again_after_a_pause_that_grows_to_half_a_minute()
    {
        var clock = new HastyClock();
        using var loop = new Loop(Forever, null, step => step <= 10 ? throw new InvalidOperationException("step " + step) : false, clock);
        await loop.StartAsync(default);
        await loop.StepsAsync(11);
        await loop.StopAsync(default).WaitAsync(Patience);
        clock.Pauses.ShouldBe(new[] { 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30 }.Select(TimeSpan.FromSeconds));
        loop.Logged.Count.ShouldBe(10);
        loop.Logged.ShouldAllBe(l => l.Level == LogLevel.Error);
        loop.Logged.Last().Failure.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("step 10");
        loop.Logged.Last().Text.ShouldBe("Loop failed 10 times in a row");
    }

    [Fact]
    public async Task A_step_that_succeeds_ends_the_row_of_failures()
    {
        var clock = new HastyClock();
        using var loop = new Loop(Forever, null, step => step is 1 or 2 or 4 ? throw new TimeoutException() : step < 5, clock);
        await loop.StartAsync(default);
        await loop.StepsAsync(5);
        await loop.StopAsync(default).WaitAsync(Patience);
        clock.Pauses.ShouldBe(new[] { 0.4, 0.8, 0.4 }.Select(TimeSpan.FromSeconds));
    }

    [Fact]
    public async Task A_step_that_is_cancelled_by_itself_is_a_failure_like_another()
    {
        var clock = new HastyClock();
        using var loop = new Loop(Forever, null, step => step == 1 ? throw new TaskCanceledException() : false, clock);
        await loop.StartAsync(default);
        await loop.StepsAsync(2);
        await loop.StopAsync(default).WaitAsync(Patience);
        loop.Logged.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Stopping_ends_a_rest_a_pause_and_a_step_under_way()
    {
        using var resting = new Loop(Forever, null, _ => false);
        using var pausing = new Loop(Forever, null, _ => throw new TimeoutException(), new FrozenClock());
        using var working = new Loop(Forever, null, null);
        foreach (var loop in (Loop[])[resting, pausing, working])
        {
            await loop.StartAsync(default);
            await loop.StepsAsync(1);
            await loop.StopAsync(default).WaitAsync(Patience);
            loop.ExecuteTask.ShouldNotBeNull().IsCompletedSuccessfully.ShouldBeTrue();
            loop.Steps.ShouldBe(1);
        }

        working.Logged.ShouldBeEmpty("being stopped is no failure");
    }

    private sealed class Loop : WorkLoop
    {
        private readonly Func<int, bool>? _step;
        private readonly Diary _log;
        private int _steps;

        /// <param name="step">What the step of that number does; null = it works until it is stopped.</param>
        public Loop(TimeSpan rest, Bell? bell, Func<int, bool>? step, TimeProvider? time = null)
            : this(rest, bell, step, time, new Diary())
        {
        }

        private Loop(TimeSpan rest, Bell? bell, Func<int, bool>? step, TimeProvider? time, Diary log)
            : base(time ?? TimeProvider.System, log, rest, bell) => (_step, _log) = (step, log);

        public int Steps => Volatile.Read(ref _steps);

        public IReadOnlyCollection<(LogLevel Level, Exception? Failure, string Text)> Logged => _log.Entries;

        public Task StepsAsync(int count) => TestPanel.WaitAsync(() => Task.FromResult(Steps >= count), $"{count} steps are done");

        protected override async Task<bool> StepAsync(CancellationToken ct)
        {
            var step = Interlocked.Increment(ref _steps);
            if (_step is null)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }

            return _step!(step);
        }
    }

    private sealed class Diary : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, Exception? Failure, string Text)> Entries { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((logLevel, exception, formatter(state, exception)));
    }

    /// <summary>Every pause is over at once, and remembered.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _pauses = new();

        public IEnumerable<TimeSpan> Pauses => _pauses;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _pauses.Enqueue(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>No pause is ever over.</summary>
    private sealed class FrozenClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
    }
}
