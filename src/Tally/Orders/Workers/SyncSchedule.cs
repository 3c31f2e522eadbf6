using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>When an order's status is asked for next: fresh orders more often than old ones (lifecycle.md section 4), and final ones now and then for a few days.</summary>
public sealed class SyncSchedule(SettingsSnapshot settings)
{
    private const long MinuteMs = 60_000, HourMs = 60 * MinuteMs, DayMs = 24 * HourMs;

    /// <summary>How many times the shortest interval an order waits, up to which age.</summary>
    private static readonly (long UpToMs, int Times)[] Ages = [(10 * MinuteMs, 1), (HourMs, 6), (DayMs, 30), (long.MaxValue, 120)];

    /// <summary>When an order that was just sent is asked for (unix ms).</summary>
    public long First(long nowMs) => nowMs + settings.Current.SyncIntervalMs;

    /// <summary>When an order that a provider has is asked for again (unix ms); null = not any more.</summary>
    public long? Next(Order order, long nowMs) => Next(order, nowMs, settings.Current);

    /// <inheritdoc cref="Next(Order, long)"/>
    internal static long? Next(Order order, long nowMs, PanelSettings settings) =>
        order.Status.IsFinal() ? Correction(order, nowMs, settings.CorrectionDays) : nowMs + (settings.SyncIntervalMs * (long)Slower(nowMs - order.CreatedAt));

    private static int Slower(long ageMs) => Ages.First(a => ageMs < a.UpToMs).Times;

    /// <summary>1, 6 and 24 hours after its end and then daily, for as many days as the operator has set. A Canceled has nothing left to correct.</summary>
    private static long? Correction(Order order, long nowMs, int days)
    {
        if (order.Status is not (OrderStatus.Completed or OrderStatus.Partial) || order.EndedAt is not { } ended || order.Type == Catalog.ServiceType.Subscriptions)
        {
            return null;
        }

        var age = nowMs - ended;
        var next = age switch
        {
            < HourMs => ended + HourMs,
            < 6 * HourMs => ended + (6 * HourMs),
            _ => ended + (((age / DayMs) + 1) * DayMs),
        };
        return next <= ended + (days * DayMs) ? next : null;
    }
}
