using Shouldly;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>An operator brings an order to its end while it is being sent, and its sender dies: whoever takes over still finds that nobody knows whether the provider has it.</summary>
public sealed class SettledWhileSendingTests
{
    [Theory, BothStores]
    public async Task It_is_unconfirmed_and_waits_for_the_operator_when_it_is_opened_again(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (_, upstream, service) = await turned.AddProviderAsync();
        var order = await turned.Panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        (await turned.Panel.Get<OrderClaims>().ToSendAsync(upstream.Id, 10, TimeSpan.FromSeconds(45), CancellationToken.None)).ShouldHaveSingleItem();
        await turned.Panel.SettleAsync(order, OrderStatus.Completed);

        turned.Clock.Move(TimeSpan.FromSeconds(46));
        await turned.Panel.Get<TakeOver>().ExpiredAsync(CancellationToken.None);
        var row = await turned.Panel.RowAsync(order);
        (row.Status, row.SendState, row.DueAt, row.LeaseBy).ShouldBe((OrderStatus.Completed, SendState.Unconfirmed, null, null));
        (await turned.Panel.Get<AttendOrder>().ListAsync(CancellationToken.None)).ShouldBeEmpty("it has ended");

        await turned.Panel.SettleAsync(order, OrderStatus.InProgress, remains: 100);
        (await turned.Panel.Get<AttendOrder>().ListAsync(CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe(order);
        await turned.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_late_answer_of_its_sender_brings_the_providers_id_and_sends_nothing_more(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (_, upstream, service) = await turned.AddProviderAsync();
        var order = await turned.Panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        var claimed = (await turned.Panel.Get<OrderClaims>().ToSendAsync(upstream.Id, 10, TimeSpan.FromSeconds(45), CancellationToken.None)).ShouldHaveSingleItem();
        await turned.Panel.SettleAsync(order, OrderStatus.Canceled);
        (await turned.Panel.Get<SentOrders>().WriteAsync(new SentOrder(claimed, new SendOutcome.Taken("4711")))).ShouldBeTrue();
        var row = await turned.Panel.RowAsync(order);
        (row.Status, row.SendState, row.ProviderOrder, row.DueAt).ShouldBe((OrderStatus.Canceled, SendState.Sent, "4711", null));
        row.Refunded.ShouldBe(row.Charge);
        await turned.Panel.ShouldVerifyAsync();
    }
}
