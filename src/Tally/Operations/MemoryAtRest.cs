using Tally.Platform;
using Tally.Platform.Db;

namespace Tally.Operations;

/// <summary>
/// Gives back what a busy time has left over, once it is over: what the store's connections remember, and what the runtime holds until somebody asks for memory again. A panel often shares a small machine.
/// Rest is when hardly anything is asked for during <see cref="Rest"/>.
/// </summary>
internal sealed class MemoryAtRest(Database database, TimeProvider time, ILogger<MemoryAtRest> log, Func<long> allocated, Action giveBack) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    internal static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>How long there must be rest.</summary>
    internal static readonly TimeSpan Rest = 3 * Look;

    /// <summary>What may be asked for between two looks that is still rest, bytes: the workers look for work, and somebody asks for the metrics.</summary>
    internal const long HardlyAnything = 16L << 20;

    /// <summary>What must have been asked for in busy times since the last time for anything to be left over, bytes.</summary>
    internal const long Busy = 256L << 20;

    private long _seen, _busy;
    private int _quiet;

    public MemoryAtRest(Database database, TimeProvider time, ILogger<MemoryAtRest> log)
        : this(database, time, log, static () => GC.GetTotalAllocatedBytes(), ProcessMemory.GiveBack)
    {
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Memory that is not in use could not be given back");
            }
        }
    }

    /// <summary>Looks whether there is rest, and gives back when there is.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        var now = allocated();
        var asked = now - _seen;
        _seen = now;
        if (asked >= HardlyAnything)
        {
            (_busy, _quiet) = (_busy + asked, 0);
        }
        else if (++_quiet >= Rest / Look && _busy >= Busy)
        {
            _busy = 0;
            var (begun, held) = (time.GetTimestamp(), Environment.WorkingSet);
            await database.ShrinkAsync(ct);
            giveBack();
            log.LogInformation(
                "Gave memory back after a busy time, in {Milliseconds} ms: {Before} MB resident before, {After} MB now",
                (long)time.GetElapsedTime(begun).TotalMilliseconds, held >> 20, Environment.WorkingSet >> 20);
        }
    }
}
