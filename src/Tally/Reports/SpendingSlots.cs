using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Reports;

/// <summary>The roll-up of what accounts have spent: the tables spending_marks and spending_slots.</summary>
internal static class SpendingSlots
{
    /// <summary>Every time zone in use is a multiple of this apart from UTC, so that slots add up to days anywhere.</summary>
    public const long SlotMs = 15 * 60 * 1000;

    /// <summary>How far the account's roll-up goes, and its slots from <paramref name="fromSlot"/> on: one statement, so that both are of one moment.</summary>
    public static async Task<(long Version, List<SpendingSlot> Slots)> ReadAsync(System.Data.Common.DbConnection connection, long accountId, long fromSlot, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<(long Version, long? Slot, long? Charged, long? Refunded)>(new CommandDefinition(
            """
            SELECT m.version, s.slot, s.charged, s.refunded
            FROM spending_marks m LEFT JOIN spending_slots s ON s.account_id = m.account_id AND s.slot >= @fromSlot
            WHERE m.account_id = @accountId
            """,
            new { accountId, fromSlot }, cancellationToken: ct));
        var (version, slots) = (0L, new List<SpendingSlot>());
        foreach (var row in rows)
        {
            version = row.Version;
            if (row.Slot is { } slot)
            {
                slots.Add(new SpendingSlot(slot, new Money(row.Charged!.Value), new Money(row.Refunded!.Value)));
            }
        }

        return (version, slots);
    }

    /// <summary>Adds a stretch of entries to the roll-up and forgets slots before <paramref name="fromSlot"/>; nothing when another has moved the mark meanwhile.</summary>
    public static async Task FoldAsync(WriteTransaction tx, long accountId, long fromVersion, long toVersion, IReadOnlyList<SpendingSlot> slots, long fromSlot, CancellationToken ct)
    {
        var moved = await tx.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO spending_marks (account_id, version) VALUES (@accountId, @toVersion)
            ON CONFLICT (account_id) DO UPDATE SET version = excluded.version WHERE spending_marks.version = @fromVersion
            """,
            new { accountId, fromVersion, toVersion }, tx.Transaction, cancellationToken: ct));
        if (moved == 0)
        {
            return;
        }

        const string Write = "ON CONFLICT (account_id, slot) DO UPDATE SET charged = spending_slots.charged + excluded.charged, refunded = spending_slots.refunded + excluded.refunded";
        var kept = slots.Where(s => s.Slot >= fromSlot && (s.Charged > Money.Zero || s.Refunded > Money.Zero)).ToList();
        if (tx.Kind == DatabaseKind.Postgres)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"INSERT INTO spending_slots (account_id, slot, charged, refunded) SELECT @accountId, * FROM unnest(@at, @charged, @refunded) {Write}",
                new { accountId, at = kept.ConvertAll(s => s.Slot).ToArray(), charged = kept.ConvertAll(s => s.Charged.Units).ToArray(), refunded = kept.ConvertAll(s => s.Refunded.Units).ToArray() },
                tx.Transaction, cancellationToken: ct));
        }
        else
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"INSERT INTO spending_slots (account_id, slot, charged, refunded) VALUES (@accountId, @at, @charged, @refunded) {Write}",
                kept.Select(s => new { accountId, at = s.Slot, charged = s.Charged.Units, refunded = s.Refunded.Units }), tx.Transaction, cancellationToken: ct));
        }

        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM spending_slots WHERE account_id = @accountId AND slot < @fromSlot", new { accountId, fromSlot }, tx.Transaction, cancellationToken: ct));
    }
}
