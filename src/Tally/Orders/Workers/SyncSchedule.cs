using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>When an order's status is asked for next: fresh orders more often than old ones (lifecycle.md section 4).</summary>
public sealed class SyncSchedule(SettingsSnapshot settings)
{
    private const long MinuteMs = 60_000, HourMs = 60 * MinuteMs, DayMs = 24 * HourMs;

    /// <summary>When an order that was just sent is asked for (unix ms).</summary>
    public long First(long nowMs) => nowMs + Shortest;

    /// <summary>When it is asked for again: after the shortest interval while it is younger than ten minutes, then 6, 30 and 120 times that.</summary>
    public long Next(Order order, long nowMs) => nowMs + ((nowMs - order.CreatedAt) switch
    {
        < 10 * MinuteMs => Shortest,
        < HourMs => 6 * Shortest,
        < DayMs => 30 * Shortest,
        _ => 120 * Shortest,
    });

    private long Shortest => settings.Current.SyncIntervalMs;
}
