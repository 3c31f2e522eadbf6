using Tally.Catalog;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>What became of an order that was claimed for sending.</summary>
/// <param name="InDoubt">It was unconfirmed before: the provider may have it from an earlier call, whatever became of this one.</param>
public sealed record SentOrder(Order Claimed, SendOutcome Outcome, bool InDoubt = false);

/// <summary>
/// Writes what became of orders that were sent, many in one transaction. An order is changed only when it still is the very claim that was sent (its attempt): a
/// late answer to a call that was given up is not lost either, when it brings the provider's id.
/// </summary>
public sealed class SentOrders : IAsyncDisposable
{
    private const int LargestBatch = 200, Capacity = 10_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private readonly Database _database;
    private readonly ChangeOrders _change;
    private readonly Catalog.Catalog _catalog;
    private readonly ProviderBook _providers;
    private readonly SyncSchedule _schedule;
    private readonly TimeProvider _time;
    private readonly GroupCommit<SentOrder, bool> _commits;

    public SentOrders(Database database, ChangeOrders change, Catalog.Catalog catalog, ProviderBook providers, SyncSchedule schedule, TimeProvider time)
    {
        (_database, _change, _catalog, _providers, _schedule, _time) = (database, change, catalog, providers, schedule, time);
        _commits = new GroupCommit<SentOrder, bool>(
            async (sent, ct) => await database.WriteAsync(tx => WriteAsync(tx, sent, ct), ct), Capacity, LargestBatch, loops: 1);
    }

    /// <summary>Writes one outcome; false when the order had moved on meanwhile.</summary>
    public Task<bool> WriteAsync(SentOrder sent) => _commits.CommitAsync(sent);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private async Task<bool[]> WriteAsync(WriteTransaction tx, IReadOnlyList<SentOrder> sent, CancellationToken ct)
    {
        var locked = await OrderSql.LockAsync(tx, [.. sent.Select(s => s.Claimed.Id)], ct);
        var taken = await TakenIdsAsync(tx, sent, ct);
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var plain = new List<Order>();
        var canceled = new List<OrderChange>();
        var written = new bool[sent.Count];
        for (var i = 0; i < sent.Count; i++)
        {
            var (claimed, outcome, inDoubt) = sent[i];
            if (!locked.TryGetValue(claimed.Id, out var order) || order.Attempt != claimed.Attempt || order.SendState is not (SendState.Sending or SendState.Unconfirmed))
            {
                continue;
            }

            written[i] = true;
            if (order.Status.IsFinal())
            {
                plain.Add(AfterItsEnd(Next(order, outcome, taken, now)));
                continue;
            }

            if (!inDoubt && outcome is SendOutcome.Refused refused && _catalog.Current.ById.GetValueOrDefault(order.ServiceId)?.OnRefusal == OnRefusal.Cancel)
            {
                canceled.Add(new OrderChange(order.Id, ChangedBy.Dispatcher, OrderStatus.Canceled, Remains: order.Quantity, Note: refused.Words));
                continue;
            }

            var next = Next(order, outcome, taken, now);
            plain.Add(inDoubt && next.SendState is SendState.Ready or SendState.Held ? StillInDoubt(next) : next);
        }

        await OrderSql.UpdateAsync(tx, plain, ct);
        if (canceled.Count > 0)
        {
            await _change.RunAsync(tx, canceled, ct, o => o with { SendState = SendState.None, LeaseBy = null });
        }

        return written;
    }

    private Order Next(Order order, SendOutcome outcome, HashSet<(long, string)> taken, long now)
    {
        var free = order with { LeaseBy = null };
        switch (outcome)
        {
            case SendOutcome.Taken(var id) when taken.Add((order.ProviderId!.Value, id)):
                return free with { SendState = SendState.Sent, ProviderOrder = id, Note = null, DueAt = _schedule.First(now) };
            case SendOutcome.Taken(var id):
                return free with { SendState = SendState.Unconfirmed, DueAt = null, Note = $"The provider answered with id {id}, which another order has already." };
            case SendOutcome.Refused(var words):
                return free with { SendState = SendState.Held, DueAt = null, Note = words };
            case SendOutcome.Later(var words):
                return free with { SendState = SendState.Ready, DueAt = now + PauseMs(order.Attempt), Note = words };
            case SendOutcome.NoFunds(var words):
                return free with { SendState = SendState.Ready, DueAt = now, Note = words };
            case SendOutcome.Unconfirmed { ForOperator: false, Words: var words } when _providers.Current.GetValueOrDefault(order.ProviderId ?? 0) is { SupportsReferences: true }:
                // Due to be sent again: safe, since the same reference goes with it, and the provider answers the first order's id.
                return free with { SendState = SendState.Unconfirmed, DueAt = now + PauseMs(order.Attempt), Note = words };
            case SendOutcome.Unconfirmed { Words: var words }:
                return free with { SendState = SendState.Unconfirmed, DueAt = null, Note = words };
            default:
                throw new InvalidOperationException("An outcome of no known kind.");
        }
    }

    // What was definitely not taken now may have been taken before: it stays unconfirmed, and a refusal is for the operator to judge.
    private static Order StillInDoubt(Order next) => next with { SendState = SendState.Unconfirmed, DueAt = next.SendState == SendState.Held ? null : next.DueAt };

    // The operator has settled it meanwhile: it is not sent any more, but the provider's id is worth knowing.
    private static Order AfterItsEnd(Order next) =>
        next with { SendState = next.SendState is SendState.Ready or SendState.Held ? SendState.None : next.SendState, DueAt = null };

    private static long PauseMs(int attempt) => (long)Math.Min(LongestPause.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(attempt, 20)));

    // A badly written provider may give one id to two orders: the second must not hide behind the first.
    private static async Task<HashSet<(long Provider, string Order)>> TakenIdsAsync(WriteTransaction tx, IReadOnlyList<SentOrder> sent, CancellationToken ct)
    {
        var taken = new HashSet<(long, string)>();
        await using var command = tx.Command("SELECT COUNT(*) FROM orders WHERE provider_id = @provider AND provider_order = @id");
        var provider = BulkInsert.Add(command, "provider", 0L);
        var id = BulkInsert.Add(command, "id", "");
        foreach (var (claimed, outcome, _) in sent)
        {
            if (outcome is SendOutcome.Taken answered)
            {
                (provider.Value, id.Value) = (claimed.ProviderId!.Value, answered.ProviderOrder);
                if (Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture) > 0)
                {
                    taken.Add((claimed.ProviderId.Value, answered.ProviderOrder));
                }
            }
        }

        return taken;
    }
}
