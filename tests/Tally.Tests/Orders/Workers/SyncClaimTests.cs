using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>A claim on an order that is asked for says at once when it is due again, so that an answer without news leaves nothing to write where the order is not fresh.</summary>
public sealed class SyncClaimTests
{
    private const long MinuteMs = 60_000, HourMs = 60 * MinuteMs, DayMs = 24 * HourMs;

    [Theory, BothStores]
    public async Task An_answer_without_news_costs_an_old_order_one_write_and_a_fresh_one_two(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        turned.Clock.Stop();
        var (provider, _, service) = await turned.AddProviderAsync();
        long[] ages = [0, 11 * MinuteMs, 2 * HourMs, 2 * DayMs];
        var orders = new List<Order>();
        foreach (var _ in ages)
        {
            orders.Add(await turned.SentAsync(service));
            provider.SetStatus(int.Parse(orders[^1].ProviderOrder!, CultureInfo.InvariantCulture), "In progress");
        }

        var now = turned.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (order, age) in orders.Zip(ages))
        {
            await turned.Panel.ExecuteAsync($"UPDATE orders SET created_at = {now - age}, due_at = {now} WHERE id = {order.Id}");
        }

        await turned.SyncAsync();
        var news = await Task.WhenAll(orders.Select(o => turned.Panel.RowAsync(o.Id)));
        news.ShouldAllBe(o => o.Status == OrderStatus.InProgress && o.LeaseBy == null);
        news.Select(o => o.DueAt - now).ShouldBe([5_000, 30_000, 150_000, 600_000]);

        await turned.Panel.ExecuteAsync($"UPDATE orders SET due_at = {now}");
        await turned.SyncAsync();
        var same = await Task.WhenAll(orders.Select(o => turned.Panel.RowAsync(o.Id)));
        same.Select(o => o.DueAt - now).ShouldBe([5_000, 30_000, 150_000, 600_000]);

        // The claim's own mark stands where nothing was written behind it.
        same.Select(o => o.LeaseBy is null).ShouldBe([true, true, false, false]);
        turned.Clock.Move(TimeSpan.FromMinutes(10));
        var asked = provider.Received.Total(SimulatedAction.Status);
        await turned.SyncAsync();
        provider.Received.Of(SimulatedAction.Status).Skip((int)asked).Single().Parameters["orders"].Split(',').Length.ShouldBe(4, "each is asked for again when it is due");
    }

    [Theory, BothStores]
    public async Task What_an_old_order_is_said_to_be_is_applied_and_words_of_the_provider_are_kept(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var order = await turned.SentAsync(service);
        await turned.Panel.ExecuteAsync($"UPDATE orders SET created_at = created_at - {2 * DayMs}, due_at = 1, provider_order = '99999' WHERE id = {order.Id}");
        await turned.SyncAsync();
        (await turned.Panel.RowAsync(order.Id)).Note.ShouldBe("Incorrect order ID", "it is no news of the order, but it is written");

        await turned.Panel.ExecuteAsync($"UPDATE orders SET due_at = 1, provider_order = '{order.ProviderOrder}' WHERE id = {order.Id}");
        provider.SetStatus(int.Parse(order.ProviderOrder!, CultureInfo.InvariantCulture), "Partial", remains: 40);
        await turned.SyncAsync();
        var row = await turned.Panel.RowAsync(order.Id);
        (row.Status, row.Remains).ShouldBe((OrderStatus.Partial, 40));
        await turned.Panel.ShouldVerifyAsync();
    }

    [Fact]
    public async Task Behind_news_an_order_is_due_as_its_claim_said_unless_that_is_over_or_too_late_or_the_order_has_ended()
    {
        await using var turned = await TurnedPanel.StartAsync(StoreKind.Sqlite);
        var schedule = turned.Panel.Get<SyncSchedule>();
        var now = turned.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var order = new Order { Status = OrderStatus.InProgress, CreatedAt = now - (2 * DayMs) };
        long? Due(long? claimed) => schedule.AfterNews(order with { DueAt = claimed }, now) - now;

        long?[] claims = [now + 500_000, now + 600_000, now + 600_001, now + 1, now, now - 1, null];
        claims.Select(Due).ShouldBe([500_000, 600_000, 600_000, 1, 600_000, 600_000, 600_000]);
        order = order with { Status = OrderStatus.Completed, EndedAt = now };
        Due(now + 500_000).ShouldBe(HourMs);
        order = order with { Status = OrderStatus.Canceled };
        Due(now + 500_000).ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task While_calls_to_a_provider_rest_none_of_its_orders_is_claimed(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(
            kind, builder => builder.Services.Replace(ServiceDescriptor.Singleton(new BreakerTerms(1, TimeSpan.FromHours(1), TimeSpan.FromHours(1)))));
        var (provider, upstream, service) = await turned.AddProviderAsync();
        var order = await turned.SentAsync(service);
        provider.Faults.Next(SimulatedAction.Status, new Fault.Empty());
        turned.Clock.Move(TimeSpan.FromSeconds(6));
        await turned.SyncAsync();
        turned.Panel.Get<ProviderTraffic>().Rests(upstream).ShouldBeTrue();

        await turned.Panel.ExecuteAsync("UPDATE orders SET due_at = 1");
        var (version, asked) = ((await turned.Panel.RowAsync(order.Id)).Version, provider.Received.Total(SimulatedAction.Status));
        await turned.SyncAsync();
        ((await turned.Panel.RowAsync(order.Id)).Version, provider.Received.Total(SimulatedAction.Status)).ShouldBe((version, asked));
    }
}
