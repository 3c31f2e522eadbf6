using System.Globalization;
using Shouldly;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>An order that cannot be changed, whatever the reason, holds up none but itself.</summary>
public sealed class PoisonedOrderTests
{
    [Theory, BothStores]
    public async Task What_a_provider_says_of_the_others_of_its_batch_is_applied(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        Order[] orders = [await turned.SentAsync(service), await turned.SentAsync(service), await turned.SentAsync(service)];
        foreach (var order in orders)
        {
            provider.SetStatus(int.Parse(order.ProviderOrder!, CultureInfo.InvariantCulture), "Canceled");
        }

        await turned.Panel.PoisonAsync($"NEW.id = {orders[1].Id} AND NEW.status = {(int)OrderStatus.Canceled}");
        turned.Clock.Move(TimeSpan.FromSeconds(6));
        await turned.SyncAsync();
        var rows = await Task.WhenAll(orders.Select(o => turned.Panel.RowAsync(o.Id)));
        rows.Select(r => r.Status).ShouldBe([OrderStatus.Canceled, OrderStatus.Processing, OrderStatus.Canceled]);
        rows.Select(r => r.Refunded).ShouldBe([orders[0].Charge, 0, orders[2].Charge]);
        await turned.Panel.ShouldVerifyAsync();

        await turned.Panel.ExecuteAsync("DROP TRIGGER poison" + (kind == StoreKind.Postgres ? " ON orders" : ""));
        turned.Clock.Move(TimeSpan.FromSeconds(101));
        await turned.SyncAsync();
        (await turned.Panel.RowAsync(orders[1].Id)).Status.ShouldBe(OrderStatus.Canceled, "it is asked for again after a while");
        await turned.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task The_runs_of_other_drip_feeds_start(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (_, _, service) = await turned.AddProviderAsync();
        var (poisoned, other) = (await DripAsync(turned, service.Id), await DripAsync(turned, service.Id));
        await turned.Panel.PoisonAsync($"NEW.id = {poisoned} AND NEW.run = 1");
        await turned.TurnAsync<DripfeedRuns>();
        (await turned.Panel.RunsAsync(poisoned)).ShouldBeEmpty();
        (await turned.Panel.RunsAsync(other)).Count.ShouldBe(1);
        var now = turned.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        (await turned.Panel.RowAsync(poisoned)).DueAt!.Value.ShouldBeInRange(now + 50_000, now + 60_000, "it stands before the others no more");
        await turned.Panel.ShouldVerifyAsync();

        await turned.Panel.ExecuteAsync("DROP TRIGGER poison" + (kind == StoreKind.Postgres ? " ON orders" : ""));
        turned.Clock.Move(TimeSpan.FromSeconds(61));
        await turned.TurnAsync<DripfeedRuns>();
        (await turned.Panel.RunsAsync(poisoned)).Count.ShouldBe(1);
        await turned.Panel.ShouldVerifyAsync();
    }

    private static Task<long> DripAsync(TurnedPanel turned, long service) =>
        turned.Panel.AddAsync(("service", service.Text()), ("link", Asked.Link), ("quantity", "100"), ("runs", "3"), ("interval", "60"));
}
