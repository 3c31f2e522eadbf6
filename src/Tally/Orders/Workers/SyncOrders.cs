using Tally.Contract;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Asks providers where their orders stand, up to 100 in a call, and applies what they say (lifecycle.md section 4). An empty, malformed, unknown or missing answer
/// changes nothing; never does a missing id mean Canceled.
/// </summary>
public sealed class SyncOrders(
    ProviderBook providers, OrderClaims claims, ChangeOrders change, SyncSchedule schedule, Database database, TimeProvider time, ILogger<SyncOrders> logger)
    : WorkLoop(time, logger, TimeSpan.FromMilliseconds(250))
{
    /// <summary>The most ids of one call (the contract's limit).</summary>
    public const int LargestBatch = 100;

    /// <summary>Longer than the longest call and the write behind it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var asked = await Task.WhenAll(providers.Current.Values.Select(p => AskAsync(p, ct)));
        return Array.Exists(asked, count => count == LargestBatch);
    }

    /// <summary>Asks one provider for one batch; returns how many orders were due.</summary>
    private async Task<int> AskAsync(Provider provider, CancellationToken ct)
    {
        var orders = await claims.ToSyncAsync(provider.Id, LargestBatch, Lease, ct);
        if (orders.Count == 0)
        {
            return 0;
        }

        var answers = await providers.CallAsync(provider, "status", api => api.StatusesAsync([.. orders.Select(o => o.ProviderOrder!)]));
        if (answers is not ApiResult<IReadOnlyDictionary<string, ApiResult<OrderState>>>.Answered(var states))
        {
            Logger.LogWarning("Provider {Provider} did not answer for {Orders} orders: {Answer}", provider.Name, orders.Count, answers);
            states = new Dictionary<string, ApiResult<OrderState>>(StringComparer.Ordinal);
        }

        var applied = 0;
        var changes = new List<OrderChange>(orders.Count);
        foreach (var order in orders)
        {
            var read = Read(order, states.GetValueOrDefault(order.ProviderOrder!));
            applied += read.Outcome == "applied" ? 1 : 0;
            changes.Add(read.Change);
        }

        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync(
            tx => change.RunAsync(tx, changes, CancellationToken.None, o => o with { LeaseBy = null, DueAt = o.Status.IsFinal() ? null : schedule.Next(o, now) }),
            CancellationToken.None);
        Telemetry.SyncApplied(provider.Name, applied);
        return orders.Count;
    }

    /// <summary>What an answer says of an order. One that says nothing usable still makes a change: the order is due again later.</summary>
    internal static (OrderChange Change, string Outcome) Read(Order order, ApiResult<OrderState>? answer)
    {
        var nothing = new OrderChange(order.Id, ChangedBy.Sync);
        return answer switch
        {
            null => (nothing, "missing"),
            ApiResult<OrderState>.Refused(var error) => (nothing with { Note = error.Text }, "error"),

            // A word of its own (Awaiting moderation …) says nothing that we know, and its counters may mean anything.
            ApiResult<OrderState>.Answered({ Status: OrderWord.Unknown }) => (nothing, "unknown"),
            ApiResult<OrderState>.Answered(var state) => (
                new OrderChange(order.Id, ChangedBy.Sync, StatusOf(state), state.StartCount, state.Remains, CostOf(state)), "applied"),
            _ => (nothing, "unreadable"),
        };
    }

    private static OrderStatus StatusOf(OrderState state) => state.Status switch
    {
        OrderWord.Pending => OrderStatus.Pending,
        OrderWord.Processing => OrderStatus.Processing,
        OrderWord.InProgress => OrderStatus.InProgress,
        OrderWord.Completed => OrderStatus.Completed,
        OrderWord.Partial => OrderStatus.Partial,
        OrderWord.Canceled => OrderStatus.Canceled,
        OrderWord.Active => OrderStatus.Active,
        OrderWord.Paused => OrderStatus.Paused,
        OrderWord.Expired => OrderStatus.Expired,
        _ => throw new InvalidOperationException("A status word of no known kind."),
    };

    private static Money? CostOf(OrderState state)
    {
        if (state.Charge is not { } charge || charge < 0 || charge > long.MaxValue / Money.UnitsPerOne)
        {
            return null;
        }

        return new Money((long)decimal.Ceiling(charge * Money.UnitsPerOne));
    }
}
