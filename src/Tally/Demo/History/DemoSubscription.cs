using Tally.Contract;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Providers;

namespace Tally.Demo;

/// <summary>A subscription of the past: new posts as its provider would have listed them, each imported and charged by the panel, and delivered.</summary>
internal sealed class DemoSubscription(IServiceProvider panel, DemoDelivery delivery, Timeline time, Random random, long subscription, Func<long> newProviderOrder, CancellationToken ct)
{
    private readonly SettleOrder _orders = panel.GetRequiredService<SettleOrder>();
    private readonly List<long> _posts = [];

    /// <summary>A new post: an order of so many pieces. When the wallet does not suffice the subscription pauses, and its customer gets a notice.</summary>
    /// <returns>Whether it could be paid.</returns>
    public async Task<bool> PostAsync(long pieces, bool last)
    {
        _posts.Add(newProviderOrder());
        var paid = await ListAsync(pieces, last);
        if (paid)
        {
            Deliver();
        }

        return paid;
    }

    /// <summary>The provider lists the newest post again: it is paid now, and the subscription goes on.</summary>
    public async Task ResumeAsync(long pieces)
    {
        if (await ListAsync(pieces, last: false))
        {
            Deliver();
        }
    }

    private async Task<bool> ListAsync(long pieces, bool last)
    {
        var order = await _orders.FindAsync(subscription, ct);
        var provider = panel.GetRequiredService<ProviderBook>().Current[order.ProviderId!.Value];
        var imported = await panel.GetRequiredService<SubscriptionOrders>().ImportAsync(provider, order, _posts, ids => Task.FromResult(Pending(ids, pieces)));
        var said = new StatusAnswer(new OrderChange(subscription, ChangedBy.Sync, last ? OrderStatus.Completed : OrderStatus.Active), null, _posts);
        await panel.GetRequiredService<ApplyStatus>().RunAsync(provider, [(order, said)], new Dictionary<long, ChildrenImported> { [subscription] = imported }, ct);
        return imported.Unfunded == 0;
    }

    private void Deliver() => time.After(TimeSpan.FromMinutes(random.Next(20, 200)), async () =>
    {
        var order = await _orders.FindAsync(subscription, ct);
        var view = await panel.GetRequiredService<ReadOrders>().OneAsync(order.AccountId, subscription, ct);
        foreach (var child in view!.Family!.Orders)
        {
            await delivery.EndAsync(child, OrderStatus.Completed, 0);
        }
    });

    private static IReadOnlyDictionary<string, ApiResult<Contract.OrderState>> Pending(IReadOnlyList<string> ids, long pieces) => ids.ToDictionary(
        id => id, id => (ApiResult<Contract.OrderState>)new ApiResult<Contract.OrderState>.Answered(new Contract.OrderState { Status = OrderWord.Pending, StatusText = "Pending", Remains = pieces }), StringComparer.Ordinal);
}
