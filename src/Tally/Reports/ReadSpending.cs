using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Reports;

/// <summary>A day of an account's spending.</summary>
/// <param name="Charged">What orders took from the wallet on this day.</param>
/// <param name="Refunded">What orders gave back on this day, of whatever day the order was.</param>
public sealed record SpentDay(DateOnly Day, Money Charged, Money Refunded)
{
    /// <summary>Charges less refunds; below 0 on a day on which more came back than was taken.</summary>
    public Money Spent => Charged - Refunded;
}

/// <summary>
/// What an account has spent by day: charges less refunds, each on the day on which the money moved, as its statement has them. Days are those of the time zone that is asked for. Cheap for any
/// account: what is older stands rolled up in slots, and only the entries behind them are read from the ledger.
/// </summary>
public sealed class ReadSpending(Database database, GeneralLedger ledger, TimeProvider time)
{
    /// <summary>The most days that may be asked for.</summary>
    public const int MostDays = 60;

    /// <summary>So many entries may wait before they are rolled up: a page reads them within a millisecond or two.</summary>
    internal const int FoldAt = 500;

    // Two days more than anybody can ask for: wherever the asker is, the first day is whole.
    private const int KeptDays = MostDays + 2;
    private const int StretchEntries = 50_000;

    /// <summary>The last days, oldest first, today last; days without a movement too.</summary>
    /// <param name="zone">Whose days.</param>
    /// <param name="days">1 … <see cref="MostDays"/>.</param>
    public async Task<IReadOnlyList<SpentDay>> RunAsync(long accountId, TimeZoneInfo zone, int days, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MostDays);
        var now = time.GetUtcNow();
        var fromSlot = now.AddDays(-KeptDays).ToUnixTimeMilliseconds() / SpendingSlots.SlotMs;
        var slots = await SlotsAsync(accountId, fromSlot, ct);
        return Days(slots, zone, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime), days);
    }

    /// <summary>Sums slots up to the days of a time zone.</summary>
    internal static IReadOnlyList<SpentDay> Days(IEnumerable<SpendingSlot> slots, TimeZoneInfo zone, DateOnly today, int days)
    {
        var first = today.AddDays(1 - days);
        var sums = Enumerable.Range(0, days).Select(i => new SpentDay(first.AddDays(i), Money.Zero, Money.Zero)).ToArray();
        foreach (var slot in slots)
        {
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(slot.Slot * SpendingSlots.SlotMs), zone).DateTime);
            if (day.DayNumber - first.DayNumber is var at && at >= 0 && at < days)
            {
                sums[at] = sums[at] with { Charged = sums[at].Charged + slot.Charged, Refunded = sums[at].Refunded + slot.Refunded };
            }
        }

        return sums;
    }

    private async Task<List<SpendingSlot>> SlotsAsync(long accountId, long fromSlot, CancellationToken ct)
    {
        long mark, at;
        List<SpendingSlot> slots;
        var newer = new List<SpendingSlot>();
        await using (var connection = await database.OpenReadAsync(ct))
        {
            (mark, slots) = await SpendingSlots.ReadAsync(connection, accountId, fromSlot, ct);
            SpendingStretch stretch;
            at = mark;
            do
            {
                stretch = await ledger.SpendingAsync(connection, accountId, at, StretchEntries, SpendingSlots.SlotMs, ct);
                at = stretch.UpTo;
                newer.AddRange(stretch.Slots);
            }
            while (stretch.Entries == StretchEntries);
        }

        if (at - mark >= FoldAt)
        {
            var summed = newer.GroupBy(s => s.Slot).Select(g => new SpendingSlot(g.Key, Sum(g.Select(s => s.Charged)), Sum(g.Select(s => s.Refunded)))).ToList();
            await database.WriteAsync(tx => SpendingSlots.FoldAsync(tx, accountId, mark, at, summed, fromSlot, ct), ct);
        }

        slots.AddRange(newer);
        return slots;
    }

    private static Money Sum(IEnumerable<Money> amounts) => amounts.Aggregate(Money.Zero, (sum, amount) => sum + amount);
}
