using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedRefillTests
{
    private static async Task<(ProviderCaller Caller, int Order)> StartAsync(
        int service = 1, Func<SimulatedProviderOptions, SimulatedProviderOptions>? with = null)
    {
        var caller = await ProviderCaller.StartAsync(with);
        var order = await caller.OrderAsync(service: service);
        return (caller, order);
    }

    [Fact]
    public async Task A_completed_order_is_refilled_and_the_task_runs_to_its_end()
    {
        var (caller, order) = await StartAsync();
        await using var ended = caller;
        caller.Time.Advance(TimeSpan.FromSeconds(8));
        (await caller.CallAsync("refill", ("order", order))).ToJsonString().ShouldBe("""{"refill":"1"}""");
        (await caller.CallAsync("refill_status", ("refill", 1))).ToJsonString().ShouldBe("""{"status":"Pending"}""");
        caller.Time.Advance(TimeSpan.FromSeconds(6));
        (await caller.CallAsync("refill_status", ("refill", 1))).ToJsonString().ShouldBe("""{"status":"Completed"}""");
    }

    [Fact]
    public async Task A_list_is_answered_with_integers_and_errors_in_their_place()
    {
        var (caller, order) = await StartAsync();
        await using var ended = caller;
        caller.Time.Advance(TimeSpan.FromSeconds(8));
        (await caller.CallAsync("refill", ("orders", $"{order},3"))).ToJsonString().ShouldBe(
            """[{"order":1,"refill":1},{"order":3,"refill":{"error":"Incorrect order ID","code":"incorrect_order"}}]""");
        (await caller.CallAsync("", ("refills", "1,3"))).ToJsonString().ShouldBe(
            """[{"refill":1,"status":"Pending"},{"refill":3,"status":{"error":"Refill not found","code":"refill_not_found"}}]""");
        (await caller.CallAsync("refill_status", ("refill", 3)))["error"]!.GetValue<string>().ShouldBe("Refill not found");
    }

    [Fact]
    public async Task It_refuses_in_the_order_not_offered_not_completed_open()
    {
        var (caller, order) = await StartAsync(service: 4);
        await using var ended = caller;
        (await CodeAsync(caller, order)).ShouldBe("refill_not_completed");
        caller.Time.Advance(TimeSpan.FromSeconds(8));
        _ = await caller.CallAsync("refill", ("order", order));
        (await CodeAsync(caller, order)).ShouldBe("refill_open");
        (await CodeAsync(caller, await caller.OrderAsync(service: 5))).ShouldBe("refill_disabled");
    }

    [Fact]
    public async Task It_keeps_the_pause_and_the_window_that_its_options_and_services_set()
    {
        var (caller, order) = await StartAsync(service: 3, options => options with { RefillPause = TimeSpan.FromHours(24) });
        await using var ended = caller;
        caller.Time.Advance(TimeSpan.FromHours(1));
        (await CodeAsync(caller, order)).ShouldBe("refill_too_early");
        caller.Time.Advance(TimeSpan.FromHours(23.5));
        (await caller.CallAsync("refill", ("order", order)))["refill"]!.GetValue<string>().ShouldBe("1");
        caller.Time.Advance(TimeSpan.FromHours(1));
        (await CodeAsync(caller, order)).ShouldBe("refill_too_early");
        caller.Time.Advance(TimeSpan.FromDays(7));
        (await CodeAsync(caller, order)).ShouldBe("refill_expired");
    }

    [Theory]
    [InlineData(RefillOutcome.Rejected, "Rejected")]
    [InlineData(RefillOutcome.Error, "Error")]
    public async Task The_outcome_of_a_refill_can_be_chosen(RefillOutcome outcome, string status)
    {
        var (caller, order) = await StartAsync();
        await using var ended = caller;
        caller.Provider.RefillOutcome = outcome;
        caller.Time.Advance(TimeSpan.FromSeconds(8));
        var refill = (await caller.CallAsync("refill", ("order", order)))["refill"]!.GetValue<string>();
        caller.Time.Advance(TimeSpan.FromSeconds(6));
        (await caller.CallAsync("refill_status", ("refill", refill)))["status"]!.GetValue<string>().ShouldBe(status);
        caller.Provider.SetRefillStatus(1, "In progress");
        (await caller.CallAsync("refill_status", ("refill", refill)))["status"]!.GetValue<string>().ShouldBe("In progress");
    }

    [Fact]
    public async Task Refills_can_be_refused()
    {
        var (caller, order) = await StartAsync();
        await using var ended = caller;
        caller.Provider.RefillOutcome = RefillOutcome.Refused;
        caller.Time.Advance(TimeSpan.FromSeconds(8));
        (await CodeAsync(caller, order)).ShouldBe("refill_disabled");
    }

    private static async Task<string> CodeAsync(ProviderCaller caller, int order) =>
        (await caller.CallAsync("refill", ("order", order)))["code"]!.GetValue<string>();
}
