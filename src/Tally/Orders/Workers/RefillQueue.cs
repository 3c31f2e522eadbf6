using Dapper;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>A claimed refill, and what of its order matters.</summary>
internal sealed record DueRefill
{
    public long Id { get; init; }

    public int Attempt { get; init; }

    public RefillStatus Status { get; init; }

    public string? ProviderRefill { get; init; }

    public string? ProviderOrder { get; init; }

    public string? Note { get; init; }

    public long CreatedAt { get; init; }
}

/// <summary>
/// The refills table as a queue: what providers are to be asked for, and what they are to be asked after. The intent to ask for one is stored with the claim
/// (<see cref="RefillCall.Calling"/>), and whatever has it is never claimed again.
/// </summary>
public sealed class RefillQueue(Database database, Node node, SettingsSnapshot settings, FaultPoints faults, TimeProvider time)
{
    /// <summary>Longer than the longest call and the write behind it.</summary>
    private const long LeaseMs = 60_000;

    private static readonly string ToAsk = $"ended_at IS NULL AND provider_refill IS NULL AND provider_id IS NOT NULL AND call_state = {(int)RefillCall.None}";
    private static readonly string ToFollow = "ended_at IS NULL AND provider_refill IS NOT NULL AND provider_id IS NOT NULL";
    private static readonly string Abandoned = $"ended_at IS NULL AND call_state = {(int)RefillCall.Calling} AND due_at <= @now";

    /// <summary>The providers that are to be asked for refills now.</summary>
    internal Task<IReadOnlyList<long>> ProvidersToAskAsync(CancellationToken ct) => ProvidersAsync(ToAsk, ct);

    /// <summary>The providers that are to be asked how refills stand now.</summary>
    internal Task<IReadOnlyList<long>> ProvidersToFollowAsync(CancellationToken ct) => ProvidersAsync(ToFollow, ct);

    /// <summary>Stores the intent to ask a provider for refills; only as many as are asked for at once.</summary>
    internal Task<IReadOnlyList<DueRefill>> ClaimToAskAsync(long provider, int atMost) =>
        ClaimAsync(ToAsk, provider, atMost, $"call_state = {(int)RefillCall.Calling}, attempt = attempt + 1");

    /// <summary>Claims refills that the provider has, to ask how they stand.</summary>
    internal Task<IReadOnlyList<DueRefill>> ClaimToFollowAsync(long provider, int atMost) => ClaimAsync(ToFollow, provider, atMost, null);

