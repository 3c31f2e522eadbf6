using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedStatusTests
{
    private static readonly TimeRange TwoSeconds = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
    private static readonly TimeRange FourSeconds = new(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));

    private static Task<ProviderCaller> StartAsync() =>
        ProviderCaller.StartAsync(options => options with { PendingTime = TwoSeconds, DeliveryTime = FourSeconds });

    [Fact]
    public async Task An_order_is_pending_then_in_progress_with_falling_remains_then_completed()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync();
        (await caller.CallAsync("status", ("order", id))).ToJsonString()
            .ShouldBe("""{"charge":"2100","start_count":"0","status":"Pending","remains":"200","currency":"VND"}""");

        caller.Time.Advance(TimeSpan.FromSeconds(3));
        var underWay = await caller.CallAsync("status", ("order", id));
        underWay["status"]!.GetValue<string>().ShouldBe("In progress");
        underWay["remains"]!.GetValue<string>().ShouldBe("150");
        var startCount = underWay["start_count"]!.GetValue<string>();

        caller.Time.Advance(TimeSpan.FromSeconds(3));
        (await caller.CallAsync("status", ("order", id))).ToJsonString()
            .ShouldBe($$"""{"charge":"2100","start_count":"{{startCount}}","status":"Completed","remains":"0","currency":"VND"}""");
    }

    [Fact]
    public async Task By_default_an_order_is_done_within_eight_seconds_and_speed_divides_that()
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { Speed = 10 });
        var id = await caller.OrderAsync();
        (await caller.StatusAsync(id)).ShouldBe("Pending");
        caller.Time.Advance(TimeSpan.FromMilliseconds(800));
        (await caller.StatusAsync(id)).ShouldBe("Completed");
    }

    [Fact]
    public async Task A_link_with_partial_30_ends_partial_with_30_percent_remaining_and_refunded()
    {
        await using var caller = await StartAsync();
        var before = caller.Provider.Balance;
        var id = await caller.OrderAsync("https://x.vn/1#partial=30");
        caller.Provider.Balance.ShouldBe(before - 2_100m);
        caller.Time.Advance(TimeSpan.FromSeconds(6));
        var answer = await caller.CallAsync("status", ("order", id));
        answer["status"]!.GetValue<string>().ShouldBe("Partial");
        answer["remains"]!.GetValue<string>().ShouldBe("60");
        answer["charge"]!.GetValue<string>().ShouldBe("1470");
        caller.Provider.Balance.ShouldBe(before - 1_470m);
    }

    [Fact]
    public async Task A_link_with_cancel_ends_canceled_and_costs_nothing()
    {
        await using var caller = await StartAsync();
        var before = caller.Provider.Balance;
        var id = await caller.OrderAsync("https://x.vn/1#cancel");
        caller.Time.Advance(TimeSpan.FromSeconds(2));
        (await caller.CallAsync("status", ("order", id))).ToJsonString()
            .ShouldBe("""{"charge":"0","start_count":"0","status":"Canceled","remains":"200","currency":"VND"}""");
        caller.Provider.Balance.ShouldBe(before);
    }

    [Fact]
    public async Task A_link_with_refuse_is_refused_in_its_own_words()
    {
        await using var caller = await StartAsync();
        var answer = await caller.CallAsync("add", ("service", 501), ("link", "https://x.vn/1#refuse=Link%20is%20private"), ("quantity", 200));
        answer["error"]!.GetValue<string>().ShouldBe("Link is private");
        caller.Provider.OrdersTaken.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_with_slow_is_answered_and_taken_only_after_the_wait()
    {
        await using var caller = await StartAsync();
        var adding = caller.OrderAsync("https://x.vn/1#slow=5000");
        await WaitUntilAsync(() => caller.Provider.Received.Total(SimulatedAction.Add) == 1);
        adding.IsCompleted.ShouldBeFalse();
        caller.Provider.OrdersTaken.ShouldBeEmpty();
        await AdvanceUntilAsync(caller, adding, TimeSpan.FromSeconds(1));
        (await adding).ShouldBe(1);
    }

    [Fact]
    public async Task A_link_with_deliver_takes_that_long()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync("https://x.vn/1#deliver=60000");
        caller.Time.Advance(TimeSpan.FromSeconds(61));
        (await caller.StatusAsync(id)).ShouldBe("In progress");
        caller.Time.Advance(TimeSpan.FromSeconds(1));
        (await caller.StatusAsync(id)).ShouldBe("Completed");
    }

    [Fact]
    public async Task A_service_can_be_scripted_and_a_links_own_word_wins()
    {
        await using var caller = await StartAsync();
        caller.Provider.ScriptService(501, new OrderScript { Ending = new OrderEnding.Canceled() });
        var scripted = await caller.OrderAsync();
        var own = await caller.OrderAsync("https://x.vn/1#complete");
        caller.Time.Advance(TimeSpan.FromSeconds(6));
        (await caller.StatusAsync(scripted)).ShouldBe("Canceled");
        (await caller.StatusAsync(own)).ShouldBe("Completed");
    }

    [Theory]
    [InlineData("https://x.vn/#partial=0")]
    [InlineData("https://x.vn/#partial=100")]
    [InlineData("https://x.vn/#partial=abc")]
    [InlineData("https://x.vn/#comments")]
    [InlineData("https://x.vn/")]
    public void Any_other_fragment_means_nothing(string link) => OrderScript.Parse(link).ShouldBe(new OrderScript());

    [Fact]
    public async Task Many_orders_are_asked_for_at_once_and_keyed_as_they_were_sent()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync();
        var answer = (await caller.CallAsync("status", ("orders", $" {id}, 0{id},,{id},999,x"))).AsObject();
        answer.Select(pair => pair.Key).ShouldBe(["1", "01", "999", "x"]);
        answer["01"]!.ToJsonString().ShouldBe(answer["1"]!.ToJsonString());
        answer["999"]!.ToJsonString().ShouldBe("""{"error":"Incorrect order ID","code":"incorrect_order"}""");
        answer["x"]!["error"]!.GetValue<string>().ShouldBe("Incorrect order ID");
    }

    [Fact]
    public async Task A_hundred_ids_are_answered_and_one_more_is_an_error_that_names_the_limit()
    {
        await using var caller = await StartAsync();
        var answer = (await caller.CallAsync("status", ("orders", string.Join(',', Enumerable.Range(1, 100))))).AsObject();
        answer.Count.ShouldBe(100);
        var refused = await caller.CallAsync("multi_status", ("orders", string.Join(',', Enumerable.Range(1, 101))));
        refused.ToJsonString().ShouldBe("""{"error":"Incorrect request","code":"incorrect_request","detail":"at most 100 ids"}""");
    }

    [Fact]
    public async Task A_frozen_provider_leaves_orders_as_they_are_until_a_test_sets_them()
    {
        await using var caller = await StartAsync();
        var before = caller.Provider.Balance;
        var id = await caller.OrderAsync();
        caller.Provider.Freeze();
        caller.Time.Advance(TimeSpan.FromHours(1));
        (await caller.StatusAsync(id)).ShouldBe("Pending");

        caller.Provider.SetStatus(id, "In progress", remains: 50, startCount: 1234);
        (await caller.CallAsync("status", ("order", id))).ToJsonString()
            .ShouldBe("""{"charge":"2100","start_count":"1234","status":"In progress","remains":"50","currency":"VND"}""");
        caller.Provider.SetStatus(id, "Partial");
        (await caller.CallAsync("status", ("order", id)))["charge"]!.GetValue<string>().ShouldBe("1575");
        caller.Provider.Balance.ShouldBe(before - 1_575m);
        caller.Provider.SetStatus(id, "Completed", charge: 0.27819m);
        (await caller.CallAsync("status", ("order", id))).ToJsonString()
            .ShouldBe("""{"charge":"0.27819","start_count":"1234","status":"Completed","remains":"0","currency":"VND"}""");
        caller.Provider.Balance.ShouldBe(before - 0.27819m);
    }

    [Fact]
    public async Task Time_goes_on_from_where_it_stood_when_it_is_thawed()
    {
        await using var caller = await StartAsync();
        var id = await caller.OrderAsync();
        caller.Time.Advance(TimeSpan.FromSeconds(3));
        caller.Provider.Freeze();
        caller.Time.Advance(TimeSpan.FromHours(1));
        caller.Provider.Thaw();
        (await caller.CallAsync("status", ("order", id)))["remains"]!.GetValue<string>().ShouldBe("150");
        caller.Time.Advance(TimeSpan.FromSeconds(3));
        (await caller.StatusAsync(id)).ShouldBe("Completed");
    }

    [Fact]
    public async Task An_unknown_order_cannot_be_set()
    {
        await using var caller = await StartAsync();
        Should.Throw<KeyNotFoundException>(() => caller.Provider.SetStatus(77, "Completed"));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }

    // The wait may begin a moment after the call was logged, so the clock is moved until the answer is there.
    private static async Task AdvanceUntilAsync(ProviderCaller caller, Task done, TimeSpan step)
    {
        for (var i = 0; i < 1_000 && !done.IsCompleted; i++)
        {
            caller.Time.Advance(step);
            await Task.Delay(5);
        }
    }
}
