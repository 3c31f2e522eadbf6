using Dapper;
using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>When an order's status is asked for next: fresh orders more often than old ones (lifecycle.md section 4), and final ones now and then for a few days.</summary>
public sealed class SyncSchedule(SettingsSnapshot settings)
{
    private const long MinuteMs = 60_000, HourMs = 60 * MinuteMs, DayMs = 24 * HourMs;

    /// <summary>How many times the shortest interval an order waits, up to which age.</summary>
    private static readonly (long UpToMs, int Times)[] Ages = [(10 * MinuteMs, 1), (HourMs, 6), (DayMs, 30), (long.MaxValue, 120)];

    private static readonly string Final = string.Join(", ", Enum.GetValues<OrderStatus>().Where(s => s.IsFinal()).Select(s => (int)s));

    /// <summary>When an order that was just sent is asked for (unix ms).</summary>
    public long First(long nowMs) => nowMs + settings.Current.SyncIntervalMs;

    /// <summary>When an order that a provider has is asked for again (unix ms); null = not any more.</summary>
    public long? Next(Order order, long nowMs) => Next(order, nowMs, settings.Current);

    /// <summary>
    /// In SQL, when an order that is claimed now is due again if nothing new is heard of it: by its age, but not before the lease ends. So most answers, which say nothing new of an order that is
    /// not fresh, leave nothing to write. One that has ended is leased only.
    /// </summary>
    /// <param name="parameters">Gets the expression's own, beside <c>@until</c>.</param>
    internal string ClaimedSql(DynamicParameters parameters, long nowMs, long untilMs)
    {
        var sql = $"CASE WHEN status IN ({Final}) THEN @until";
        for (var i = 0; i < Ages.Length - 1; i++)
        {
            parameters.Add($"born{i}", nowMs - Ages[i].UpToMs);
            sql += $" WHEN created_at > @born{i} THEN @next{i}";
        }

        for (var i = 0; i < Ages.Length; i++)
        {
            parameters.Add($"next{i}", Math.Max(untilMs, nowMs + (settings.Current.SyncIntervalMs * (long)Ages[i].Times)));
        }

        return $"{sql} ELSE @next{Ages.Length - 1} END";
    }

    /// <summary>Whether what the claim said of when the order is due (<see cref="Order.DueAt"/>) still holds behind an answer without news.</summary>
    /// <param name="next">When it is to be asked for next.</param>
    internal static bool StandsAsClaimed(Order claimed, long? next) => !claimed.Status.IsFinal() && claimed.DueAt <= next;

    /// <summary>When an order of which something new was said is due again: as the claim said, where that still holds, so that its place in the queue need not be written again.</summary>
    /// <param name="next">The order with its news, and with when it is due by the claim.</param>
    public long? AfterNews(Order next, long nowMs)
    {
        var due = Next(next, nowMs);
        return next.DueAt > nowMs && StandsAsClaimed(next, due) ? next.DueAt : due;
    }

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
