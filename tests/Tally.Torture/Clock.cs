namespace Tally.Torture;

/// <summary>Milliseconds that only go forward, since this process began.</summary>
internal static class Clock
{
    private static readonly long Began = TimeProvider.System.GetTimestamp();

    public static long NowMs => (long)TimeProvider.System.GetElapsedTime(Began).TotalMilliseconds;

    public static TimeSpan Since(long ms) => TimeSpan.FromMilliseconds(NowMs - ms);
}
