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

/// <summary>Which orders are asked for: those that are due, each by one call at a time; and when they are due again.</summary>
public sealed class SyncQueueTests
{
    private const long MinuteMs = 60_000, HourMs = 60 * MinuteMs, DayMs = 24 * HourMs;

    [Theory, BothStores]
    public async Task An_order_is_due_again_by_its_age_whether_there_was_news_or_not(StoreKind kind)
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
        news.ShouldAllBe(o => o.Status == OrderStatus.InProgress);
        news.Select(o => o.DueAt - now).ShouldBe([5_000, 30_000, 150_000, 600_000]);
        news.Select(o => o.Version).ShouldBe(orders.Select(o => o.Version + 1), "to be asked for is no change, and the answer is one");

        await turned.Panel.ExecuteAsync($"UPDATE orders SET due_at = {now}");
        await turned.SyncAsync();
        var same = await Task.WhenAll(orders.Select(o => turned.Panel.RowAsync(o.Id)));
        same.ShouldBe(news, "nothing has changed");
        turned.Clock.Move(TimeSpan.FromMinutes(10));
        var asked = provider.Received.Total(SimulatedAction.Status);
        await turned.SyncAsync();
        provider.Received.Of(SimulatedAction.Status).Skip((int)asked).Single().Parameters["orders"].Split(',').Length.ShouldBe(4, "each is asked for again when it is due");
    }

    [Theory, BothStores]
    public async Task What_is_being_asked_for_is_not_taken_twice_and_holds_nothing_else_up(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        turned.Clock.Stop();
        var (_, upstream, service) = await turned.AddProviderAsync();
        var orders = new List<Order>();
        for (var i = 0; i < 5; i++)
        {
            orders.Add(await turned.SentAsync(service));
        }

        await turned.Panel.ExecuteAsync("UPDATE orders SET due_at = id");
        var queue = turned.Panel.Get<SyncQueue>();
        async Task<IEnumerable<long>> TakeAsync(int atMost) => (await queue.TakeAsync(upstream.Id, atMost, TimeSpan.FromSeconds(100), CancellationToken.None)).Select(o => o.Id);
        (await TakeAsync(2)).ShouldBe(orders.Take(2).Select(o => o.Id), "those that have been due longest");
        (await TakeAsync(2)).ShouldBe(orders.Skip(2).Take(2).Select(o => o.Id));
        (await TakeAsync(2)).ShouldBe([orders[4].Id]);
        (await TakeAsync(2)).ShouldBeEmpty();

        queue.Answered(upstream.Id, [orders[1], orders[4]]);
        (await TakeAsync(9)).ShouldBe([orders[1].Id, orders[4].Id], "their answers are written, and they are due all the same");
        turned.Clock.Move(TimeSpan.FromMilliseconds(99_999));
        (await TakeAsync(9)).ShouldBeEmpty();
        turned.Clock.Move(TimeSpan.FromMilliseconds(1));
        (await TakeAsync(9)).ShouldBe(orders.Select(o => o.Id), "nobody has heard of them");
    }

    [Theory, BothStores]
    public async Task Whatever_changes_an_order_while_it_is_asked_for_has_the_last_word_on_when_it_is_due(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        turned.Clock.Stop();
        var (provider, _, service) = await turned.AddProviderAsync();
        Order[] orders = [await turned.SentAsync(service), await turned.SentAsync(service)];
        foreach (var order in orders)
        {
            provider.SetStatus(int.Parse(order.ProviderOrder!, CultureInfo.InvariantCulture), "Processing");
        }

        await turned.Panel.ExecuteAsync("UPDATE orders SET due_at = 1");
        await turned.SyncAsync();
        await turned.Panel.ExecuteAsync("UPDATE orders SET due_at = 1");
        provider.Faults.Next(SimulatedAction.Status, new Fault.Delay(TimeSpan.FromSeconds(2)));
        var sync = turned.SyncAsync();
        await TestPanel.WaitAsync(() => Task.FromResult(provider.Received.Total(SimulatedAction.Status) == 2), "they are asked for once more, and nothing is new");
        await turned.Panel.ExecuteAsync($"UPDATE orders SET due_at = 77, version = version + 1 WHERE id = {orders[0].Id}");
        await sync;
        (await turned.Panel.RowAsync(orders[0].Id)).DueAt.ShouldBe(77);
        (await turned.Panel.RowAsync(orders[1].Id)).DueAt.ShouldBe(turned.Clock.GetUtcNow().ToUnixTimeMilliseconds() + 5_000);
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

    [Theory, BothStores]
    public async Task While_calls_to_a_provider_rest_none_of_its_orders_is_taken(StoreKind kind)
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
