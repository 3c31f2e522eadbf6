using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>Nobody knows whether the provider took the order: never sent again by itself, unless a reference makes that safe.</summary>
public sealed class UnconfirmedTests
{
    private static readonly Fault[] Unclear =
    [
        new Fault.ResetAfterTaking(), new Fault.ResetBeforeBody(), new Fault.Status(500), new Fault.Status(502, AfterTaking: true), new Fault.Html(AfterTaking: true), new Fault.Empty(),
        new Fault.Empty(AfterTaking: true), new Fault.Malformed(), new Fault.WrongShape(AnswerShape.Null), new Fault.WrongShape(AnswerShape.Text),
        new Fault.WrongShape(AnswerShape.EmptyObject), new Fault.WrongShape(AnswerShape.NullValues),
    ];

    [Theory, BothStores]
    public async Task Without_references_an_unclear_answer_is_never_sent_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind, references: false);
        var service = await delivery.ServiceAsync();
        await delivery.SentAsync(await delivery.OrderAsync(service));
        var orders = new List<long>();
        foreach (var fault in Unclear)
        {
            delivery.Provider.Faults.Next(SimulatedAction.Add, fault);
            var order = await delivery.OrderAsync(service);
            var row = await delivery.Panel.UntilAsync(order, o => o.SendState is SendState.Unconfirmed or SendState.Sent or SendState.Held, fault.ToString());
            (row.SendState, row.DueAt, row.ProviderOrder).ShouldBe((SendState.Unconfirmed, null, null), fault.ToString());
            row.Note.ShouldNotBeNullOrEmpty();
            orders.Add(order);
        }

        delivery.Clock.Move(TimeSpan.FromHours(1));
        await delivery.SentAsync(await delivery.OrderAsync(service));
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe(Unclear.Length + 2);
        await delivery.ShouldStandAsync([.. orders]);

        // A way out: the operator cancels it and pays it back.
        await delivery.Panel.SettleAsync(orders[0], OrderStatus.Canceled);
        (await delivery.Panel.RowAsync(orders[0])).Refunded.ShouldBe(150_000_000);
        await delivery.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task One_that_the_operator_has_settled_waits_for_nobody_and_is_never_sent_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind, references: false);
        var attend = delivery.Panel.Get<AttendOrder>();
        delivery.Provider.Faults.Next(SimulatedAction.Add, new Fault.ResetAfterTaking());
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Unconfirmed, "the order is unconfirmed");
        (await attend.ListAsync(CancellationToken.None)).Select(o => o.Id).ShouldBe([order]);
        await delivery.Panel.SettleAsync(order, OrderStatus.Canceled);
        (await attend.ListAsync(CancellationToken.None)).ShouldBeEmpty();
        foreach (var way in new Attention[] { new Attention.Resend(), new Attention.Attach("1"), new Attention.Cancel() })
        {
            (await Should.ThrowAsync<InvalidInputException>(attend.RunAsync(order, way, "too late", "test", CancellationToken.None))).Message.ShouldContain("does not wait");
        }

        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task With_references_it_is_sent_again_and_the_provider_has_it_once(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        await delivery.SentAsync(await delivery.OrderAsync(service));
        var orders = new List<long>();
        foreach (var fault in Unclear)
        {
            delivery.Provider.Faults.Next(SimulatedAction.Add, fault);
            orders.Add(await delivery.OrderAsync(service));
        }

        var ids = new List<int>();
        foreach (var order in orders)
        {
            ids.Add(await delivery.SentAsync(order));
        }

        ids.Distinct().Count().ShouldBe(orders.Count);
        delivery.Provider.OrdersTaken.Count.ShouldBe(orders.Count + 1);
        delivery.Provider.OrdersTaken.Select(o => o.Reference).Distinct().Count().ShouldBe(orders.Count + 1);
        delivery.Provider.Received.Total(SimulatedAction.Add).ShouldBe((2 * orders.Count) + 1);
        await delivery.ShouldStandAsync([.. orders]);
    }

    [Theory, BothStores]
    public async Task An_id_that_two_orders_were_given_is_for_the_operator_to_tell_whose_it_is(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind, references: false);
        var service = await delivery.ServiceAsync();
        var first = await delivery.OrderAsync(service);
        var id = await delivery.SentAsync(first);
        delivery.Provider.Faults.Next(SimulatedAction.Add, new Fault.DuplicateId());
        var second = await delivery.OrderAsync(service);
        var row = await delivery.Panel.UntilAsync(second, o => o.SendState != SendState.Ready && o.SendState != SendState.Sending, "the second order was answered");
        (row.SendState, row.ProviderOrder).ShouldBe((SendState.Unconfirmed, null));
        row.Note!.ShouldContain(id.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // Nobody knows that the first one is not the wrong one: it follows the provider no more.
        row = await delivery.Panel.UntilAsync(first, o => o.SendState == SendState.Unconfirmed, "the first order is uncertain, too");
        (row.ProviderOrder, row.DueAt).ShouldBe((null, null));
        await delivery.ShouldStandAsync(first, second);

        // Attached to the wrong one by mistake, the id can be taken back.
        var attend = delivery.Panel.Get<AttendOrder>();
        var there = new Attention.Attach(id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await attend.RunAsync(second, there, "a mistake", "test", CancellationToken.None);
        (await Should.ThrowAsync<InvalidInputException>(() => attend.RunAsync(first, there, "it is this one", "test", CancellationToken.None))).Message.ShouldContain("--take");
        await attend.RunAsync(first, there with { Take = true }, "it is this one", "test", CancellationToken.None);
        await delivery.BecomesAsync(first, OrderStatus.Canceled);
        await delivery.ShouldStandAsync(second);
    }

    [Theory, BothStores]
    public async Task A_request_to_cancel_it_waits_for_the_operator(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind, references: false);
        delivery.Provider.Faults.Next(SimulatedAction.Add, new Fault.ResetAfterTaking());
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.Panel.UntilAsync(order, o => o.SendState == SendState.Unconfirmed, "the order is unconfirmed");
        (await delivery.Panel.Get<CancelOrder>().RunAsync(delivery.Panel.Customer.Id, order, CancellationToken.None)).ShouldBeNull();
        (await delivery.Panel.CancelAsync(order)).State.ShouldBe(CancelState.Open);
        await delivery.ShouldStandAsync(order);
        await delivery.Panel.SettleAsync(order, OrderStatus.Canceled);
        (await delivery.Panel.CancelAsync(order)).State.ShouldBe(CancelState.Done);
        delivery.Provider.Received.Total(SimulatedAction.Cancel).ShouldBe(0);
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
    }
}