    /// <summary>Refills whose node died while it asked for them end as an error: nobody knows whether the provider has them (ADR 0011).</summary>
    /// <returns>Their ids.</returns>
    internal async Task<IReadOnlyList<long>> EndAbandonedAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using (var connection = await database.OpenReadAsync(ct))
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition($"SELECT COUNT(*) FROM refills WHERE {Abandoned}", new { now }, cancellationToken: ct)) == 0)
            {
                return [];
            }
        }

        var ended = await database.WriteAsync(
            async tx =>
            {
                IReadOnlyList<long> ids = [.. await tx.Connection.QueryAsync<long>(
                    $"""
                     UPDATE refills SET status = {(int)RefillStatus.Error}, call_state = {(int)RefillCall.Unclear}, note = @note, due_at = NULL, lease_by = NULL, ended_at = @now
                     WHERE {Abandoned} RETURNING id
                     """,
                    new { now, note = "The node that was asking the provider for it has gone: nobody knows whether the provider has it." }, tx.Transaction)];
                await faults.ReachAsync(FaultPoint.RefillWriting);
                return ids;
            },
            CancellationToken.None);
        await faults.ReachAsync(FaultPoint.RefillWritten);
        return ended;
    }

    /// <summary>
    /// Writes what asking for a refill came to. Where the claim was given up for dead meanwhile, the answer is better than the doubt, unless the customer has another refill open by now.
    /// </summary>
    internal Task WriteAsync(DueRefill refill, RefillAnswer answer) => WriteAsync(async tx =>
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var step = answer.Decide(refill.Attempt, now, settings.Current.SyncIntervalMs);
        await tx.Connection.ExecuteAsync(
            $"""
             UPDATE refills SET status = @status, call_state = @call, provider_refill = @id, note = @note, due_at = @due, lease_by = NULL, ended_at = @ended
             WHERE id = @refill AND attempt = @attempt AND provider_refill IS NULL AND call_state <> {(int)RefillCall.None}
               AND (ended_at IS NULL OR NOT EXISTS (SELECT 1 FROM refills other WHERE other.order_id = refills.order_id AND other.ended_at IS NULL))
             """,
            new
            {
                status = (int)step.Status,
                call = (int)step.Call,
                id = step.ProviderRefill,
                note = step.Note,
                due = step.DueAt,
                ended = step.Status.IsFinal() ? now : (long?)null,
                refill = refill.Id,
                attempt = refill.Attempt,
            },
            tx.Transaction);
    });

    /// <summary>Writes how refills stand, and when they are asked after again.</summary>
    internal Task WriteAsync(IReadOnlyList<(DueRefill Refill, RefillStatus Status, string? Note)> said) => WriteAsync(async tx =>
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (refill, status, note) in said)
        {
            var due = status.IsFinal() ? null : now + Pauses.UntilFollowed(now - refill.CreatedAt, settings.Current.SyncIntervalMs);
            await tx.Connection.ExecuteAsync(
                "UPDATE refills SET status = @status, note = @note, due_at = @due, lease_by = NULL, ended_at = @ended WHERE id = @Id AND ended_at IS NULL",
                new { status = (int)status, note, due, ended = status.IsFinal() ? now : (long?)null, refill.Id }, tx.Transaction);
        }
    });

    private async Task WriteAsync(Func<WriteTransaction, Task> write)
    {
        await database.WriteAsync(
            async tx =>
            {
                await write(tx);
                await faults.ReachAsync(FaultPoint.RefillWriting);
                return true;
            },
            CancellationToken.None);
        await faults.ReachAsync(FaultPoint.RefillWritten);
    }

    private async Task<IReadOnlyList<long>> ProvidersAsync(string where, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return [.. await connection.QueryAsync<long>(new CommandDefinition(
            $"SELECT DISTINCT provider_id FROM refills WHERE {where} AND due_at <= @now", new { now = time.GetUtcNow().ToUnixTimeMilliseconds() }, cancellationToken: ct))];
    }

    // Not cancelled half way: who does not know whether the claim holds would leave refills behind that nobody asks for.
    private async Task<IReadOnlyList<DueRefill>> ClaimAsync(string where, long provider, int atMost, string? set)
    {
        var claimed = await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                var ids = (await tx.Connection.QueryAsync<long>(
                    Leases.ClaimSql(tx.Kind, "refills", where + " AND provider_id = @provider", set, "id"),
                    new { now, until = now + LeaseMs, node = node.Name, provider, atMost }, tx.Transaction)).ToList();
                if (ids.Count == 0)
                {
                    return [];
                }

                IReadOnlyList<DueRefill> refills = [.. await tx.Connection.QueryAsync<DueRefill>(
                    $"""
                     SELECT r.id, r.attempt, r.status, r.provider_refill, o.provider_order, r.note, r.created_at FROM refills r JOIN orders o ON o.id = r.order_id
                     WHERE {Sql.AnyOf(tx.Kind, "r.id", "ids")} ORDER BY r.id
                     """,
                    new { ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction)];
                await faults.ReachAsync(FaultPoint.RefillClaiming);
                return refills;
            },
            CancellationToken.None);
        if (claimed.Count > 0)
        {
            await faults.ReachAsync(FaultPoint.RefillClaimed);
        }

        return claimed;
    }
}
