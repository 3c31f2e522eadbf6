using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>An empty, malformed, unknown or missing answer to <c>status</c> changes nothing, and hurts no other order.</summary>
public sealed class StatusAnswerTests
{
    private static readonly Fault[] Useless =
    [
        new Fault.OmitIds(100), new Fault.UnknownStatus(), new Fault.Empty(), new Fault.Html(), new Fault.Malformed(), new Fault.Status(500), new Fault.ResetAfterTaking(),
        new Fault.TooManyRequests(), new Fault.NotEnoughFunds(), new Fault.WrongShape(AnswerShape.Null), new Fault.WrongShape(AnswerShape.Text),
        new Fault.WrongShape(AnswerShape.EmptyObject), new Fault.WrongShape(AnswerShape.EmptyArray), new Fault.WrongShape(AnswerShape.NullValues),
    ];

    [Theory, BothStores]
    public async Task Answers_that_say_nothing_change_nothing(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        long[] orders = [await delivery.OrderAsync(service), await delivery.OrderAsync(service), await delivery.OrderAsync(service)];
        var ids = new List<int>();
        foreach (var order in orders)
        {
            ids.Add(await delivery.SentAsync(order));
        }

        foreach (var fault in Useless)
        {
            delivery.Provider.Faults.WithProbability(SimulatedAction.Status, 1, fault);
            ids.ForEach(id => delivery.Provider.SetStatus(id, "Canceled"));
            await delivery.AskedAgainAsync(SimulatedAction.Status, 2);
            await delivery.ShouldStandAsync(orders);
            ids.ForEach(id => delivery.Provider.SetStatus(id, "Pending"));
            delivery.Provider.Faults.Clear();
        }

        (await delivery.Panel.BalanceAsync()).ShouldBe("995500");
        foreach (var order in orders)
        {
            await delivery.BecomesAsync(order, OrderStatus.Canceled);
        }

        (await delivery.Panel.BalanceAsync()).ShouldBe("1000000");
        await delivery.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task An_order_with_an_odd_word_does_not_hold_the_others_up(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        var (odd, even) = (await delivery.OrderAsync(service), await delivery.OrderAsync(service));
        delivery.Provider.SetStatus(await delivery.SentAsync(odd), "Awaiting moderation", remains: 0, charge: 7);
        await delivery.BecomesAsync(even, OrderStatus.Completed);
        await delivery.AskedAgainAsync(SimulatedAction.Status, 2);
        await delivery.ShouldStandAsync(odd);
        (await delivery.Panel.RowAsync(odd)).Remains.ShouldBe(100);
        await delivery.BecomesAsync(odd, OrderStatus.Completed);
    }

    [Theory, BothStores]
    public async Task Numbers_may_be_strings_and_answers_may_be_wrapped(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var service = await delivery.ServiceAsync();
        foreach (var shape in new[] { AnswerShape.NumbersAsStrings, AnswerShape.StringsAsNumbers, AnswerShape.Wrapped })
        {
            delivery.Provider.Faults.WithProbability(SimulatedAction.Status, 1, new Fault.WrongShape(shape));
            await delivery.BecomesAsync(await delivery.OrderAsync(service), OrderStatus.Partial, remains: 50);
            delivery.Provider.Faults.Clear();
        }

        (await delivery.Panel.BalanceAsync()).ShouldBe("997750");
        await delivery.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task A_provider_that_does_not_answer_holds_no_other_up(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        await using var second = await SimulatedProvider.StartAsync();
        second.Freeze();
        var other = await delivery.Panel.AddProviderAsync(second.Url, second.Key, references: true, name: "second");
        var here = await delivery.OrderAsync(await delivery.ServiceAsync());
        var there = await delivery.OrderAsync(await delivery.ServiceAsync(with: s => s with { ProviderId = other.Id }));
        await delivery.SentAsync(there);
        second.Faults.WithProbability(SimulatedAction.Status, 1, new Fault.Html());
        await delivery.BecomesAsync(here, OrderStatus.Partial, remains: 10);
        await delivery.ShouldStandAsync(there);
        (await delivery.Panel.RowAsync(there)).ProviderOrder.ShouldBe((await delivery.Panel.RowAsync(here)).ProviderOrder, "the same id at two providers is two orders");
    }
}
