using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>
/// An operator says how a refill ended (lifecycle.md section 7): so manual ones come to their ends, and those of which the provider says nothing any more. The reason goes into the audit log.
/// </summary>
public sealed class SettleRefill(Database database, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Ends a refill; the customer may ask for the next one by the rules of <see cref="RefillOrder"/>.</summary>
    /// <exception cref="InvalidInputException">There is no such refill, it has ended or is being asked for at this moment, or the reason is empty.</exception>
    public async Task<Refill> RunAsync(long refillId, RefillStatus status, string reason, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        var audit = await _audit.TakeAsync(ct);
        return await database.WriteAsync(
            async tx =>
            {
                var refill = await tx.Connection.QuerySingleOrDefaultAsync<Refill>(new CommandDefinition(
                    $"SELECT {Refill.Columns} FROM refills WHERE id = @refillId{Sql.ForUpdate(tx.Kind)}", new { refillId }, tx.Transaction, cancellationToken: ct))
                    ?? throw new InvalidInputException($"There is no refill {refillId}.");
                if (Decide(refill, status) is { } objection)
                {
                    throw new InvalidInputException(objection);
                }

                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                var ended = refill with { Status = status, CallState = RefillCall.None, DueAt = null, LeaseBy = null, Note = reason, EndedAt = now };
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "UPDATE refills SET status = @status, call_state = 0, due_at = NULL, lease_by = NULL, note = @reason, ended_at = @now WHERE id = @refillId",
                    new { status = (int)status, reason, now, refillId }, tx.Transaction, cancellationToken: ct));
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, 'refill status', @subject, @detail)",
                    new { audit, now, actor, subject = "refill " + refillId, detail = $"{refill.Status.Word()} → {status.Word()}: {reason}" },
                    tx.Transaction, cancellationToken: ct));
                return ended;
            },
            ct);
    }

    /// <summary>What stands against it; null when nothing does.</summary>
    internal static string? Decide(Refill refill, RefillStatus status) => refill switch
    {
        _ when !status.IsFinal() => "A refill is set to Completed, Rejected or Error.",
        { EndedAt: not null } => $"Refill {refill.Id} is {refill.Status.Word()} already.",
        { CallState: RefillCall.Calling } => $"Refill {refill.Id} is being asked for at the provider at this moment; look at it again in a minute.",
        _ => null,
    };

    public void Dispose() => _audit.Dispose();
}
