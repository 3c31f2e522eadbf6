using System.Diagnostics;
using System.Net;
using System.Text;
using CsCheck;
using Shouldly;
using Tally.Contract;
using Tally.Tests.Contract;
using Xunit;

namespace Tally.Tests.Fuzz;

/// <summary>
/// What an upstream panel may answer, through the client that reads it: the client's verdict is one of its own, never an exception, and costs no more memory than an answer of its length may. As many
/// answers as <c>./dev fuzz</c> asks for. <see cref="NoBytesThrowTests"/> does the same to the readers one by one.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    // What reading takes besides the bytes: the document, a few strings for each value, the message.
    private const long MostBytesForEach = 200, MostBytesBesides = 512 * 1024;

    private static readonly string[] Answers =
    [
        """{"order":23501}""", """{"error":"Not enough funds on balance"}""", """{"balance":"100.84292","currency":"USD"}""", """{"refill":"1"}""", """{"status":"Completed"}""",
        """{"charge":"0.27819","start_count":"3572","status":"In progress","remains":"157","currency":"USD","orders":[1,"2",{"order":3}],"runs":2,"expiry":"31/12/2030"}""",
        """{"7":{"charge":1e-5,"status":"Partial","remains":"1,234"},"8":{"error":"Incorrect order ID","code":"x"},"9":null}""",
        """[{"order":7,"cancel":{"error":"no"}},{"order":"8","cancel":1,"refill":"5","status":{"error":["x"]}},{"refill":7,"status":"Rejected"}]""",
        """[{"service":1,"name":"👍 \ud83d\ude00","type":"Default","category":"c","rate":"15.000,5","min":"1","max":1e3,"refill":true,"cancel":"yes","dripfeed":0},{"service":"2","rate":null}]""",
        """{"status":"success","data":{"orders":[{"id":7,"status":"done"}]}}""", "<html><body>502 Bad Gateway</body></html>", "OK", "", "null", "[]", "{}", "\u0000",
    ];

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\"order\":", "\"7\":", "\"status\":", "\"error\":", "\"refill\":", "\"charge\":", "\"service\":", "\"rate\":", "\"balance\":", "null", "true", "NaN", "-", "1e400", "-1e-400", "0.1",
        "9223372036854775808", "99999999999999999999999999999999", "\"1.234,5\"", "\"Completed\"", "\0", "\ufeff", "\ufffd", "/*", "//", "'", "</", "👍",
    ];

    private static readonly string[] Types = ["application/json", "application/json; charset=utf-16", "application/json; charset=bogus", "text/html", "text/html; charset=\"", "", "application/octet-stream"];

    [Fact]
    public async Task No_answer_of_a_provider_makes_the_client_throw_or_hoard()
    {
        var (many, seed) = (FuzzOptions.Requests, FuzzOptions.Seed);
        output.WriteLine($"{many} answers, seed {seed}");
        var verdicts = new Dictionary<string, int>(StringComparer.Ordinal);
        var watch = Stopwatch.StartNew();
        for (long number = 0; number < many; number++)
        {
            var dice = new Dice(seed, number);
            var body = Body(dice);
            var client = Client(dice, body);
            var call = dice.Below(Calls.Length);
            var (verdict, bytes) = await ReadAsync(client, call, $"seed {seed}, answer {number}, call {call}", body);
            if (bytes > MostBytes(body))
            {
                throw new FuzzFindingException($"seed {seed}, answer {number}, call {call}: {bytes} bytes for an answer of {body.Length}\n{Encoding.UTF8.GetString(body)}", null);
            }

            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
        }

        output.WriteLine($"{many} answers in {watch.Elapsed.TotalSeconds:0} s, seed {seed}: {string.Join(", ", verdicts.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Value} {v.Key}"))}");
        verdicts.Keys.Order(StringComparer.Ordinal).ShouldBe(["Answered", "Refused", "Unclear"]);
        verdicts.Values.ShouldAllBe(v => v > many / 100);
    }

    [Theory]
    [InlineData("[", "[", "")]
    [InlineData("", "{\"a\":", "")]
    [InlineData("[", "0,", "0]")]
    [InlineData("{\"order\":", "9", "}")]
    [InlineData("{\"order\":\"", "9", "\"}")]
    [InlineData("{\"balance\":\"", "1,", "\"}")]
    [InlineData("{\"error\":\"", "\\ud800", "\"}")]
    [InlineData("{", "\"7\":1,", "\"7\":1}")]
    [InlineData("[", "{\"order\":7,\"status\":\"x\"},", "{}]")]
    [InlineData("[", "{\"service\":1},", "{}]")]
    [InlineData("{\"error\":[", "\"x\",", "\"x\"]}")]
    [InlineData("{\"orders\":\"", "7,", "\",\"status\":\"x\"}")]
    [InlineData("", "{\"data\":[{\"status\":1,\"x\":\"", "")]
    [InlineData("", "\u0000", "")]
    [InlineData("", " ", "")]
    public async Task An_answer_as_long_as_may_be_costs_little(string start, string part, string end)
    {
        var body = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(part, 2_000_000 / part.Length)) + end);
        for (var call = 0; call < Calls.Length; call++)
        {
            var watch = Stopwatch.StartNew();
            var (verdict, bytes) = await ReadAsync(Client(new Dice(1, 1), body, HttpStatusCode.OK), call, start + part, body);
            verdict.ShouldBeOneOf("Answered", "Refused", "Unclear");
            watch.Elapsed.ShouldBeLessThan(ApiV2.Requests.LinearTime, $"call {call}");
            bytes.ShouldBeLessThan(MostBytes(body));
        }
    }

    private static readonly Func<ApiV2Client, Task<string>>[] Calls =
    [
        async c => (await c.AddAsync(new AddOrder { Service = "7", Link = "https://example.com/p", Quantity = 100 })).ToString()!,
        async c => (await c.StatusAsync("7")).ToString()!,
        async c => (await c.StatusesAsync(["7", "08", "x9"])).ToString()!,
        async c => (await c.CancelAsync(["7", "8"])).ToString()!,
        async c => (await c.RefillAsync("7")).ToString()!,
        async c => (await c.RefillsAsync(["7", "8"])).ToString()!,
        async c => (await c.RefillStatusAsync("7")).ToString()!,
        async c => (await c.RefillStatusesAsync(["7", "8"])).ToString()!,
        async c => (await c.ServicesAsync()).ToString()!,
        async c => (await c.BalanceAsync()).ToString()!,
    ];

    // The stub answers at once, so that everything happens on this thread, whose allocations are its own.
    private static async Task<(string Verdict, long Bytes)> ReadAsync(ApiV2Client client, int call, string which, byte[] body)
    {
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var reading = Calls[call](client);
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            reading.IsCompleted.ShouldBeTrue();
            return ((await reading).Split(' ', 2)[0], bytes);
        }
        catch (Exception e)
        {
            throw new FuzzFindingException($"{which}: {e.Message}\n{Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 3_000)))}", e);
        }
    }

    private static long MostBytes(byte[] body) => (body.Length * MostBytesForEach) + MostBytesBesides;

    private static byte[] Body(Dice dice)
    {
        var body = Encoding.UTF8.GetBytes(dice.Below(12) switch
        {
            0 => string.Concat(Enumerable.Range(0, dice.Below(30)).Select(_ => dice.Of(Tokens))),
            1 => new string('[', dice.Below(2_000)) + dice.Of(Answers) + new string(']', dice.Below(2_000)),
            2 => "[" + string.Join(',', Enumerable.Range(0, dice.Below(200)).Select(_ => dice.Of(Answers))) + "]",
            3 => "{\"data\":" + dice.Of(Answers) + ",\"error\":" + dice.Of(["null", "\"\"", "false", "0", "\"x\"", "[]", "{}"]) + "}",
            _ => dice.Of(Answers),
        });
        for (var changes = dice.OneIn(3) ? 0 : 1 + dice.Below(4); changes > 0; changes--)
        {
            var (at, to) = (dice.Below(body.Length + 1), dice.Below(body.Length + 1));
            body = dice.Below(5) switch
            {
                0 => [.. body[..at], .. Encoding.UTF8.GetBytes(dice.Of(Tokens)), .. body[at..]],
                1 => [.. body[..Math.Min(at, to)], .. body[Math.Max(at, to)..]],
                2 when body.Length < 5_000 => [.. body, .. body[Math.Min(at, to)..Math.Max(at, to)]],
                3 => dice.Draw(Gen.Byte.Array[0, 100]),
                _ => [.. body[..at], (byte)dice.Below(256), .. body[Math.Min(at + 1, body.Length)..]],
            };
        }

        return body;
    }

    private static ApiV2Client Client(Dice dice, byte[] body, HttpStatusCode? status = null)
    {
        var code = status ?? dice.Of([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Found, HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, (HttpStatusCode)299]);
        var (type, retry) = (dice.Of(Types), dice.Of(["", "5", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999", "x"]));
        return new ApiV2Client(new HttpClient(new StubHandler((_, _) =>
        {
            var answer = new HttpResponseMessage(code) { Content = new ByteArrayContent(body) };
            answer.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            answer.Headers.TryAddWithoutValidation("Retry-After", retry);
            return Task.FromResult(answer);
        })), new Uri("https://upstream.example/api/v2"), "tly_key");
    }
}
