namespace Tally.Orders.Workers;

/// <summary>When refills and requests to cancel are taken up again.</summary>
internal static class Pauses
{
    private const long HourMs = 3_600_000, DayMs = 24 * HourMs;

    /// <summary>How long to wait before a provider is asked again that did not take it (or did not say so), in ms: 4 s after the first attempt, twice as long each time, at most 10 min.</summary>
    public static long AfterAttempt(int attempt) => Math.Min(600_000, 2_000L << Math.Clamp(attempt, 0, 10));

    /// <summary>
    /// How long until the provider is asked again how a refill stands, in ms: with 5 s as the shortest interval of all each minute in the first hour, each 10 minutes on the first day, then hourly, after a
    /// week every 4 hours, and never more seldom than every 6; null after 30 days, when somebody has to look at it.
    /// </summary>
    public static long? UntilFollowed(long ageMs, long shortestMs) => ageMs switch
    {
        < HourMs => Math.Min(12 * shortestMs, 6 * HourMs),
        < DayMs => Math.Min(120 * shortestMs, 6 * HourMs),
        < 7 * DayMs => Math.Min(720 * shortestMs, 6 * HourMs),
        < 30 * DayMs => Math.Min(2_880 * shortestMs, 6 * HourMs),
        _ => null,
    };
}
