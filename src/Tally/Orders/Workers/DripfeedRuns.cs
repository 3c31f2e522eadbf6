using Dapper;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>
/// Starts the runs of drip-feed orders when they are due and brings the parents to their ends (lifecycle.md section 5). Each run is an ordinary order; its charge
/// comes out of what the parent was charged at <c>add</c>.
/// </summary>
public sealed class DripfeedRuns(Database database, GeneralLedger ledger, ChangeOrders change, OrderIds ids, Catalog.Catalog catalog, WorkingProviders providers, DispatchBell bell, FaultPoints faults, TimeProvider time,
    ILogger<DripfeedRuns> logger)
    : WorkLoop(time, logger, TimeSpan.FromMilliseconds(500))
{
    private const int AtMost = 100;
    private const long MinuteMs = 60_000;

    /// <summary>What a run costs: an equal share rounded down, and the last one takes the remainder.</summary>
    public static Money Share(Money charge, int runs, int run)
    {
        var share = charge.Share(1, runs);
        return run < runs ? share : new Money(charge.Units - (share.Units * (runs - 1)));
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var due = await DueAsync(ct);
        foreach (var parent in due)
        {
            try
            {
                await TurnAsync(parent, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException && DatabaseFailure.Of(e) == FailureKind.Other)
            {
                // It concerns this drip-feed alone, and would stand before all others again and again.
                Logger.LogError(e, "Drip-feed {Order} could not go on; it is looked at again in a minute", parent);
                await PutOffAsync(parent, ct);
            }
        }

        return due.Count == AtMost;
    }

    private async Task TurnAsync(long parent, CancellationToken ct)
    {
        var child = await ids.Orders.TakeAsync(ct);
        var started = await database.WriteAsync(
            async tx =>
            {
                var start = await StepAsync(tx, parent, child, ct);
                await faults.ReachAsync(FaultPoint.RunWriting);
                return start;
            },
            ct);
        await faults.ReachAsync(FaultPoint.RunWritten);
        if (started)
        {
            bell.Bell.Ring();
        }
    }

    private Task PutOffAsync(long parent, CancellationToken ct)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync(
            tx => tx.Connection.ExecuteAsync(new CommandDefinition(
                "UPDATE orders SET due_at = @later WHERE id = @parent AND due_at <= @now", new { parent, now, later = now + MinuteMs }, tx.Transaction, cancellationToken: ct)),
            ct);
    }

    private async Task<IReadOnlyList<long>> DueAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return [.. await connection.QueryAsync<long>(new CommandDefinition(
            $"SELECT id FROM orders WHERE send_state = {(int)SendState.None} AND due_at <= @now AND runs IS NOT NULL ORDER BY due_at, id LIMIT @AtMost",
            new { now = Time.GetUtcNow().ToUnixTimeMilliseconds(), AtMost }, cancellationToken: ct))];
    }

    /// <summary>One parent, in one transaction that holds its lock: starts its next run when that is due, then sees how far it is; true when a run was started.</summary>
    private async Task<bool> StepAsync(WriteTransaction tx, long parentId, long child, CancellationToken ct)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!(await OrderSql.LockAsync(tx, [parentId], ct)).TryGetValue(parentId, out var parent) || parent.DueAt is not { } due || due > now)
        {
            return false;
        }

        var runs = await RunsAsync(tx, parentId);
        var next = (parent.Run ?? 0) + 1;
        var start = !parent.Stopped && !parent.Status.IsFinal() && next <= parent.Runs && now >= NextStart(parent, runs);
        if (start)
        {
            var run = Routed(NewRun(parent, child, next, now));
            var batch = await ledger.OpenBatchAsync(tx.Transaction, [parent.AccountId], [parentId], [], ct);
            OrderMoney.FundRun(batch, parentId, child, run.ChargeMoney, now);
            await batch.FlushAsync(ct);
            await OrderSql.InsertAsync(tx, [run], ct);
            runs.Add(new RunState { Run = next, Status = run.Status, Quantity = run.Quantity, Remains = run.Remains, CreatedAt = now });
        }

        var started = start ? next : parent.Run ?? 0;
        var last = parent.Stopped || started == parent.Runs;
        var nextDue = last ? (long?)null : NextStart(parent with { Run = started }, runs);
        var changed = await change.RunAsync(tx, [Progress(parent, runs, last)], ct, o => o with { Run = started, DueAt = o.Status.IsFinal() ? null : nextDue });
        if (changed.Count == 0)
        {
            // A run that was corrected after the end, in a way that the parent's own end does not allow: it has been looked at.
            await OrderSql.UpdateAsync(tx, [parent with { DueAt = null }], ct);
        }

        return start;
    }

    /// <summary>On the route that a new order of the service would take now.</summary>
    private Order Routed(Order run)
    {
        if (run.ProviderId is null || catalog.Current.ById.GetValueOrDefault(run.ServiceId) is not { FurtherRoutes.Count: > 0 } service)
        {
            return run;
        }

        return RouteChoice.First(service, run.Id, run.ChargeMoney, run.Quantity, providers.Works) is { } route
            ? run with { ProviderId = route.ProviderId, ProviderService = route.ProviderService }
            : run with { SendState = SendState.Held, DueAt = null, Note = RouteChoice.EveryRouteIsALoss };
    }

    private static long NextStart(Order parent, List<RunState> runs) =>
        runs.Count == 0 ? parent.CreatedAt : runs.Max(r => r.CreatedAt) + (parent.IntervalMinutes!.Value * MinuteMs);

    private static Order NewRun(Order parent, long id, int run, long now) => parent with
    {
        Id = id,
        Status = OrderStatus.Pending,
        SendState = parent.ProviderId is null ? SendState.None : SendState.Ready,
        Quantity = parent.Quantity / parent.Runs!.Value,
        Charge = Share(parent.ChargeMoney, parent.Runs.Value, run).Units,
        Remains = parent.Quantity / parent.Runs.Value,
        ParentId = parent.Id,
        Run = run,
        Runs = null,
        IntervalMinutes = null,
        UniqueLink = null,
        Cost = 0,
        DueAt = parent.ProviderId is null ? null : now,
        CreatedAt = now,
    };

    /// <summary>Where the parent stands by its runs.</summary>
    internal static OrderChange Progress(Order parent, IReadOnlyList<RunState> runs, bool last)
    {
        var delivered = runs.Where(r => r.Status != OrderStatus.Pending).Sum(r => r.Quantity - r.Remains);
        var start = runs.Count > 0 ? runs.MinBy(r => r.Run)!.StartCount : 0;
        var status = (last && runs.All(r => r.Status.IsFinal())) switch
        {
            true when !parent.Stopped && runs.All(r => r.Status == OrderStatus.Completed) => OrderStatus.Completed,
            true when delivered == 0 || runs.All(r => r.Status == OrderStatus.Canceled) => OrderStatus.Canceled,
            true => OrderStatus.Partial,
            false when runs.Count > 0 => OrderStatus.InProgress,
            _ => OrderStatus.Pending,
        };
        return new OrderChange(parent.Id, ChangedBy.Sync, status, start, parent.Quantity - delivered);
    }

    private static async Task<List<RunState>> RunsAsync(WriteTransaction tx, long parent) => [.. await tx.Connection.QueryAsync<RunState>(
        "SELECT run, status, quantity, remains, start_count, created_at FROM orders WHERE parent_id = @parent", new { parent }, tx.Transaction)];

    internal sealed record RunState
    {
        public int Run { get; init; }

        public OrderStatus Status { get; init; }

        public long Quantity { get; init; }

        public long Remains { get; init; }

        public long StartCount { get; init; }

        public long CreatedAt { get; init; }
    }
}
