using Dapper;
using Tally.Contract;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>A refill in its customer's list, with what it is for.</summary>
public sealed record RefillLine
{
    public long Id { get; init; }

    public long OrderId { get; init; }

    public RefillStatus Status { get; init; }

    public long ServiceId { get; init; }

    /// <summary>The order's link, as it was typed.</summary>
    public string Link { get; init; } = "";

    public long Quantity { get; init; }

    /// <summary>When it was asked for, unix ms.</summary>
    public long CreatedAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>A provider's or an operator's words; never shown as they are.</summary>
    internal string? Note { get; init; }

    /// <summary>Why it was refused, as a code of api-v2.md section 5; null when that is not known in such words.</summary>
    public string? Reason => Status == RefillStatus.Rejected ? ApiErrorCodes.OfText(Note) : null;

    public ListMark Mark => new(CreatedAt, Id);
}

/// <summary>Reads a page of an account's refills, newest first.</summary>
public sealed class ListRefills(Database database)
{
    /// <param name="order">Only this order's; null = all.</param>
    /// <param name="size">How many, 1 … 1,000.</param>
    public async Task<ListPage<RefillLine>> RunAsync(long accountId, long? order, ListPlace place, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(size, Math.Clamp(size, 1, 1_000));
        var (direction, beyond) = place.Newer ? ("ASC", ">") : ("DESC", "<");
        await using var connection = await database.OpenReadAsync(ct);
        var read = (await connection.QueryAsync<RefillLine>(new CommandDefinition(
            $"""
             SELECT r.id, r.order_id, r.status, r.note, r.created_at, r.ended_at, o.service_id, o.link, o.quantity
             FROM refills r JOIN orders o ON o.id = r.order_id
             WHERE r.account_id = @accountId {(order is null ? "" : "AND r.order_id = @order")}{(place.Mark is null ? "" : $" AND (r.created_at, r.id) {beyond} (@At, @Id)")}
             ORDER BY r.created_at {direction}, r.id {direction} LIMIT @read
             """,
            new { accountId, order, place.Mark?.At, place.Mark?.Id, read = size + 1 }, cancellationToken: ct))).AsList();
        return ListPage<RefillLine>.Of(read, place, size);
    }
}
