using System.Text.Json;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

public sealed class RefillTests
{
    private static readonly TimeSpan MoreThanADay = TimeSpan.FromHours(25);

    [Theory, BothStores]
    public async Task A_refill_is_forwarded_a_day_later_and_followed_to_its_end(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await CompletedAsync(delivery);
        (await AskAsync(delivery, order)).GetProperty("code").GetString().ShouldBe("refill_too_early");
        delivery.Clock.Move(MoreThanADay);
        var answer = (await AskAsync(delivery, order)).GetProperty("refill");
        answer.ValueKind.ShouldBe(JsonValueKind.String);
        var refill = long.Parse(answer.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        (await AskAsync(delivery, order)).GetProperty("code").GetString().ShouldBe("refill_open");

        await UntilAsync(delivery, refill, "Pending", "In progress");
        await TestPanel.WaitAsync(() => Task.FromResult(delivery.Provider.Received.Total(SimulatedAction.Refill) == 1), "the provider is asked to refill");
        await TestPanel.WaitAsync(() => Task.FromResult(delivery.Provider.Received.Total(SimulatedAction.RefillStatus) > 0), "the provider is asked how the refill stands");
        delivery.Provider.Received.Of(SimulatedAction.Refill).Single().Parameters["order"].ShouldBe((await delivery.Panel.RowAsync(order)).ProviderOrder);

        delivery.Provider.SetRefillStatus(1, "Completed");
        await UntilAsync(delivery, refill, "Completed");
        (await AskAsync(delivery, order)).GetProperty("code").GetString().ShouldBe("refill_too_early");

        delivery.Clock.Move(MoreThanADay);
        var second = long.Parse((await AskAsync(delivery, order)).GetProperty("refill").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        await TestPanel.WaitAsync(() => Task.FromResult(delivery.Provider.Received.Total(SimulatedAction.Refill) == 2), "the provider is asked again");
        await TestPanel.WaitAsync(async () => (await delivery.Panel.QueryAsync<string?>($"SELECT provider_refill FROM refills WHERE id = {second}"))[0] == "2", "its answer is known");
        delivery.Provider.SetRefillStatus(2, "Rejected");
        await UntilAsync(delivery, second, "Rejected");
        await delivery.Panel.ShouldHoldAsync("998500", order, "0");
    }

    [Theory, BothStores]
    public async Task A_provider_that_refuses_makes_it_rejected_with_its_words(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await CompletedAsync(delivery);
        delivery.Clock.Move(MoreThanADay);
        delivery.Provider.RefillOutcome = Tally.Demo.RefillOutcome.Refused;
        var refill = long.Parse((await AskAsync(delivery, order)).GetProperty("refill").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(delivery, refill, "Rejected");
        (await delivery.Panel.QueryAsync<string?>($"SELECT note FROM refills WHERE id = {refill}")).ShouldBe(["Refill is disabled for this service"]);
    }

    [Theory, BothStores]
    public async Task An_odd_or_unclear_answer_changes_no_refill_and_holds_no_other_up(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var (odd, even) = (await CompletedAsync(delivery), await CompletedAsync(delivery));
        delivery.Clock.Move(MoreThanADay);
        var first = await TakenAsync(delivery, odd);
        var second = await TakenAsync(delivery, even);
        delivery.Provider.SetRefillStatus(1, "Awaiting moderation");
        delivery.Provider.SetRefillStatus(2, "Completed");
        await UntilAsync(delivery, second, "Completed");
        foreach (var fault in new Fault[] { new Fault.Empty(), new Fault.Html(), new Fault.OmitIds(100), new Fault.WrongShape(AnswerShape.NullValues), new Fault.Status(500) })
        {
            delivery.Provider.Faults.Next(SimulatedAction.RefillStatus, fault);
            await delivery.AskedAgainAsync(SimulatedAction.RefillStatus, 2);
            (await StatusAsync(delivery, first)).ShouldBeOneOf("Pending", "In progress");
        }

        delivery.Provider.SetRefillStatus(1, "error");
        await UntilAsync(delivery, first, "Error");
    }

    [Theory, BothStores]
    public async Task Flood_control_and_an_unclear_answer_to_the_request_itself_end_as_they_should(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var (waiting, unclear) = (await CompletedAsync(delivery), await CompletedAsync(delivery));
        delivery.Clock.Move(MoreThanADay);
        delivery.Provider.Faults.Next(SimulatedAction.Refill, new Fault.TooManyRequests(), calls: 2);
        await TakenAsync(delivery, waiting);
        delivery.Provider.Received.Total(SimulatedAction.Refill).ShouldBe(3);
        delivery.Provider.Faults.Next(SimulatedAction.Refill, new Fault.Malformed());
        var refill = long.Parse((await AskAsync(delivery, unclear)).GetProperty("refill").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(delivery, refill, "Error");
        delivery.Provider.Received.Total(SimulatedAction.Refill).ShouldBe(4, "an unclear request is not sent again");
    }

    [Theory, BothStores]
    public async Task A_refill_of_manual_work_waits_for_the_operator(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock, NodeRoles.Web | NodeRoles.Worker);
        var service = await panel.AddServiceAsync();
        var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        (await panel.CallAsync("refill", ("order", order.Text()))).GetProperty("code").GetString().ShouldBe("refill_not_completed");
        await panel.SettleAsync(order, OrderStatus.Completed);
        clock.Move(MoreThanADay);
        var refill = (await panel.CallAsync("refill", ("order", order.Text()))).GetProperty("refill").GetString()!;
        (await panel.CallAsync("refill_status", ("refill", refill))).GetProperty("status").GetString().ShouldBe("Pending");
        (await panel.QueryAsync<(long? Provider, long? Due)>("SELECT provider_id, due_at FROM refills")).ShouldBe([(null, null)]);
        (await panel.CallAsync("refill", ("order", order.Text()))).GetProperty("code").GetString().ShouldBe("refill_open");
        var other = await panel.OpenAccountAsync("other@example.com");
        (await panel.CallAsAsync(other.Key.Key, "refill_status", ("refill", refill))).GetProperty("code").GetString().ShouldBe("refill_not_found");
        (await panel.CallAsAsync(other.Key.Key, "refill", ("order", order.Text()))).GetProperty("code").GetString().ShouldBe("incorrect_order");
    }

    private static async Task<long> CompletedAsync(Delivery delivery)
    {
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        await delivery.BecomesAsync(order, OrderStatus.Completed);
        return order;
    }

    private static Task<JsonElement> AskAsync(Delivery delivery, long order) => delivery.Panel.CallAsync("refill", ("order", order.Text()));

    /// <summary>Asks for a refill, and waits until the provider has taken it.</summary>
    private static async Task<long> TakenAsync(Delivery delivery, long order)
    {
        var refill = long.Parse((await AskAsync(delivery, order)).GetProperty("refill").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        await TestPanel.WaitAsync(
            async () => (await delivery.Panel.QueryAsync<string?>($"SELECT provider_refill FROM refills WHERE id = {refill}"))[0] is not null, "the provider has the refill", atMostSeconds: 60);
        return refill;
    }

    private static async Task<string> StatusAsync(Delivery delivery, long refill) =>
        (await delivery.Panel.CallAsync("refill_status", ("refill", refill.Text()))).GetProperty("status").GetString()!;

    private static Task UntilAsync(Delivery delivery, long refill, params string[] words) =>
        TestPanel.WaitAsync(async () => Array.IndexOf(words, await StatusAsync(delivery, refill)) >= 0, $"refill {refill} is {string.Join(" or ", words)}", atMostSeconds: 60);
}
