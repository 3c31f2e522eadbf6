using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tally.Platform.Jobs;

/// <summary>Wakes a loop that has nothing to do. Ringing it many times while the loop is busy wakes it once.</summary>
public sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0);

    public void Ring()
    {
        if (_rung.CurrentCount == 0)
        {
            _rung.Release();
        }
    }

    /// <summary>Ends when the bell rings, or has rung since the last wait, or the time is over.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => _rung.WaitAsync(atMost, ct);

    public void Dispose() => _rung.Dispose();
}

/// <summary>
/// Work in the background, step after step for as long as there is some, then resting until the bell rings or the rest is over. A step that fails is
/// logged and tried again after a pause that grows to 30 s. Which node does what is decided by leases in the store, not here.
/// </summary>
public abstract class WorkLoop(TimeProvider time, ILogger logger, TimeSpan rest, Bell? bell = null) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly Bell _bell = bell ?? new Bell();

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>The longest pause after failures; 30 s.</summary>
    protected virtual TimeSpan LongestRest => LongestPause;

    /// <summary>How long to wait after so many failures in a row: 400 ms at first, twice as long each time, at most 30 s.</summary>
    protected static TimeSpan PauseAfter(int failures) => TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 200 * Math.Pow(2, Math.Min(failures, 10))));

    /// <summary>Does a bounded piece of work; true when there may be more at once.</summary>
    protected abstract Task<bool> StepAsync(CancellationToken ct);

    /// <summary>One step, now: for a test that turns the loop itself, and for a command that must not wait for its turn.</summary>
    public Task<bool> RunOnceAsync(CancellationToken ct) => StepAsync(ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var more = await StepAsync(stoppingToken);
                failures = 0;
                if (!more)
                {
                    await _bell.WaitAsync(rest, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures++;
                Logger.LogError(e, "{Loop} failed {Failures} times in a row", GetType().Name, failures);
                await Task.Delay(PauseAfter(failures) < LongestRest ? PauseAfter(failures) : LongestRest, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
