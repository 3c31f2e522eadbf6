using System.Collections.Concurrent;
using Tally.Catalog;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>
/// Sends orders to their providers (lifecycle.md section 3): the intent is stored first, then the call goes out, then its outcome is written. An order is claimed only
/// when a place for its call is free.
/// </summary>
public sealed class SendOrders(
    ProviderBook providers, OrderClaims claims, SentOrders sent, SettingsSnapshot settings, DispatchBell bell, Database database, TimeProvider time, ILogger<SendOrders> logger)
    : WorkLoop(time, logger, TimeSpan.FromMilliseconds(500), bell.Bell)
{
    /// <summary>Longer than the longest call, so that no claim runs out while its call is under way.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan LookForAbandoned = TimeSpan.FromSeconds(2), LookForUnconfirmed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(35);
    private readonly ConcurrentDictionary<long, ProviderSlots> _slots = new();
    private long _lookedForAbandoned, _lookedForUnconfirmed;
    private bool _tookOver;

    /// <summary>Waits for the calls under way, so that their outcomes are written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_slots.Values.Select(s => s.DrainAsync(Drain)));
    }

    /// <summary>Claims and starts what there are free places for; true when there may be more.</summary>
    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await TakeOverAsync(ct);
        var unconfirmedToo = _lookedForUnconfirmed == 0 || Time.GetElapsedTime(_lookedForUnconfirmed) >= LookForUnconfirmed;
        _lookedForUnconfirmed = unconfirmedToo ? Time.GetTimestamp() : _lookedForUnconfirmed;
        var more = false;
        foreach (var provider in providers.Current.Values.Where(p => !p.Paused))
        {
            var slots = _slots.GetOrAdd(provider.Id, _ => new ProviderSlots());
            if (unconfirmedToo && provider.SupportsReferences && provider.Concurrency > slots.Busy)
            {
                // Where there may be more of them, the next step looks again.
                var all = Start(provider, slots, await claims.ToResendAsync(provider.Id, provider.Concurrency - slots.Busy, Lease, ct), inDoubt: true);
                _lookedForUnconfirmed = all ? _lookedForUnconfirmed : 0;
            }

            if (provider.Concurrency > slots.Busy)
            {
                more |= !Start(provider, slots, await claims.ToSendAsync(provider.Id, provider.Concurrency - slots.Busy, Lease, ct), inDoubt: false);
            }
        }

        return more && _slots.Any(s => providers.Current.TryGetValue(s.Key, out var p) && s.Value.Busy < p.Concurrency);
    }

    /// <summary>Starts the calls for the orders that were claimed; false when they took all places, so that there may be more.</summary>
    private bool Start(Provider provider, ProviderSlots slots, IReadOnlyList<Order> claimed, bool inDoubt)
    {
        foreach (var order in claimed)
        {
            slots.Run(() => SendAsync(provider, order, inDoubt), bell.Bell.Ring);
        }

        return slots.Busy < provider.Concurrency;
    }

    private async Task SendAsync(Provider provider, Order order, bool inDoubt)
    {
        SendOutcome outcome;
        try
        {
            outcome = SendOutcome.Of(await providers.CallAsync(provider, "add", api => api.AddAsync(Request(provider, order))));
        }
        catch (Exception e)
        {
            // Whatever went wrong here, the call may have gone out.
            Logger.LogError(e, "Sending order {Order} to {Provider} broke off", order.Id, provider.Name);
            outcome = new SendOutcome.Unconfirmed("Sending broke off: " + e.GetType().Name);
        }

        Telemetry.Dispatched(outcome.GetType().Name);
        try
        {
            if (outcome is SendOutcome.NoFunds(var words))
            {
                Logger.LogWarning("Provider {Provider} is paused: {Words}. Top it up, then resume it.", provider.Name, words);
                await providers.PauseAsync(provider.Id, words, CancellationToken.None);
            }

            await sent.WriteAsync(new SentOrder(order, outcome, inDoubt));
        }
        catch (Exception e)
        {
            // The intent stands in the store: when its lease runs out, the order is taken over.
            Logger.LogError(e, "The outcome of sending order {Order} to {Provider} ({Outcome}) could not be written", order.Id, provider.Name, outcome.GetType().Name);
        }
    }

    private AddOrder Request(Provider provider, Order order)
    {
        var own = OrderDetails.Read(order.Details);
        var rules = TypeRules.Of(order.Type);
        return new AddOrder
        {
            Service = order.ProviderService!,
            Link = rules.NeedsLink ? order.Link : null,
            Quantity = rules.Quantity == QuantitySource.Parameter ? order.Quantity : null,
            Extra = [.. own],
            OrderReference = provider.SupportsReferences ? $"{settings.Current.PanelId}-{order.Id}" : null,
        };
    }

    // Of a sender that died: sent again where a reference makes that safe, else unconfirmed (lifecycle.md section 3).
    private async Task TakeOverAsync(CancellationToken ct)
    {
        if (_lookedForAbandoned != 0 && Time.GetElapsedTime(_lookedForAbandoned) < LookForAbandoned)
        {
            return;
        }

        _lookedForAbandoned = Time.GetTimestamp();
        var onlyProcess = database.Kind == DatabaseKind.Sqlite && !_tookOver;
        var abandoned = await claims.AbandonedAsync(500, onlyProcess, ct);
        foreach (var order in abandoned)
        {
            Logger.LogWarning("Order {Order} was being sent by {Node}, which has gone", order.Id, order.LeaseBy);
            await sent.WriteAsync(new SentOrder(order, new SendOutcome.Unconfirmed("The node that was sending it has gone.")));
        }

        _tookOver |= abandoned.Count == 0;
    }
}

/// <summary>The calls under way at one provider.</summary>
internal sealed class ProviderSlots
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private int _busy;

    public int Busy => Volatile.Read(ref _busy);

    public void Run(Func<Task> call, Action freed)
    {
        Interlocked.Increment(ref _busy);
        var task = Task.Run(async () =>
        {
            try
            {
                await call();
            }
            finally
            {
                Interlocked.Decrement(ref _busy);
                freed();
            }
        });
        _running.TryAdd(task, true);
        _ = task.ContinueWith(t => _running.TryRemove(t, out _), TaskScheduler.Default);
    }

    public async Task DrainAsync(TimeSpan atMost)
    {
        var all = Task.WhenAll(_running.Keys);
        await Task.WhenAny(all, Task.Delay(atMost));
    }
}
