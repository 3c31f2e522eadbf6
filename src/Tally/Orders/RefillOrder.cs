using Dapper;
using Tally.Catalog;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>How a request for a refill ended.</summary>
public abstract record RefillOutcome
{
    private RefillOutcome()
    {
    }

    /// <summary>A refill task with this id is on its way.</summary>
    public sealed record Accepted(long Refill) : RefillOutcome;

    /// <summary>No refill was made.</summary>
    public sealed record Refused(Refusal Refusal) : RefillOutcome;
}

/// <summary>Takes a customer's request for a refill (lifecycle.md section 7); it is passed on to the provider, or waits for the operator.</summary>
public sealed class RefillOrder(Database database, Catalog.Catalog catalog, OrderIds ids, TimeProvider time, DispatchBell bell)
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    /// <summary>Makes a refill task, or says why not.</summary>
    public async Task<RefillOutcome> RunAsync(long accountId, long order, CancellationToken ct)
    {
        var refill = await ids.Refills.TakeAsync(ct);
        var outcome = await database.WriteAsync(tx => RunAsync(tx, accountId, order, refill, ct), ct);
        bell.Bell.Ring();
        return outcome;
    }

    /// <summary>What stands against a refill, in the order of api-v2.md section 7: offered, completed, one open, 24 h, window.</summary>
    /// <param name="lastMs">When the last refill was asked for; null = never.</param>
    internal static Refusal? Decide(Order order, Service? service, bool open, long? lastMs, long nowMs)
    {
        if (service is not { Refill: true })
        {
            return Refusal.RefillDisabled;
        }

        if (order.Status != OrderStatus.Completed || order.CompletedAt is not { } completed)
        {
            return Refusal.RefillNotCompleted;
        }

        return open ? Refusal.RefillOpen
            : nowMs < Earliest(completed, lastMs) ? Refusal.RefillTooEarly
            : service.RefillDays > 0 && nowMs - completed > service.RefillDays * DayMs ? Refusal.RefillExpired
            : null;
    }

    /// <summary>When a refill may be asked for that is refused as too early now (unix ms); null when the window will be over by then.</summary>
    internal static long? FirstAllowed(Order order, Service? service, long? lastMs)
    {
        if (order.CompletedAt is not { } completed || service is null)
        {
            return null;
        }

        var from = Earliest(completed, lastMs);
        return service.RefillDays > 0 && from - completed > service.RefillDays * DayMs ? null : from;
    }

    private static long Earliest(long completed, long? lastMs) => Math.Max(completed, lastMs ?? 0) + DayMs;

    private async Task<RefillOutcome> RunAsync(WriteTransaction tx, long accountId, long orderId, long refill, CancellationToken ct)
    {
        if (!(await OrderSql.LockAsync(tx, [orderId], ct)).TryGetValue(orderId, out var order) || order.AccountId != accountId)
        {
            return new RefillOutcome.Refused(Refusal.IncorrectOrder);
        }

        var (open, last) = await tx.Connection.QuerySingleAsync<(long Open, long? Last)>(new CommandDefinition(
            "SELECT COUNT(*) - COUNT(ended_at) AS open, MAX(created_at) AS last FROM refills WHERE order_id = @orderId", new { orderId }, tx.Transaction, cancellationToken: ct));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Decide(order, catalog.Current.ById.GetValueOrDefault(order.ServiceId), open > 0, last, now) is { } refusal)
        {
            return new RefillOutcome.Refused(refusal);
        }

        var forwarded = order.ProviderOrder is not null;
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO refills (id, account_id, order_id, status, provider_id, due_at, created_at) VALUES (@refill, @accountId, @orderId, 0, @provider, @due, @now)",
            new { refill, accountId, orderId, provider = forwarded ? order.ProviderId : null, due = forwarded ? now : (long?)null, now }, tx.Transaction, cancellationToken: ct));
        return new RefillOutcome.Accepted(refill);
    }
}
