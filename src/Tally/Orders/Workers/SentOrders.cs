using Dapper;
using Tally.Catalog;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>What became of an order that was claimed for sending.</summary>
/// <param name="InDoubt">It was unconfirmed before: the provider may have it from an earlier call, whatever became of this one.</param>
/// <param name="Abandoned">Its sender has gone: what is written is what nobody knows, and a sender that is not gone after all will know better.</param>
public sealed record SentOrder(Order Claimed, SendOutcome Outcome, bool InDoubt = false, bool Abandoned = false);

/// <summary>
/// Writes what became of orders that were sent, many in one transaction. An order is changed only when it still is the very claim that was sent (its attempt): a
/// late answer to a call that was given up is not lost either, when it brings the provider's id.
/// </summary>
public sealed class SentOrders : IAsyncDisposable
{
    private const int LargestBatch = 200, Capacity = 10_000;
    private static readonly string Final = string.Join(", ", Enum.GetValues<OrderStatus>().Where(s => s.IsFinal()).Select(s => (int)s));
    private readonly Database _database;
    private readonly ChangeOrders _change;
    private readonly AfterSending _after;
    private readonly Catalog.Catalog _catalog;
    private readonly FaultPoints _faults;
    private readonly TimeProvider _time;
    private readonly GroupCommit<SentOrder, bool> _commits;

    public SentOrders(Database database, ChangeOrders change, Catalog.Catalog catalog, ProviderBook providers, WorkingProviders working, SyncSchedule schedule, FaultPoints faults, TimeProvider time)
    {
        (_database, _change, _catalog, _faults, _time) = (database, change, catalog, faults, time);
        _after = new AfterSending(
            id => catalog.Current.ById.GetValueOrDefault(id), id => providers.Current.GetValueOrDefault(id) is { SupportsReferences: true }, working.Works, schedule.First);
        _commits = new GroupCommit<SentOrder, bool>(CommitAsync, Capacity, LargestBatch, loops: 1);
    }

    /// <summary>Writes one outcome; false when the order had moved on meanwhile.</summary>
    public Task<bool> WriteAsync(SentOrder sent) => _commits.CommitAsync(sent);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private async Task<bool[]> CommitAsync(IReadOnlyList<SentOrder> sent, CancellationToken ct)
    {
        var takeover = sent.Any(s => s.Abandoned);
        var written = await _database.WriteAsync(
            async tx =>
            {
                var result = await WriteAsync(tx, sent, ct);
                await _faults.ReachAsync(takeover ? FaultPoint.TakeoverWriting : FaultPoint.SendWriting);
                return result;
            },
            ct);
        await _faults.ReachAsync(takeover ? FaultPoint.TakenOver : FaultPoint.SendWritten);
        return written;
    }

    private async Task<bool[]> WriteAsync(WriteTransaction tx, IReadOnlyList<SentOrder> sent, CancellationToken ct)
    {
        var locked = await OrderSql.LockAsync(tx, [.. sent.Select(s => s.Claimed.Id)], ct);
        var contested = await ContestedAsync(tx, sent, ct);
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var plain = new List<Order>();
        var canceled = new List<OrderChange>();
        var written = new bool[sent.Count];
        for (var i = 0; i < sent.Count; i++)
        {
            if (!locked.TryGetValue(sent[i].Claimed.Id, out var order) || !IsStill(order, sent[i]))
            {
                continue;
            }

            written[i] = true;
            var next = _after.Of(order, sent[i], contested, now);
            locked[order.Id] = next;
            if (Cancels(order, next))
            {
                canceled.Add(new OrderChange(order.Id, ChangedBy.Dispatcher, OrderStatus.Canceled, Remains: order.Quantity, Note: next.Note));
            }
            else
            {
                plain.Add(next);
            }
        }

        await OrderSql.UpdateAsync(tx, plain, ct);
        if (canceled.Count > 0)
        {
            await _change.RunAsync(tx, canceled, ct, o => o with { SendState = SendState.None, LeaseBy = null });
        }

        return written;
    }

    // The very claim; and a take-over must not undo what the sender itself has written since it was found missing.
    private static bool IsStill(Order order, SentOrder sent) =>
        order.Attempt == sent.Claimed.Attempt && order.SendState switch
        {
            SendState.Sending => true,
            SendState.Unconfirmed => !sent.Abandoned,
            _ => false,
        };

    // Every provider refused it, and the service's setting is not to bother the operator.
    private bool Cancels(Order before, Order next) =>
        next.SendState == SendState.Held && !before.Status.IsFinal() && _catalog.Current.ById.GetValueOrDefault(before.ServiceId)?.OnRefusal == OnRefusal.Cancel;

    /// <summary>
    /// The ids that a badly written provider gave to more than one order. Which of them it means nobody can tell, and following the wrong one would pay back the wrong one: an order
    /// that has such an id already, and is not final, is for the operator to look at as much as the new one.
    /// </summary>
    private static async Task<HashSet<(long Provider, string Order)>> ContestedAsync(WriteTransaction tx, IReadOnlyList<SentOrder> sent, CancellationToken ct)
    {
        var given = sent.Where(s => s.Outcome is SendOutcome.Taken)
            .Select(s => (Order: s.Claimed.Id, Id: (Provider: s.Claimed.ProviderId!.Value, Order: ((SendOutcome.Taken)s.Outcome).ProviderOrder))).Distinct().ToList();
        var contested = given.GroupBy(g => g.Id).Where(g => g.Skip(1).Any()).Select(g => g.Key).ToHashSet();
        contested.UnionWith(await HeldAsync(tx, [.. given.Select(g => g.Id).Distinct()], ct));
        foreach (var (provider, id) in contested)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                $"""
                 UPDATE orders SET send_state = {(int)SendState.Unconfirmed}, provider_order = NULL, due_at = NULL, lease_by = NULL, note = @note, version = version + 1
                 WHERE provider_id = @provider AND provider_order = @id AND status NOT IN ({Final})
                 """,
                new { provider, id, note = AfterSending.Contested(id) }, tx.Transaction, cancellationToken: ct));
        }

        return contested;
    }

    /// <summary>Those of the ids that an order has already.</summary>
    private static async Task<IReadOnlyList<(long Provider, string Order)>> HeldAsync(WriteTransaction tx, IReadOnlyList<(long Provider, string Order)> ids, CancellationToken ct)
    {
        if (tx.Kind == DatabaseKind.Postgres)
        {
            // One question for all: a round trip for each would be the slowest part of the write.
            return [.. await tx.Connection.QueryAsync<(long, string)>(new CommandDefinition(
                "SELECT o.provider_id, o.provider_order FROM unnest(@providers, @ids) AS g (provider, id) JOIN orders o ON o.provider_id = g.provider AND o.provider_order = g.id",
                new { providers = ids.Select(a => a.Provider).ToArray(), ids = ids.Select(a => a.Order).ToArray() }, tx.Transaction, cancellationToken: ct))];
        }

        var held = new List<(long, string)>();
        await using var command = tx.Command("SELECT COUNT(*) FROM orders WHERE provider_id = @provider AND provider_order = @id");
        var provider = BulkInsert.Add(command, "provider", 0L);
        var id = BulkInsert.Add(command, "id", "");
        foreach (var one in ids)
        {
            (provider.Value, id.Value) = one;
            if ((long)(await command.ExecuteScalarAsync(ct))! > 0)
            {
                held.Add(one);
            }
        }

        return held;
    }
}
