using Dapper;
using Tally.Contract;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>Passes requests to cancel on to providers (lifecycle.md section 8). The money moves only when the provider's status says Canceled or Partial.</summary>
public sealed class ForwardCancels(Database database, ProviderBook providers, ChangeOrders change, Node node, TimeProvider time, ILogger<ForwardCancels> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int AtMost = 100;
    private const long LeaseMs = 60_000, RetryMs = 2_000, LongestRetryMs = 600_000;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var due = await ClaimAsync(ct);
        foreach (var group in due.GroupBy(d => d.ProviderId))
        {
            await ForwardAsync(group.Key is { } id ? providers.Current.GetValueOrDefault(id) : null, [.. group]);
        }

        return due.Count == AtMost;
    }

    private Task<IReadOnlyList<DueCancel>> ClaimAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            var ids = (await tx.Connection.QueryAsync<long>(new CommandDefinition(
                Leases.ClaimSql(tx.Kind, "cancels", "ended_at IS NULL", "attempt = attempt + 1", "id"),
                new { now, until = now + LeaseMs, node = node.Name, atMost = AtMost }, tx.Transaction, cancellationToken: ct))).ToList();
            if (ids.Count == 0)
            {
                return [];
            }

            return (IReadOnlyList<DueCancel>)[.. await tx.Connection.QueryAsync<DueCancel>(new CommandDefinition(
                $"""
                 SELECT c.id, c.order_id, c.attempt, o.send_state, o.provider_id, o.provider_order FROM cancels c JOIN orders o ON o.id = c.order_id
                 WHERE {Sql.AnyOf(tx.Kind, "c.id", "ids")} ORDER BY c.id
                 """,
                new { ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction, cancellationToken: ct))];
        },
        ct);

    private async Task ForwardAsync(Provider? provider, IReadOnlyList<DueCancel> cancels)
    {
        var sent = cancels.Where(c => c is { SendState: SendState.Sent, ProviderOrder: not null } && provider is not null).ToList();
        var answers = new Dictionary<string, ApiResult<bool>>(StringComparer.Ordinal);
        if (sent.Count > 0
            && await providers.CallAsync(provider!, "cancel", api => api.CancelAsync([.. sent.Select(c => c.ProviderOrder!)])) is ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.Answered(var items))
        {
            answers = new Dictionary<string, ApiResult<bool>>(items, StringComparer.Ordinal);
        }

        await database.WriteAsync(
            async tx =>
            {
                // The call took its time: only the locked rows say which orders are unsent now.
                var orders = await OrderSql.LockAsync(tx, [.. cancels.Select(c => c.OrderId)], CancellationToken.None);
                var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var cancel in cancels)
                {
                    var order = orders[cancel.OrderId];
                    var answer = cancel.ProviderOrder is { } id ? answers.GetValueOrDefault(id) : null;
                    await WriteAsync(tx, cancel, answer, waitsForOperator: order is { SendState: SendState.Unconfirmed, DueAt: null }, now);
                }

                // The sending came back without having reached the provider: cancelled and paid back at once.
                var unsent = cancels.Select(c => orders[c.OrderId]).Where(o => o.SendState is SendState.Ready or SendState.Held);
                await change.RunAsync(
                    tx, [.. unsent.Select(o => new OrderChange(o.Id, ChangedBy.Customer, OrderStatus.Canceled, Remains: o.Quantity))], CancellationToken.None);
            },
            CancellationToken.None);
    }

    private static Task WriteAsync(WriteTransaction tx, DueCancel cancel, ApiResult<bool>? answer, bool waitsForOperator, long now)
    {
        var retry = now + Math.Min(LongestRetryMs, RetryMs << Math.Min(cancel.Attempt, 10));
        var (state, due, note, ended) = answer switch
        {
            ApiResult<bool>.Answered(true) => (CancelState.Forwarded, (long?)null, (string?)null, (long?)null),
            ApiResult<bool>.Answered => (CancelState.Rejected, null, "The provider did not accept it.", now),
            ApiResult<bool>.Refused(var error) => (CancelState.Rejected, null, error.Text, now),
            _ when waitsForOperator => (CancelState.Open, null, "The order is unconfirmed: the operator decides.", null),
            _ => (CancelState.Open, retry, null, null),
        };
        return tx.Connection.ExecuteAsync(
            "UPDATE cancels SET state = @state, due_at = @due, lease_by = NULL, note = COALESCE(@note, note), ended_at = @ended WHERE id = @Id AND ended_at IS NULL",
            new { state = (int)state, due, note, ended, cancel.Id }, tx.Transaction);
    }

    private sealed record DueCancel
    {
        public long Id { get; init; }

        public long OrderId { get; init; }

        public int Attempt { get; init; }

        public SendState SendState { get; init; }

        public long? ProviderId { get; init; }

        public string? ProviderOrder { get; init; }
    }
}
