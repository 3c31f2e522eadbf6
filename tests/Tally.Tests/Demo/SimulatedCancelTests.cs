using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedCancelTests
{
    private const int Cancellable = 4;

    private static Task<ProviderCaller> StartAsync() => ProviderCaller.StartAsync(options => options with
    {
        PendingTime = new TimeRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)),
        DeliveryTime = new TimeRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4)),
    });

    private static async Task<string> CancelAsync(ProviderCaller caller, object orders) =>
        (await caller.CallAsync("cancel", ("orders", orders))).ToJsonString();

    [Fact]
    public async Task A_list_is_answered_item_by_item_ids_as_integers()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync(service: Cancellable);
        (await CancelAsync(caller, $"9,{id},x")).ShouldBe(
            """[{"order":9,"cancel":{"error":"Incorrect order ID","code":"incorrect_order"}},{"order":1,"cancel":1},{"order":"x","cancel":{"error":"Incorrect order ID","code":"incorrect_order"}}]""");
        (await caller.CallAsync("cancel", ("order", id)))[0]!["cancel"]!["code"]!.GetValue<string>().ShouldBe("cancel_open");
    }

    [Fact]
    public async Task A_pending_order_turns_canceled_a_second_after_its_request_was_accepted()
    {
        await using var caller = await StartAsync();
        var before = caller.Provider.Balance;
        var id = await caller.OrderAsync(service: Cancellable);
        (await CancelAsync(caller, id)).ShouldBe("""[{"order":1,"cancel":1}]""");
        (await caller.StatusAsync(id)).ShouldBe("Pending");
        caller.Time.Advance(TimeSpan.FromSeconds(1));
        (await caller.StatusAsync(id)).ShouldBe("Canceled");
        caller.Provider.Balance.ShouldBe(before);
        (await CancelAsync(caller, id)).ShouldContain("cancel_final");
    }

    [Theory]
    [InlineData(CancelOutcome.ByProgress, "Partial", "100")]
    [InlineData(CancelOutcome.Partial, "Partial", "100")]
    [InlineData(CancelOutcome.Canceled, "Canceled", "100")]
    [InlineData(CancelOutcome.Ignored, "Completed", "0")]
    public async Task An_order_under_way_ends_as_the_outcome_says(CancelOutcome outcome, string status, string remains)
    {
        await using var caller = await StartAsync();
        caller.Provider.CancelOutcome = outcome;
        var id = await caller.OrderAsync(service: Cancellable);
        caller.Time.Advance(TimeSpan.FromSeconds(3));
        (await CancelAsync(caller, id)).ShouldBe("""[{"order":1,"cancel":1}]""");
        caller.Time.Advance(TimeSpan.FromSeconds(10));
        var answer = await caller.CallAsync("status", ("order", id));
        answer["status"]!.GetValue<string>().ShouldBe(status);
        answer["remains"]!.GetValue<string>().ShouldBe(remains);
    }

    [Fact]
    public async Task An_order_that_completes_before_its_cancel_takes_effect_stays_completed()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync(service: Cancellable);
        caller.Time.Advance(TimeSpan.FromSeconds(5.5));
        (await CancelAsync(caller, id)).ShouldBe("""[{"order":1,"cancel":1}]""");
        caller.Time.Advance(TimeSpan.FromSeconds(10));
        (await caller.StatusAsync(id)).ShouldBe("Completed");
    }

    [Fact]
    public async Task It_refuses_when_told_to_and_where_the_service_offers_no_cancel()
    {
        await using var caller = await StartAsync();
        var offered = await caller.OrderAsync(service: Cancellable);
        var notOffered = await caller.OrderAsync(service: 1);
        caller.Provider.CancelOutcome = CancelOutcome.Refused;
        (await CancelAsync(caller, offered)).ShouldContain("The order cannot be canceled");
        (await CancelAsync(caller, notOffered)).ShouldContain("Cancel is disabled for this service");
    }
}
