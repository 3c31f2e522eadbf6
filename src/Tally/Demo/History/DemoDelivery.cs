using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;

namespace Tally.Demo;

/// <summary>How the past's orders came to their ends: by what a provider would have said of them, or by the operator's own staff.</summary>
internal sealed class DemoDelivery(IServiceProvider panel, Timeline time, Random random, CancellationToken ct)
{
    private readonly Catalog.Catalog _catalog = panel.GetRequiredService<Catalog.Catalog>();
    private readonly SettleOrder _settle = panel.GetRequiredService<SettleOrder>();
    private readonly DripfeedRuns _runs = ActivatorUtilities.CreateInstance<DripfeedRuns>(panel);

    /// <summary>Brings an order to its end after a while, as most orders end: completed, some partly, a few not at all.</summary>
    public void Deliver(long order, TimeSpan within, Func<Order, Task>? completed = null)
    {
        var (roll, remains) = (random.Next(100), random.Next(10, 60));
        var status = roll < 84 ? OrderStatus.Completed : roll < 93 ? OrderStatus.Partial : OrderStatus.Canceled;
        time.After(within, async () =>
        {
            var ended = await EndAsync(order, status, remains);
            if (ended is { Status: OrderStatus.Completed } && completed is not null)
            {
                await completed(ended);
            }
        });
    }

    /// <summary>Ends an order now; null when it has ended already (its customer cancelled it).</summary>
    public async Task<Order?> EndAsync(long id, OrderStatus status, int percentRemaining)
    {
        var order = await _settle.FindAsync(id, ct);
        if (order.Status.IsFinal())
        {
            return null;
        }

        // A package is one piece: it is done or not.
        status = status == OrderStatus.Partial && order.Quantity < 10 ? OrderStatus.Completed : status;
        var remains = status switch { OrderStatus.Partial => order.Quantity * percentRemaining / 100, OrderStatus.Canceled => order.Quantity, _ => 0 };
        var start = status == OrderStatus.Canceled ? 0 : random.Next(20, 9_000);
        if (order.ProviderId is null)
        {
            return await _settle.RunAsync(id, status, remains, start, "done by hand", "demo", ct);
        }

        var service = _catalog.Current.ById[order.ServiceId];
        var per = order.ParentId is not null && service.Type == ServiceType.Subscriptions ? 1 : service.Rules.Per;
        var cost = order.Quantity == remains || service.ProviderRate is not { } rate ? Money.Zero : Money.Charge(rate, order.Quantity - remains, per);
        var change = new OrderChange(id, ChangedBy.Sync, status, start, remains, cost);
        var changed = await panel.GetRequiredService<Database>().WriteAsync(tx => panel.GetRequiredService<ChangeOrders>().RunAsync(tx, [change], ct), ct);
        return changed.Count == 1 ? changed[0] : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The demo's order {id} could not become {status}."));
    }

    /// <summary>Follows a drip-feed: its runs start when they are due, each is delivered, and the last one ends it.</summary>
    public void Drip(long account, long parent, int runs, TimeSpan every)
    {
        var known = new HashSet<long>();
        for (var run = 0; run < runs; run++)
        {
            time.After((every * run) + TimeSpan.FromSeconds(run), TurnAsync);
        }

        async Task TurnAsync()
        {
            await _runs.RunOnceAsync(ct);
            var view = await panel.GetRequiredService<ReadOrders>().OneAsync(account, parent, ct);
            foreach (var child in view!.Family!.Orders.Where(known.Add))
            {
                time.After(every * 0.7, async () =>
                {
                    await EndAsync(child, OrderStatus.Completed, 0);
                    await _runs.RunOnceAsync(ct);
                });
            }
        }
    }
}
