namespace Tally.Operations;

/// <summary>
/// Holds a node's end up for a moment after it was asked to stop. <c>/readyz</c> says no already while everything else goes on as before, so that a load balancer that looks every second
/// sends the next requests elsewhere before this node stops taking connections.
/// </summary>
internal sealed class Drain(TimeSpan moment, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    /// <summary>The longest that may be asked for; systemd and containers kill what takes too long.</summary>
    public const int LongestSeconds = 300;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes before any service stops, the web server among them.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (moment > TimeSpan.Zero)
        {
            logger.LogInformation("Not ready any more; requests are taken for another {Seconds} s", moment.TotalSeconds);
            await Task.Delay(moment, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
