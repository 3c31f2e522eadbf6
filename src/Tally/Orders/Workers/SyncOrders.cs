using System.Collections.Concurrent;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Asks providers where their orders stand, up to 100 in a call (lifecycle.md section 4). Each provider has places of its own, so that a slow one holds up none but itself.
/// </summary>
public sealed class SyncOrders : WorkLoop
{
    /// <summary>The most ids of one call (the contract's limit).</summary>
    public const int LargestBatch = 100;

    private const int MostBatches = 4;

    /// <summary>Longer than the longest call, with its retries, and the write behind it. What could not be written is asked for again after it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(35);
    private readonly ConcurrentDictionary<long, ProviderSlots> _slots = new();
    private readonly ProviderBook _providers;
    private readonly ProviderTraffic _traffic;
    private readonly SyncQueue _queue;
    private readonly SyncPace _pace;
    private readonly ApplyStatus _apply;
    private readonly SubscriptionOrders _subscriptions;
    private readonly FaultPoints _faults;
    private readonly Bell _bell;

    public SyncOrders(
        ProviderBook providers, ProviderTraffic traffic, SyncQueue queue, SyncPace pace, ApplyStatus apply, SubscriptionOrders subscriptions, FaultPoints faults, TimeProvider time,
        ILogger<SyncOrders> logger)
        : this(providers, traffic, queue, pace, apply, subscriptions, faults, time, logger, new Bell())
    {
    }

    private SyncOrders(
        ProviderBook providers, ProviderTraffic traffic, SyncQueue queue, SyncPace pace, ApplyStatus apply, SubscriptionOrders subscriptions, FaultPoints faults, TimeProvider time,
        ILogger<SyncOrders> logger, Bell bell)
        : base(time, logger, TimeSpan.FromMilliseconds(250), bell)
    {
        (_providers, _traffic, _queue, _pace, _apply, _subscriptions, _faults, _bell) = (providers, traffic, queue, pace, apply, subscriptions, faults, bell);
    }

    /// <summary>Waits for the calls under way, so that what they say is applied.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await IdleAsync();
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    /// <summary>Waits until no call is under way; for a test that turns the loop itself.</summary>
    internal Task IdleAsync() => Task.WhenAll(_slots.Values.Select(s => s.DrainAsync(Drain)));

    /// <summary>Takes batches for the free places of each provider and starts their calls; true when one may have more that is due.</summary>
    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var more = false;
        foreach (var provider in _providers.Current.Values)
        {
            // Most of a provider's connections are for sending. While calls to it rest, nothing is taken for a call that would not go out.
            var places = Math.Min(Math.Clamp(provider.Concurrency / 4, 1, MostBatches), _traffic.FreeOfRest(provider));
            var slots = _slots.GetOrAdd(provider.Id, _ => new ProviderSlots());
            while (slots.Free(places) > 0)
            {
                await _pace.TurnAsync(ct);
                var batch = await _queue.TakeAsync(provider.Id, LargestBatch, Patience, ct);
                _pace.Taken(batch.Count);
                if (batch.Count == 0)
                {
                    break;
                }

                slots.Run(() => AskAsync(provider, batch), answers => ApplyAsync(provider, answers), _bell.Ring);
                if (batch.Count < LargestBatch)
                {
                    break;
                }

                more |= slots.Free(places) > 0;
            }
        }

        return more;
    }

    /// <summary>Asks for one batch. An answer that cannot be used is one that says nothing of any order.</summary>
    private async Task<IReadOnlyList<(Order Order, StatusAnswer Answer)>> AskAsync(Provider provider, IReadOnlyList<Order> orders)
    {
        var states = await StatesAsync(provider, [.. orders.Select(o => o.ProviderOrder!)]);
        return [.. orders.Select(o => (o, StatusAnswer.Of(o, states.GetValueOrDefault(o.ProviderOrder!), provider.ToPanel)))];
    }

    private async Task<IReadOnlyDictionary<string, ApiResult<OrderState>>> StatesAsync(Provider provider, IReadOnlyList<string> ids)
    {
        try
        {
            var answer = await _providers.CallAsync(provider, "status", api => api.StatusesAsync(ids));
            if (answer is ApiResult<IReadOnlyDictionary<string, ApiResult<OrderState>>>.Answered(var states))
            {
                return states;
            }

            Logger.LogWarning("Provider {Provider} did not answer for {Orders} orders: {Answer}", provider.Name, ids.Count, answer);
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Asking {Provider} for {Orders} orders broke off", provider.Name, ids.Count);
        }

        return new Dictionary<string, ApiResult<OrderState>>(StringComparer.Ordinal);
    }

    private async Task ApplyAsync(Provider provider, IReadOnlyList<(Order Order, StatusAnswer Answer)> answers)
    {
        try
        {
            await _faults.ReachAsync(FaultPoint.SyncAnswered);
            foreach (var kind in answers.Where(a => a.Answer.Unusable is not null).CountBy(a => a.Answer.Unusable!))
            {
                Telemetry.SyncUnusable(provider.Name, kind.Key, kind.Value);
            }

            var imports = new Dictionary<long, ChildrenImported>();
            foreach (var (order, answer) in answers.Where(a => a.Answer.Children.Count > 0 && a.Order.Type == Catalog.ServiceType.Subscriptions))
            {
                try
                {
                    imports[order.Id] = await _subscriptions.ImportAsync(provider, order, answer.Children, ids => StatesAsync(provider, ids));
                }
                catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Other)
                {
                    // It concerns this subscription alone: it stays as it is, and is looked at again when it is due.
                    Logger.LogError(e, "The orders of subscription {Order} could not be imported", order.Id);
                    imports[order.Id] = ChildrenImported.Failed(answer.Children.Count);
                }
            }

            Telemetry.SyncApplied(provider.Name, await ApplyAsync(provider, answers, imports));
        }
        catch (Exception e)
        {
            // Nothing is lost: the orders are still due, and asked for again in a while.
            Logger.LogError(e, "What {Provider} said of {Orders} orders could not be applied", provider.Name, answers.Count);
        }
    }

    /// <summary>All in one transaction; where that fails for a reason that lies in one of them, each by itself, so that one order holds up none but itself.</summary>
    private async Task<int> ApplyAsync(Provider provider, IReadOnlyList<(Order Order, StatusAnswer Answer)> answers, Dictionary<long, ChildrenImported> imports)
    {
        try
        {
            var changed = await _apply.RunAsync(provider, answers, imports, CancellationToken.None);
            _queue.Answered(provider.Id, answers.Select(a => a.Order));
            return changed;
        }
        catch (Exception e) when (answers.Count > 1 && DatabaseFailure.Of(e) == FailureKind.Other)
        {
            Logger.LogWarning(e, "What {Provider} said of {Orders} orders could not be applied at once; each is applied by itself", provider.Name, answers.Count);
        }

        var news = 0;
        foreach (var one in answers)
        {
            try
            {
                news += await _apply.RunAsync(provider, [one], imports, CancellationToken.None);
                _queue.Answered(provider.Id, [one.Order]);
            }
            catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Other)
            {
                Logger.LogError(e, "What {Provider} said of order {Order} could not be applied", provider.Name, one.Order.Id);
            }
        }

        return news;
    }
}
