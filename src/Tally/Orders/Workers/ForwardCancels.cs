using Dapper;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Passes requests to cancel on to providers, paused ones too, for it can only save their money (lifecycle.md section 8). The money moves only when the provider's status says Canceled or
/// Partial, so asking twice does no harm: what got no clear answer is asked again a few times, each alone.
/// </summary>
public sealed class ForwardCancels(
    Database database, ProviderBook providers, ChangeOrders change, Node node, FaultPoints faults, TimeProvider time, ILogger<ForwardCancels> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int LargestBatch = 100, AtOnce = 4, MostRounds = 10;

    /// <summary>Longer than the longest call and the write behind it.</summary>
    private const long LeaseMs = 60_000;

    private readonly ProviderTurns _turns = new(time, logger);

    /// <summary>Waits for the calls under way, so that their outcomes are written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _turns.DrainAsync();
    }

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        IReadOnlyList<long> due;
        await using (var connection = await database.OpenReadAsync(ct))
        {
            due = [.. await connection.QueryAsync<long>(new CommandDefinition(
                "SELECT DISTINCT o.provider_id FROM cancels c JOIN orders o ON o.id = c.order_id WHERE c.ended_at IS NULL AND c.due_at <= @now AND o.provider_id IS NOT NULL",
                new { now = Time.GetUtcNow().ToUnixTimeMilliseconds() }, cancellationToken: ct))];
        }

        await _turns.RunAsync(due, provider => TurnAsync(provider, ct), ct);
        return false;
    }

    private async Task TurnAsync(long provider, CancellationToken ct)
    {
        for (var round = 0; round < MostRounds && !ct.IsCancellationRequested; round++)
        {
            // New ones go out in one call; of those that come again each in one of its own, so that its answer is about it alone.
            var fresh = await ClaimAsync(provider, "attempt = 0", LargestBatch);
            await ForwardAsync(provider, fresh);
            var again = await ClaimAsync(provider, "attempt > 0", AtOnce);
            await Task.WhenAll(again.Select(c => ForwardAsync(provider, [c])));
            if (fresh.Count < LargestBatch && again.Count < AtOnce)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<DueCancel>> ClaimAsync(long provider, string which, int atMost)
    {
        var claimed = await database.WriteAsync(
            async tx =>
            {
                var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
                var where = $"ended_at IS NULL AND {which} AND EXISTS (SELECT 1 FROM orders o WHERE o.id = cancels.order_id AND o.provider_id = @provider)";
                var ids = (await tx.Connection.QueryAsync<long>(
                    Leases.ClaimSql(tx.Kind, "cancels", where, "attempt = attempt + 1", "id"),
                    new { now, until = now + LeaseMs, node = node.Name, provider, atMost }, tx.Transaction)).ToList();
                if (ids.Count == 0)
                {
                    return [];
                }

                IReadOnlyList<DueCancel> cancels = [.. await tx.Connection.QueryAsync<DueCancel>(
                    $"""
                     SELECT c.id, c.order_id, c.attempt, c.unclear, c.note, o.send_state, o.provider_order FROM cancels c JOIN orders o ON o.id = c.order_id
                     WHERE {Sql.AnyOf(tx.Kind, "c.id", "ids")} ORDER BY c.id
                     """,
                    new { ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction)];
                await faults.ReachAsync(FaultPoint.CancelClaiming);
                return cancels;
            },
            CancellationToken.None);
        if (claimed.Count > 0)
        {
            await faults.ReachAsync(FaultPoint.CancelClaimed);
        }

        return claimed;
    }

    private async Task ForwardAsync(long id, IReadOnlyList<DueCancel> cancels)
    {
        var provider = providers.Current.GetValueOrDefault(id);
        var there = cancels.Where(c => provider is not null && c is { SendState: SendState.Sent, ProviderOrder: not null }).ToList();

        // What the provider has not got waits for no answer of it.
        await WriteAsync([.. cancels.Except(there).Select(c => (c, (CancelAnswer?)null))]);
        if (there.Count == 0)
        {
            return;
        }

        var answers = await providers.CallAsync(provider!, "cancel", api => api.CancelAsync([.. there.Select(c => c.ProviderOrder!)]));
        if (answers is not ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.Answered)
        {
            Logger.LogWarning("Provider {Provider} did not answer {Cancels} requests to cancel: {Answer}", provider!.Name, there.Count, answers);
        }

        await faults.ReachAsync(FaultPoint.CancelAnswered);
        await _turns.InsistAsync(() => WriteAsync([.. there.Select(c => (c, (CancelAnswer?)CancelAnswer.Of(answers, c.ProviderOrder!, there.Count)))]));
    }

    private async Task WriteAsync(IReadOnlyList<(DueCancel Cancel, CancelAnswer? Answer)> answered)
    {
        if (answered.Count == 0)
        {
            return;
        }

        await database.WriteAsync(
            async tx =>
            {
                // The call took its time: only the locked rows say which orders are unsent now.
                var orders = await OrderSql.LockAsync(tx, [.. answered.Select(a => a.Cancel.OrderId)], CancellationToken.None);
                var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var (cancel, answer) in answered)
                {
                    var step = answer?.Decide(cancel.Attempt, cancel.Unclear, now) ?? CancelAnswer.Unasked(orders[cancel.OrderId], cancel.Attempt, cancel.Unclear, cancel.Note, now);
                    await WriteAsync(tx, cancel, step, now);
                }

                // The sending came back without having reached the provider: cancelled and paid back at once.
                var unsent = answered.Select(a => orders[a.Cancel.OrderId]).Where(o => o.SendState is SendState.Ready or SendState.Held);
                await change.RunAsync(
                    tx, [.. unsent.Select(o => new OrderChange(o.Id, ChangedBy.Customer, OrderStatus.Canceled, Remains: o.Quantity))], CancellationToken.None);
                await faults.ReachAsync(FaultPoint.CancelWriting);
                return true;
            },
            CancellationToken.None);
        await faults.ReachAsync(FaultPoint.CancelWritten);
    }

    // One that was claimed anew meanwhile is the other's to answer.
    private static Task WriteAsync(WriteTransaction tx, DueCancel cancel, CancelStep step, long now) => tx.Connection.ExecuteAsync(
        """
        UPDATE cancels SET state = @state, due_at = @due, lease_by = NULL, note = @note, unclear = @unclear, ended_at = @ended
        WHERE id = @Id AND attempt = @Attempt AND ended_at IS NULL
        """,
        new
        {
            state = (int)step.State,
            due = step.DueAt,
            note = step.Note,
            unclear = step.Unclear,
            ended = step.State == CancelState.Rejected ? now : (long?)null,
            cancel.Id,
            cancel.Attempt,
        },
        tx.Transaction);

    private sealed record DueCancel
    {
        public long Id { get; init; }

        public long OrderId { get; init; }

        public int Attempt { get; init; }

        public int Unclear { get; init; }

        public string? Note { get; init; }

        public SendState SendState { get; init; }

        public string? ProviderOrder { get; init; }
    }
}
