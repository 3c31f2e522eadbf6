using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedReferenceTests
{
    private static Task<JsonNode> AddAsync(
        ProviderCaller caller, string reference, int quantity = 200, string name = "order_reference", string service = "501") =>
        caller.CallAsync("add", ("service", service), ("link", "https://x.vn/1"), ("quantity", quantity), (name, reference));

    [Theory]
    [InlineData("order_reference")]
    [InlineData("request_id")]
    public async Task The_same_reference_answers_the_same_id_and_takes_nothing_new(string name)
    {
        await using var caller = await ProviderCaller.StartAsync();
        var before = caller.Provider.Balance;
        (await AddAsync(caller, "a-1", name: name)).ToJsonString().ShouldBe("""{"order":1}""");
        (await AddAsync(caller, " a-1 ", name: name, service: "0501")).ToJsonString().ShouldBe("""{"order":1}""");
        caller.Provider.OrdersTaken.Single().Reference.ShouldBe("a-1");
        caller.Provider.Balance.ShouldBe(before - 2_100m);
    }

    [Fact]
    public async Task The_same_reference_sent_at_once_is_one_order()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AddAsync(caller, "same")));
        answers.Select(answer => answer["order"]!.GetValue<int>()).Distinct().ShouldBe([1]);
        caller.Provider.OrdersTaken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_reference_with_other_parameters_is_a_conflict_that_names_the_first_order()
    {
        await using var caller = await ProviderCaller.StartAsync();
        _ = await AddAsync(caller, "a-1");
        (await AddAsync(caller, "a-1", quantity: 300)).ToJsonString().ShouldBe(
            """{"error":"order_reference was already used with other parameters","code":"reference_conflict","order":1}""");
        caller.Provider.OrdersTaken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_replay_is_answered_without_funds_and_after_the_service_is_gone()
    {
        await using var caller = await ProviderCaller.StartAsync();
        _ = await AddAsync(caller, "a-1");
        caller.Provider.Balance = 0;
        caller.Provider.ChangeService(501, _ => null);
        (await AddAsync(caller, "a-1")).ToJsonString().ShouldBe("""{"order":1}""");
    }

    [Fact]
    public async Task A_refused_attempt_frees_its_reference()
    {
        await using var caller = await ProviderCaller.StartAsync();
        caller.Provider.Balance = 0;
        (await AddAsync(caller, "a-1"))["code"]!.GetValue<string>().ShouldBe("not_enough_funds");
        caller.Provider.Balance = 10_000;
        (await AddAsync(caller, "a-1", quantity: 300)).ToJsonString().ShouldBe("""{"order":1}""");
    }

    [Fact]
    public async Task A_reference_of_a_hundred_code_points_fits_and_one_more_does_not()
    {
        await using var caller = await ProviderCaller.StartAsync();
        (await AddAsync(caller, string.Concat(Enumerable.Repeat("👍", 100)))).ToJsonString().ShouldBe("""{"order":1}""");
        (await AddAsync(caller, new string('a', 101)))["detail"]!.GetValue<string>().ShouldBe("order_reference");
    }

    [Fact]
    public async Task A_provider_without_support_takes_a_new_order_each_time()
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { SupportsReference = false });
        _ = await AddAsync(caller, "a-1");
        (await AddAsync(caller, "a-1")).ToJsonString().ShouldBe("""{"order":2}""");
        caller.Provider.OrdersTaken.Select(order => order.Reference).ShouldBe(["a-1", "a-1"]);
    }
}
