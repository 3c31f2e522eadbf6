using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedSeriesTests
{
    private static readonly TimeSpan UntilDone = TimeSpan.FromSeconds(8);

    private static Task<JsonNode> DripAsync(ProviderCaller caller, int runs) => caller.CallAsync(
        "add", ("service", caller.Provider.ServiceFor(12)), ("link", "https://x.vn/1"), ("quantity", 1001), ("runs", runs), ("interval", 10));

    [Fact]
    public async Task A_drip_feed_is_charged_at_once_and_runs_one_order_per_interval()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var before = caller.Provider.Balance;
        (await DripAsync(caller, 3)).ToJsonString().ShouldBe("""{"order":1}""");
        caller.Provider.Balance.ShouldBe(before - 1.05105m);
        caller.Provider.OrdersTaken.Single().Quantity.ShouldBe(3003);

        var first = await caller.CallAsync("status", ("order", 1));
        (first["runs"]!.GetValue<int>(), first["interval"]!.GetValue<int>(), first["orders"]!.ToJsonString()).ShouldBe((3, 10, "[2]"));
        (await caller.CallAsync("status", ("order", 3)))["error"]!.GetValue<string>().ShouldBe("Incorrect order ID");

        caller.Time.Advance(TimeSpan.FromMinutes(20) + UntilDone);
        var done = await caller.CallAsync("status", ("order", 1));
        done["status"]!.GetValue<string>().ShouldBe("Completed");
        done["charge"]!.GetValue<string>().ShouldBe("1.05105");
        done["orders"]!.ToJsonString().ShouldBe("[2,3,4]");
        (await caller.StatusAsync(4)).ShouldBe("Completed");
    }

    [Fact]
    public async Task A_cancelled_drip_feed_keeps_its_done_runs_and_refunds_the_rest()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var before = caller.Provider.Balance;
        _ = await DripAsync(caller, 3);
        caller.Time.Advance(UntilDone);
        (await caller.StatusAsync(1)).ShouldBe("In progress");
        (await caller.CallAsync("cancel", ("orders", 1))).ToJsonString().ShouldBe("""[{"order":1,"cancel":1}]""");
        caller.Time.Advance(TimeSpan.FromHours(1));
        var ended = await caller.CallAsync("status", ("order", 1));
        ended["status"]!.GetValue<string>().ShouldBe("Partial");
        ended["remains"]!.GetValue<string>().ShouldBe("2002");
        ended["orders"]!.ToJsonString().ShouldBe("[2]");
        caller.Provider.Balance.ShouldBe(before - 0.35035m);
    }

    [Fact]
    public async Task A_subscription_brings_a_paid_order_for_every_post_until_they_are_reached()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var before = caller.Provider.Balance;
        _ = await caller.CallAsync(
            "add", ("service", caller.Provider.ServiceFor(21)), ("username", "tally"), ("min", 20), ("max", 40), ("posts", 2), ("delay", 0));
        caller.Provider.Balance.ShouldBe(before);
        (await caller.StatusAsync(1)).ShouldBe("Active");

        caller.Time.Advance(TimeSpan.FromSeconds(10) + UntilDone);
        var status = await caller.CallAsync("status", ("order", 1));
        status["status"]!.GetValue<string>().ShouldBe("Completed");
        status["posts"]!.GetValue<string>().ShouldBe("2");
        status["orders"]!.ToJsonString().ShouldBe("[2,3]");
        var children = (await caller.CallAsync("status", ("orders", "2,3"))).AsObject()
            .Select(pair => decimal.Parse(pair.Value!["charge"]!.GetValue<string>(), CultureInfo.InvariantCulture))
            .ToList();
        children.ShouldAllBe(charge => charge >= 20 * 6.65m && charge <= 40 * 6.65m);
        caller.Provider.Balance.ShouldBe(before - children.Sum());
    }

    [Theory]
    [InlineData("1/3/2026", "Expired")]
    [InlineData("2/3/2026", "Active")]
    public async Task A_subscription_expires_when_its_day_is_over(string expiry, string status)
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { PostEvery = TimeSpan.FromHours(10) });
        _ = await caller.CallAsync(
            "add", ("service", caller.Provider.ServiceFor(21)), ("username", "tally"), ("min", 20), ("max", 40), ("delay", 0), ("expiry", expiry));
        caller.Time.Advance(TimeSpan.FromHours(16));
        var answer = await caller.CallAsync("status", ("order", 1));
        answer["status"]!.GetValue<string>().ShouldBe(status);
        answer["expiry"]!.GetValue<string>().ShouldBe(expiry);
        answer["orders"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stopping_a_subscription_cancels_it()
    {
        await using var caller = await ProviderCaller.StartAsync();
        _ = await caller.CallAsync(
            "add", ("service", caller.Provider.ServiceFor(21)), ("username", "tally"), ("min", 20), ("max", 40), ("delay", 0));
        _ = await caller.CallAsync("cancel", ("orders", 1));
        caller.Time.Advance(TimeSpan.FromMinutes(10));
        var answer = await caller.CallAsync("status", ("order", 1));
        answer["status"]!.GetValue<string>().ShouldBe("Canceled");
        answer["charge"]!.GetValue<string>().ShouldBe("0");
        answer["orders"]!.AsArray().ShouldBeEmpty();
    }
}
