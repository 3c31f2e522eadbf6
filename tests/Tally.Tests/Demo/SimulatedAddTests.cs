using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedAddTests
{
    private const string Link = "https://example.com/post/1";

    /// <summary>Per type: the fields of a good order, what it costs as a multiple of the rate, and its quantity.</summary>
    public static TheoryData<string, string, decimal, long> GoodOrders => new()
    {
        { "Default", $"link={Link}&quantity=1000", 1m, 1000 },
        { "Package", $"link={Link}&quantity=77", 1m, 1 },
        { "SEO", $"link={Link}&quantity=1000&keywords=mua nhà, thuê nhà", 1m, 1000 },
        { "Custom Comments", $"link={Link}&comments=a\r\nb\n\nc\rd\ne\nf\ng\nh\ni\nj", 0.01m, 10 },
        { "Custom Comments Package", $"link={Link}&comments=tốt\nhay", 1m, 1 },
        { "Mentions", $"link={Link}&quantity=1000&usernames=a\nb", 1m, 1000 },
        { "Mentions with Hashtags", $"link={Link}&quantity=1000&usernames=a&hashtags=x", 1m, 1000 },
        { "Mentions Custom List", $"link={Link}&usernames={string.Join('\n', Enumerable.Range(0, 100))}", 0.1m, 100 },
        { "Mentions Hashtag", $"link={Link}&quantity=1000&hashtag=x", 1m, 1000 },
        { "Mentions User Followers", $"link={Link}&quantity=1000&username=x", 1m, 1000 },
        { "Mentions Media Likers", $"link={Link}&quantity=1000&media={Link}", 1m, 1000 },
        { "Comment Likes", $"link={Link}&quantity=1000&username=x", 1m, 1000 },
        { "Comment Replies", $"link={Link}&username=x&comments=a\nb\nc\nd\ne", 0.005m, 5 },
        { "Poll", $"link={Link}&quantity=1000&answer_number=2", 1m, 1000 },
        { "Invites from Groups", $"link={Link}&quantity=1000&groups={Link}", 1m, 1000 },
        { "Web Traffic", $"link={Link}&quantity=1000&country=VN&device=1&type_of_traffic=1&google_keyword=nhà", 1m, 1000 },
        { "Subscriptions", "username=x&min=20&max=30&delay=5&posts=2", 0m, 0 },
    };

    [Theory]
    [MemberData(nameof(GoodOrders))]
    public async Task Each_type_is_taken_and_costs_what_its_row_says(string type, string fields, decimal timesRate, long quantity)
    {
        await using var caller = await ProviderCaller.StartAsync();
        var service = caller.Provider.Services.First(s => s.Type == type);
        var before = caller.Provider.Balance;

        var answer = await caller.CallAsync("add", [("service", service.Id), .. Fields(fields)]);

        answer.ToJsonString().ShouldBe("""{"order":1}""");
        caller.Provider.Balance.ShouldBe(before - (service.Rate * timesRate));
        caller.Provider.OrdersTaken.Single().Quantity.ShouldBe(quantity);
    }

    [Theory]
    [MemberData(nameof(GoodOrders))]
    public async Task Each_type_refuses_an_order_that_lacks_any_of_its_parameters(string type, string fields, decimal timesRate, long quantity)
    {
        _ = (timesRate, quantity);
        await using var caller = await ProviderCaller.StartAsync();
        var service = caller.Provider.Services.First(s => s.Type == type).Id;
        var all = Fields(fields);
        foreach (var left in all.Where(field => !(field.Name is "posts" || (type == "Package" && field.Name == "quantity"))))
        {
            var answer = await caller.CallAsync("add", [("service", service), .. all.Where(field => field != left)]);
            answer["error"]!.GetValue<string>().ShouldBe(left.Name == "link" ? "Bad link" : "Incorrect request", left.Name);
            if (left.Name != "link")
                answer["detail"]!.GetValue<string>().ShouldBe(left.Name);
        }

        caller.Provider.OrdersTaken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("service=9999", "Incorrect service ID", "incorrect_service")]
    [InlineData("service=x", "Incorrect service ID", "incorrect_service")]
    [InlineData("", "Incorrect request", "incorrect_request")]
    [InlineData("service=501&link=ftp://x/y&quantity=200", "Bad link", "bad_link")]
    [InlineData("service=501&link=https://x.vn&quantity=199", "Quantity less than minimal 200", "min_quantity")]
    [InlineData("service=501&link=https://x.vn&quantity=10001", "Quantity more than maximum 10000", "max_quantity")]
    [InlineData("service=501&link=https://x.vn&quantity=-200", "Incorrect request", "incorrect_request")]
    [InlineData("service=501&link=https://x.vn&quantity=200&runs=2", "Drip-feed is disabled for this service", "dripfeed_disabled")]
    public async Task A_bad_order_is_refused_in_the_words_of_the_specification(string fields, string error, string code)
    {
        await using var caller = await ProviderCaller.StartAsync();
        var answer = await caller.CallAsync("add", [.. Fields(fields)]);
        answer["error"]!.GetValue<string>().ShouldBe(error);
        answer["code"]!.GetValue<string>().ShouldBe(code);
        caller.Provider.OrdersTaken.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_beyond_the_balance_is_refused_and_takes_nothing()
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { Balance = 2_099.99999m });
        var answer = await caller.CallAsync("add", ("service", 501), ("link", Link), ("quantity", 200));
        answer.ToJsonString().ShouldBe("""{"error":"Not enough funds on balance","code":"not_enough_funds"}""");
        caller.Provider.Balance.ShouldBe(2_099.99999m);

        caller.Provider.Balance = 2_100m;
        _ = await caller.OrderAsync();
        caller.Provider.Balance.ShouldBe(0m);
    }

    [Fact]
    public async Task The_log_tells_what_arrived_without_the_key()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var id = await caller.OrderAsync("https://example.com/a b");
        var call = caller.Provider.Received.Calls.Single();
        call.Action.ShouldBe(SimulatedAction.Add);
        call.At.ShouldBe(caller.Time.GetUtcNow());
        call.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")
            .ShouldBe(["link=https://example.com/a b", "quantity=200", "service=501"]);
        caller.Provider.OrdersTaken.Single().ShouldBe(new TakenOrder(id, 501, "https://example.com/a b", 200, 2_100m, Reference: null, call.At));
    }

    [Fact]
    public async Task Only_the_newest_orders_and_calls_are_remembered()
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { MaxRemembered = 3, MaxReceived = 4 });
        for (var i = 0; i < 5; i++)
            _ = await caller.OrderAsync($"https://example.com/{i}");
        caller.Provider.OrdersTaken.Select(order => order.Id).ShouldBe([3, 4, 5]);
        caller.Provider.OrdersTaken.Count.ShouldBe(3);
        caller.Provider.Received.Calls.Count.ShouldBe(4);
        caller.Provider.Received.Total(SimulatedAction.Add).ShouldBe(5);
        (await caller.CallAsync("status", ("order", 2)))["error"]!.GetValue<string>().ShouldBe("Incorrect order ID");
    }

    [Fact]
    public async Task A_flood_of_parallel_orders_gets_distinct_ids_and_is_charged_once_each()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var before = caller.Provider.Balance;
        var ids = new System.Collections.Concurrent.ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            ids.Add(await caller.OrderAsync($"https://example.com/{i}")));
        ids.Order().ShouldBe(Enumerable.Range(1, 1_000));
        caller.Provider.OrdersTaken.Count.ShouldBe(1_000);
        caller.Provider.Balance.ShouldBe(before - (1_000 * 2_100m));
    }

    private static List<(string Name, object Value)> Fields(string fields) =>
        [.. fields.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).Select(pair => (pair[0], (object)pair[1]))];
}
