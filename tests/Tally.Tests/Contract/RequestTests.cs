using System.Net;
using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>The bytes that go out, asserted exactly.</summary>
public sealed class RequestTests
{
    private const string KeyPart = "key=tly_secret%2Fkey%2B0123456789&action=";

    [Fact]
    public async Task A_call_is_one_POST_of_a_form_with_its_length_and_nothing_unexpected()
    {
        await using var panel = ScriptedPanel.Answering("""{"balance":"1","currency":"USD"}""");
        await panel.Client().BalanceAsync();

        var body = KeyPart + "balance";
        var version = typeof(ApiV2Client).Assembly.GetName().Version!.ToString(3);
        (await panel.Request).ShouldBe(
            $"POST /api/v2 HTTP/1.1\r\nHost: 127.0.0.1:{panel.Endpoint.Port}\r\nAccept: application/json\r\nUser-Agent: Tally.Contract/{version}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        panel.Connections.ShouldBe(1);
    }

    public static TheoryData<string, string, Func<ApiV2Client, Task>> Calls => new()
    {
        { "services", "services", c => c.ServicesAsync() },
        { "status of one", "status&order=7", c => c.StatusAsync("7") },
        { "status of one by number", "status&order=7", c => c.StatusAsync(7) },
        { "status of many", "status&orders=7%2C8%2C9", c => c.StatusesAsync(["7", "8", "9"]) },
        { "status of many, one of them twice", "status&orders=7%2C07", c => c.StatusesAsync(["7", "07", "7"]) },
        { "cancel", "cancel&orders=7%2C8", c => c.CancelAsync(["7", "8"]) },
        { "refill of one", "refill&order=7", c => c.RefillAsync("7") },
        { "refill of one by number", "refill&order=7", c => c.RefillAsync(7) },
        { "refill of many", "refill&orders=7%2C8", c => c.RefillsAsync(["7", "8"]) },
        { "refill status of one", "refill_status&refill=3", c => c.RefillStatusAsync("3") },
        { "refill status of many", "refill_status&refills=3%2C4", c => c.RefillStatusesAsync(["3", "4"]) },
        { "balance", "balance", c => c.BalanceAsync() },
        { "add", "add&service=1&link=https%3A%2F%2Fx.example%2Fp&quantity=1000", c => c.AddAsync(new AddOrder { Service = "1", Link = "https://x.example/p", Quantity = 1000 }) },
    };

    [Theory]
    [MemberData(nameof(Calls), DisableDiscoveryEnumeration = true)]
    public async Task Every_action_writes_its_parameters_in_order(string call, string body, Func<ApiV2Client, Task> make)
    {
        await using var panel = ScriptedPanel.Answering("{}");
        await make(panel.Client());
        ScriptedPanel.BodyOf(await panel.Request).ShouldBe(KeyPart + body, call);
    }

    [Fact]
    public async Task Add_writes_every_parameter_of_every_type()
    {
        var order = new AddOrder
        {
            Service = "1",
            Link = "@tên",
            Quantity = 2,
            Runs = 3,
            Interval = 60,
            Comments = ["một & hai", "b=c"],
            Keywords = ["k"],
            Usernames = ["u1", "u2"],
            Hashtags = ["#h"],
            Groups = ["g"],
            Username = "u",
            Hashtag = "h",
            Media = "m",
            AnswerNumber = "2",
            Country = "VN",
            Device = "4",
            TypeOfTraffic = "1",
            GoogleKeyword = "g k",
            ReferringUrl = "https://r.example",
            Min = 10,
            Max = 20,
            Posts = 0,
            OldPosts = 5,
            Delay = 90,
            Expiry = new DateOnly(2026, 2, 9),
            OrderReference = "shop-1",
            Extra = [new("custom data", "1+1")],
        };
        await using var panel = ScriptedPanel.Answering("""{"order":1}""");
        await panel.Client().AddAsync(order);

        ScriptedPanel.BodyOf(await panel.Request).ShouldBe(
            KeyPart + "add&service=1&link=%40t%C3%AAn&quantity=2&runs=3&interval=60&comments=m%E1%BB%99t+%26+hai%0Ab%3Dc&keywords=k&usernames=u1%0Au2&hashtags=%23h&groups=g"
            + "&username=u&hashtag=h&media=m&answer_number=2&country=VN&device=4&type_of_traffic=1&google_keyword=g+k&referring_url=https%3A%2F%2Fr.example"
            + "&min=10&max=20&posts=0&old_posts=5&delay=90&expiry=09%2F02%2F2026&order_reference=shop-1&custom+data=1%2B1");
    }

    [Fact]
    public async Task A_comment_list_of_1_MiB_goes_out_with_a_content_length_and_arrives_whole()
    {
        var comments = string.Join('\n', Enumerable.Range(0, 40_000).Select(i => $"Hay quá 👍 số {i}"));
        comments = comments[..(1024 * 1024 - 400_000)] + new string('x', 400_000);
        comments.Length.ShouldBe(1024 * 1024);
        await using var panel = await KestrelPanel.StartAsync("""{"order":23501}""");

        var result = await panel.Client().AddAsync(new AddOrder { Service = "2", Link = "https://x.example", Comments = [comments] });

        result.ShouldBe(new ApiResult<long>.Answered(23501));
        panel.Form["comments"].ShouldBe(comments);
        panel.Headers["Content-Length"].ShouldNotBeNullOrEmpty();
        panel.Headers.ShouldNotContainKey("Transfer-Encoding");
    }

    [Fact]
    public async Task A_real_server_reads_back_what_was_written()
    {
        await using var panel = await KestrelPanel.StartAsync("""{"order":"23501"}""");
        const string awkward = "a+b c&d=e%20\u00e9\u1ed9👍\"<>#?;/\\";

        await panel.Client().AddAsync(new AddOrder { Service = "2", Link = awkward, Comments = [awkward, "zwei"], Extra = [new("weird name&", awkward)] });

        panel.Form["link"].ShouldBe(awkward);
        panel.Form["comments"].ShouldBe(awkward + "\nzwei");
        panel.Form["weird name&"].ShouldBe(awkward);
        panel.Form["key"].ShouldBe(ScriptedPanel.Key);
    }

    [Fact]
    public void An_HttpClient_with_its_own_user_agent_keeps_it()
    {
        var seen = "";
        var http = new HttpClient(new StubHandler((request, _) =>
        {
            seen = request.Headers.UserAgent.ToString();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") });
        }));
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Shop/2");

        _ = new ApiV2Client(http, new Uri("http://127.0.0.1/"), "123456").BalanceAsync();

        seen.ShouldBe("Shop/2");
    }
}
