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
    ProviderBook providers, ProviderTraffic traffic, OrderClaims claims, SentOrders sent, SettingsSnapshot settings, DispatchBell bell, FaultPoints faults, TimeProvider time, ILogger<SendOrders> logger)
    : WorkLoop(time, logger, TimeSpan.FromMilliseconds(500), bell.Bell)
{
    /// <summary>Longer than the longest call, so that no claim runs out while its call is under way.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>A claim that this process could not act on for so long (it was frozen) may have been taken over: the call must not go out any more.</summary>
    private static readonly TimeSpan ClaimIsOld = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LookForUnconfirmed = TimeSpan.FromSeconds(1), RetryWrite = TimeSpan.FromSeconds(1), Drain = TimeSpan.FromSeconds(35);
    private readonly ConcurrentDictionary<long, ProviderSlots> _slots = new();
    private readonly CancellationTokenSource _drained = new();
    private long _lookedForUnconfirmed;
    private bool _disposed;

    /// <summary>Waits for the calls under way, so that their outcomes are written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _drained.CancelAfter(Drain);
        await Task.WhenAll(_slots.Values.Select(s => s.DrainAsync(Drain)));
    }

    public override void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _drained.Cancel();
            _drained.Dispose();
            base.Dispose();
        }
    }

    /// <summary>Waits until no call is under way; for a test that turns the loop itself.</summary>
    internal Task IdleAsync() => Task.WhenAll(_slots.Values.Select(s => s.DrainAsync(Drain)));

    /// <summary>Claims and starts what there are free places for; true when there may be more.</summary>
    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var unconfirmedToo = _lookedForUnconfirmed == 0 || Time.GetElapsedTime(_lookedForUnconfirmed) >= LookForUnconfirmed;
        _lookedForUnconfirmed = unconfirmedToo ? Time.GetTimestamp() : _lookedForUnconfirmed;
        var more = false;
        foreach (var provider in providers.Current.Values.Where(p => !p.Paused))
        {
            var slots = _slots.GetOrAdd(provider.Id, _ => new ProviderSlots());
            if (unconfirmedToo && !provider.SupportsReferences)
            {
                await claims.LeaveToOperatorAsync(provider.Id, ct);
            }

            if (unconfirmedToo && provider.SupportsReferences && Free(provider, slots) > 0)
            {
                // Where there may be more of them, the next step looks again.
                var all = await StartAsync(provider, slots, claims.ToResendAsync, inDoubt: true, ct);
                _lookedForUnconfirmed = all ? _lookedForUnconfirmed : 0;
            }

            if (Free(provider, slots) > 0)
            {
                more |= !await StartAsync(provider, slots, claims.ToSendAsync, inDoubt: false, ct);
            }
        }

        return more && _slots.Any(s => providers.Current.TryGetValue(s.Key, out var p) && Free(p, s.Value) > 0);
    }

    /// <summary>Claims as many orders as there are free places and starts their calls; false when that took all places, so that there may be more.</summary>
    private async Task<bool> StartAsync(
        Provider provider, ProviderSlots slots, Func<long, int, TimeSpan, CancellationToken, Task<IReadOnlyList<Order>>> claim, bool inDoubt, CancellationToken ct)
    {
        var (free, started) = (Free(provider, slots), Time.GetTimestamp());
        if (free <= 0)
        {
            return false;
        }

        foreach (var order in await claim(provider.Id, free, Lease, ct))
        {
            // The place is the call's: the next order need not wait until this one's outcome is written.
            slots.Run(() => CallAsync(provider, order, started), outcome => WriteAsync(provider, new SentOrder(order, outcome, inDoubt)), bell.Bell.Ring);
        }

        return Free(provider, slots) > 0;
    }

    /// <summary>How many orders may be claimed: only for calls that may begin at once, by the provider's places, its pace, and whether calls to it rest.</summary>
    private int Free(Provider provider, ProviderSlots slots) => Math.Min(slots.Free(provider.Concurrency), traffic.Free(provider));

    private async Task WriteAsync(Provider provider, SentOrder answered)
    {
        await faults.ReachAsync(FaultPoint.SendAnswered);
        Telemetry.Dispatched(answered.Outcome.GetType().Name);
        await InsistAsync(answered, async () =>
        {
            if (answered.Outcome is SendOutcome.Pauses(var kind, var words))
            {
                await providers.PauseForAsync(provider, kind, words, CancellationToken.None);
            }

            if (!await sent.WriteAsync(answered))
            {
                // Taken over and decided otherwise meanwhile: what the provider said stands nowhere else.
                Logger.LogWarning("Order {Order} had moved on before the outcome of sending it ({Outcome}) could be written", answered.Claimed.Id, answered.Outcome);
            }
        });
    }

    private async Task<SendOutcome> CallAsync(Provider provider, Order order, long claimed)
    {
        if (Time.GetElapsedTime(claimed) > ClaimIsOld)
        {
            return new SendOutcome.Later("This node was held up before it could send.");
        }

        try
        {
            return SendOutcome.Of(await providers.CallAsync(provider, "add", api => api.AddAsync(Request(provider, order))));
        }
        catch (Exception e)
        {
            // Whatever went wrong here, the call may have gone out.
            Logger.LogError(e, "Sending order {Order} to {Provider} broke off", order.Id, provider.Name);
            return new SendOutcome.Unconfirmed("Sending broke off: " + e.GetType().Name);
        }
    }

    /// <summary>
    /// Writes until it is written: only this process knows the outcome, and a store that was away for a while must not make it unknown. What a stopping
    /// process could not write is taken over as any dead node's work.
    /// </summary>
    private async Task InsistAsync(SentOrder answered, Func<Task> write)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception e) when (!_drained.IsCancellationRequested)
            {
                Logger.LogError(e, "The outcome of sending order {Order} ({Outcome}) could not be written, {Failures} times in a row", answered.Claimed.Id, answered.Outcome, failures);
                if (DatabaseFailure.IsFinal(e))
                {
                    return; // the log has what was answered; this node ends, and the order is taken over
                }

                await Task.Delay(RetryWrite, Time, _drained.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
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
}
