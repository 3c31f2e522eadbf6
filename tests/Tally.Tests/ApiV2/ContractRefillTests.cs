using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>What stands against a refill, by the clock (api-v2.md sections 5 and 7, lifecycle.md section 7).</summary>
public sealed class ContractRefillTests(ClockedPanels panels) : IClassFixture<ClockedPanels>
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24), Moment = TimeSpan.FromMilliseconds(1);
    private static readonly string TooEarly = Refused("The order was completed or refill was requested less than 24 hours ago", "refill_too_early");
    private static readonly string Open = Refused("The refill task is not completed for this order", "refill_open");
    private static readonly string NotCompleted = Refused("The order is not completed", "refill_not_completed");

    [Theory, BothStores]
    public async Task A_refill_waits_24_hours_after_completion_and_after_the_last_one(StoreKind kind)
    {
        var (c, _, order) = await ReadyAsync(kind);
        await c.Panel.SettleAsync(order, OrderStatus.Completed, 0);
        (await RefillAsync(c, order)).ShouldBe(TooEarly);
        panels.Clock.Advance(Day - Moment);
        (await RefillAsync(c, order)).ShouldBe(TooEarly);
        panels.Clock.Advance(Moment);
        var refill = await AcceptedAsync(c, order);
        (await RefillAsync(c, order)).ShouldBe(Open);
        panels.Clock.Advance(2 * Day);
        (await RefillAsync(c, order)).ShouldBe(Open);

        await ContractStore.SetRefillAsync(c.Panel, refill, RefillStatus.Completed);
        (await AcceptedAsync(c, order)).ShouldBeGreaterThan(refill);
    }

    [Theory, BothStores]
    public async Task A_refill_that_ended_at_once_still_counts_for_24_hours(StoreKind kind)
    {
        var (c, _, order) = await ReadyAsync(kind);
        await c.Panel.SettleAsync(order, OrderStatus.Completed, 0);
        panels.Clock.Advance(Day);
        await ContractStore.SetRefillAsync(c.Panel, await AcceptedAsync(c, order), RefillStatus.Rejected);
        (await RefillAsync(c, order)).ShouldBe(TooEarly);
        panels.Clock.Advance(Day);
        await AcceptedAsync(c, order);
    }

    [Theory, BothStores]
    public async Task The_refill_window_ends_after_its_days(StoreKind kind)
    {
        var (c, service, order) = await ReadyAsync(kind);
        await c.Panel.SaveAsync(service with { RefillDays = 30 });
        await c.Panel.SettleAsync(order, OrderStatus.Completed, 0);
        panels.Clock.Advance(30 * Day);
        await ContractStore.SetRefillAsync(c.Panel, await AcceptedAsync(c, order), RefillStatus.Completed);
        panels.Clock.Advance(Day);
        (await RefillAsync(c, order)).ShouldBe(Refused("The refill period is over", "refill_expired"));
        await c.Panel.SaveAsync(service with { RefillDays = 0 });
        panels.Clock.Advance(1_000 * Day);
        await AcceptedAsync(c, order);
    }

    [Theory, BothStores]
    public async Task Only_a_completed_order_of_a_service_with_refill_is_refilled(StoreKind kind)
    {
        var (c, service, order) = await ReadyAsync(kind);
        (await RefillAsync(c, order)).ShouldBe(NotCompleted);
        foreach (var (status, remains) in ((OrderStatus, long)[])[(OrderStatus.Processing, 100), (OrderStatus.InProgress, 50), (OrderStatus.Partial, 50), (OrderStatus.Canceled, 100)])
        {
            await c.Panel.SettleAsync(order, status, remains);
            panels.Clock.Advance(Day);
            (await RefillAsync(c, order)).ShouldBe(NotCompleted, status.ToString());
        }

        await c.Panel.SaveAsync(service with { Refill = false });
        (await RefillAsync(c, order)).ShouldBe(Refused("Refill is disabled for this service", "refill_disabled"));
        foreach (var id in (string[])["999999", "0", "-1", "x", "1.5", "99999999999"])
        {
            (await c.AskAsync("refill", ("order", id))).ShouldBe(Refused("Incorrect order ID", "incorrect_order"), id);
        }
    }

    [Theory, BothStores]
    public async Task Of_many_refills_at_once_one_is_taken(StoreKind kind)
    {
        var (c, _, order) = await ReadyAsync(kind);
        await c.Panel.SettleAsync(order, OrderStatus.Completed, 0);
        panels.Clock.Advance(Day);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefillAsync(c, order)));
        answers.Count(a => a == Open).ShouldBe(19);
    }

    [Theory, BothStores]
    public async Task A_refills_status_is_its_word(StoreKind kind)
    {
        var (c, _, order) = await ReadyAsync(kind);
        await c.Panel.SettleAsync(order, OrderStatus.Completed, 0);
        panels.Clock.Advance(Day);
        var refill = await AcceptedAsync(c, order);
        foreach (var (status, word) in ((RefillStatus, string)[])
            [(RefillStatus.Pending, "Pending"), (RefillStatus.InProgress, "In progress"), (RefillStatus.Completed, "Completed"), (RefillStatus.Rejected, "Rejected"), (RefillStatus.Error, "Error")])
        {
            await ContractStore.SetRefillAsync(c.Panel, refill, status);
            (await c.AskAsync("refill_status", ("refill", Text(refill)))).ShouldBe($$"""{"status":"{{word}}"}""");
            (await c.AskAsync("refill_status", ("refills", Text(refill)))).ShouldBe($$"""[{"refill":{{refill}},"status":"{{word}}"}]""");
        }

        foreach (var id in (string[])["999999", "0", "-1", "x", "99999999999"])
        {
            (await c.AskAsync("refill_status", ("refill", id))).ShouldBe(Refused("Refill not found", "refill_not_found"), id);
        }
    }

    private static Task<string> RefillAsync(ContractCustomer c, long order) => c.AskAsync("refill", ("order", Text(order)));

    private static async Task<long> AcceptedAsync(ContractCustomer c, long order)
    {
        var answer = await RefillAsync(c, order);
        answer.ShouldMatch("^\\{\"refill\":\"[1-9][0-9]*\"\\}$");
        return long.Parse(answer.Split('"')[3]);
    }

    private async Task<(ContractCustomer Customer, Service Service, long Order)> ReadyAsync(StoreKind kind)
    {
        var customer = await panels.CustomerAsync(kind);
        var service = await customer.Panel.AddServiceAsync(rate: "1000");
        return (customer, service, await customer.AddAsync(Default(service.Id)));
    }
}
