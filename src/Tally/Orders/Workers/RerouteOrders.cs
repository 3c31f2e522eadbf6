using Dapper;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Lets orders that wait for a provider which does not work now go to another route of their service, where there is one that works and costs no more than they bring. Only
/// orders that were definitely not taken are moved; unconfirmed ones stay.
/// </summary>
public sealed class RerouteOrders(
    Database database, ProviderBook providers, WorkingProviders working, Catalog.Catalog catalog, DispatchBell bell, TimeProvider time, ILogger<RerouteOrders> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int AtMost = 500;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var moved = 0;
        foreach (var provider in providers.Current.Values.Where(p => !working.Works(p.Id)))
        {
            var services = catalog.Current.Services
                .Where(s => s.Routes.Any(r => r.ProviderId == provider.Id) && s.Routes.Any(r => r.ProviderId != provider.Id && working.Works(r.ProviderId)))
                .Select(s => s.Id).ToList();
            moved += services.Count == 0 ? 0 : await RerouteAsync(provider, services, ct);
        }

        if (moved > 0)
        {
            bell.Bell.Ring();
        }

        return false;
    }

    /// <summary>Moves those orders of the provider for which there is another route; returns how many.</summary>
    private async Task<int> RerouteAsync(Provider provider, IReadOnlyList<long> services, CancellationToken ct)
    {
        var moved = 0;
        long after = 0;
        while (true)
        {
            var from = after;
            var (last, count) = await database.WriteAsync(tx => PageAsync(tx, provider.Id, services, from, ct), ct);
            moved += count;
            if (last is null)
            {
                break;
            }

            after = last.Value;
        }

        if (moved > 0)
        {
            Logger.LogInformation("{Orders} orders that waited for {Provider} go to other routes: {Reason}", moved, provider.Name, provider.PauseReason ?? "calls to it rest");
        }

        return moved;
    }

    /// <summary>One page of the waiting orders, in the order of their ids; its last id, null when it was the last page.</summary>
    private async Task<(long? Last, int Moved)> PageAsync(WriteTransaction tx, long provider, IReadOnlyList<long> services, long after, CancellationToken ct)
    {
        var ids = (await tx.Connection.QueryAsync<long>(new CommandDefinition(
            $"""
             SELECT id FROM orders WHERE send_state = {(int)SendState.Ready} AND provider_id = @provider AND due_at IS NOT NULL AND id > @after AND {Sql.AnyOf(tx.Kind, "service_id", "services")}
             ORDER BY id LIMIT @AtMost
             """,
            new { provider, after, services = Sql.Ids(tx.Kind, services), AtMost }, tx.Transaction, cancellationToken: ct))).ToList();
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        var locked = await OrderSql.LockAsync(tx, ids, ct);
        var moved = ids.Select(id => locked[id]).Where(o => o.SendState == SendState.Ready && o.ProviderId == provider)
            .Select(o => Moved(o, now)).OfType<Order>().ToList();
        await OrderSql.UpdateAsync(tx, moved, ct);
        return (ids.Count == AtMost ? ids[^1] : null, moved.Count);
    }

    private Order? Moved(Order order, long now) =>
        catalog.Current.ById.GetValueOrDefault(order.ServiceId) is { } service
        && RouteChoice.Next(service, order, order.Tried, working.Works) is { } route && route.ProviderId != order.ProviderId && working.Works(route.ProviderId)
            ? order with { ProviderId = route.ProviderId, ProviderService = route.ProviderService, DueAt = order.Attempt == 0 ? order.DueAt : now }
            : null;
}
