using Shouldly;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Settings;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>A provider may correct itself for a few days after an order's end: the money follows, and it stays on record.</summary>
public sealed class CorrectionTests
{
    private const long HourMs = 3_600_000;

    [Theory, BothStores]
    public async Task A_completed_order_that_the_provider_turns_into_a_partial_is_paid_back_what_it_did_not_get(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        var done = await delivery.BecomesAsync(order, OrderStatus.Completed);
        (done.DueAt - done.EndedAt).ShouldBe(HourMs);

        delivery.Provider.SetStatus(int.Parse(done.ProviderOrder!, System.Globalization.CultureInfo.InvariantCulture), "Partial", remains: 40);
        delivery.Clock.Move(TimeSpan.FromMinutes(61));
        var row = await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.Partial, "the correction has arrived");
        (row.Remains, row.CompletedAt).ShouldBe((40, done.CompletedAt));
        await delivery.Panel.ShouldHoldAsync("999100", order, "600");
        (await delivery.Panel.QueryAsync<(string, string)>("SELECT actor, detail FROM audit WHERE action = 'order correction'")).ShouldBe([("provider upstream", "Completed, remains 0 → Partial, remains 40")]);

        // And then wholly: only what had not gone back goes back.
        delivery.Provider.SetStatus(int.Parse(done.ProviderOrder!, System.Globalization.CultureInfo.InvariantCulture), "Canceled");
        delivery.Clock.Move(TimeSpan.FromHours(6));
        await delivery.Panel.UntilAsync(order, o => o is { Status: OrderStatus.Canceled, DueAt: null }, "the second correction has arrived");
        await delivery.Panel.ShouldHoldAsync("1000000", order, "1500");
    }

    [Theory, BothStores]
    public async Task A_completed_order_that_goes_on_is_open_again_until_it_ends_again(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        var there = int.Parse((await delivery.BecomesAsync(order, OrderStatus.Completed)).ProviderOrder!, System.Globalization.CultureInfo.InvariantCulture);
        delivery.Provider.SetStatus(there, "In progress", remains: 10);
        delivery.Clock.Move(TimeSpan.FromMinutes(61));
        (await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.InProgress, "it goes on")).EndedAt.ShouldBeNull();
        await delivery.Panel.ShouldVerifyAsync();
        delivery.Provider.SetStatus(there, "Completed");
        delivery.Clock.Move(TimeSpan.FromMinutes(5));
        await delivery.Panel.UntilAsync(order, o => o.Status == OrderStatus.Completed, "it is completed again");
        await delivery.Panel.ShouldHoldAsync("998500", order, "0");
    }

    [Theory, BothStores]
    public async Task Where_the_operator_wants_no_corrections_nothing_is_asked_after_the_end(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        await delivery.Panel.SetAsync("correction_days", "0");
        var order = await delivery.OrderAsync(await delivery.ServiceAsync());
        (await delivery.BecomesAsync(order, OrderStatus.Completed)).DueAt.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task The_parent_of_a_run_that_is_corrected_after_the_end_says_what_became_of_it(StoreKind kind)
    {
        await using var delivery = await Delivery.StartAsync(kind);
        var parent = await delivery.OrderAsync(await delivery.ServiceAsync(), Asked.Link, ("runs", "2"), ("interval", "5"));
        await delivery.Panel.UntilAsync(parent, o => o.Run == 1, "the first run has begun");
        delivery.Clock.Move(TimeSpan.FromMinutes(6));
        await delivery.Panel.UntilAsync(parent, o => o.Run == 2, "the second run has begun");
        var runs = await delivery.Panel.RunsAsync(parent);
        foreach (var run in runs)
        {
            await delivery.BecomesAsync(run.Id, OrderStatus.Completed);
        }

        await delivery.Panel.UntilAsync(parent, o => o.Status == OrderStatus.Completed, "the parent is completed");
        delivery.Provider.SetStatus(await delivery.SentAsync(runs[1].Id), "Partial", remains: 25);
        delivery.Clock.Move(TimeSpan.FromMinutes(61));
        var row = await delivery.Panel.UntilAsync(parent, o => o.Status == OrderStatus.Partial, "the parent knows");
        (row.Remains, row.DueAt).ShouldBe((25, null));
        await delivery.Panel.ShouldVerifyAsync();
        (await delivery.Panel.BalanceAsync()).ShouldBe("997375"); // 3,000 for both runs, less a quarter of 1,500
    }

    [Fact]
    public void An_order_is_asked_for_by_its_age_and_after_its_end_by_the_time_since()
    {
        var settings = new PanelSettings { SyncIntervalMs = 1_000, CorrectionDays = 3 };
        var open = new Order { Status = OrderStatus.InProgress, CreatedAt = 0, SendState = SendState.Sent };
        long[] ages = [0, 599_999, 600_000, HourMs - 1, HourMs, (24 * HourMs) - 1, 24 * HourMs];
        ages.Select(age => SyncSchedule.Next(open, age, settings) - age).ShouldBe([1_000, 1_000, 6_000, 6_000, 30_000, 30_000, 120_000]);

        var ended = open with { Status = OrderStatus.Completed, EndedAt = 1_000 };
        long[] since = [0, HourMs - 1, HourMs, 6 * HourMs, 24 * HourMs, 50 * HourMs, 71 * HourMs];
        since.Select(s => (SyncSchedule.Next(ended, 1_000 + s, settings) - 1_000) / HourMs).ShouldBe([1, 1, 6, 24, 48, 72, 72]);
        SyncSchedule.Next(ended, 1_000 + (72 * HourMs), settings).ShouldBeNull();
        SyncSchedule.Next(ended with { Status = OrderStatus.Partial }, 1_000, settings).ShouldBe(1_000 + HourMs);
        SyncSchedule.Next(ended with { Status = OrderStatus.Canceled }, 1_000, settings).ShouldBeNull("nothing is left to correct");
        SyncSchedule.Next(ended with { EndedAt = null }, 1_000, settings).ShouldBeNull("it ended before anybody wrote down when");
        SyncSchedule.Next(ended, 1_000, settings with { CorrectionDays = 0 }).ShouldBeNull();
    }
}
