using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using Tally.Tests.ApiV2;

namespace Tally.Tests.Fuzz;

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="IsRegular">Whether it is one whole HTTP request, which must be answered as the contract says. What is not may be refused by the server itself.</param>
/// <param name="IsHead">Whether its answer has no body.</param>
internal sealed record FuzzRequest(byte[] Bytes, bool IsRegular, bool IsHead);

/// <summary>Whom the requests are aimed at.</summary>
/// <param name="Key">Of a customer with money.</param>
/// <param name="Reader">A key of the same customer that may only read.</param>
/// <param name="Poor">A key of a customer without any.</param>
/// <param name="Services">One of each type, in the order of <see cref="ContractType.All"/>.</param>
internal sealed record FuzzTarget(string Key, string Reader, string Poor, IReadOnlyList<long> Services);

/// <summary>Makes the requests of a seed: parameters that mostly fit, changed in a few places, in any of the forms in which a request may come, framed in any way in which HTTP may carry it.</summary>
internal sealed class FuzzRequests(FuzzTarget target, ulong seed)
{
    private const int Ids = 4_000;

    public FuzzRequest Make(long number)
    {
        var dice = new Dice(seed, number);
        var parameters = Parameters(dice);
        var headers = new List<string> { "Host: 127.0.0.1", "X-Forwarded-For: " + Address(number) };
        if (dice.OneIn(50))
        {
            headers.Add("Idempotency-Key: " + Reference(dice));
        }

        if (dice.OneIn(20))
        {
            headers.Add("Authorization: Bearer " + target.Key);
        }

        for (var more = dice.OneIn(5) ? 1 + dice.Below(3) : 0; more > 0; more--)
        {
            headers.Add(dice.Of(FuzzWords.Headers));
        }

        var (method, query, type, body) = Shape(dice, parameters);
        if (body.Length > 0 && dice.OneIn(6))
        {
            body = FuzzBodies.Damage(dice, body);
        }

        if (dice.OneIn(12))
        {
            type = dice.Of(FuzzWords.ContentTypes);
        }

        if (type.Length > 0)
        {
            headers.Add("Content-Type: " + type);
        }

        return Frame(dice, method, "/api/v2" + query, headers, body);
    }

    private List<(string Name, string Value)> Parameters(Dice dice)
    {
        var type = dice.Below(ContractType.All.Count);
        var action = dice.Of(FuzzWords.Actions);
        var parameters = new List<(string Name, string Value)> { ("action", action) };
        if (!dice.OneIn(30))
        {
            parameters.Insert(dice.Below(2), ("key", dice.Below(20) switch { 0 => target.Reader, 1 => target.Poor, 2 => dice.Draw(FuzzWords.Text), 3 => target.Key[..^1], _ => target.Key }));
        }

        if (action.Contains("add", StringComparison.OrdinalIgnoreCase) || dice.OneIn(12))
        {
            var broken = dice.OneIn(3);
            parameters.Add(("service", Text(dice.OneIn(20) ? dice.Below(40) : target.Services[type])));
            parameters.AddRange(ContractType.All[type].Required.Where(_ => !broken || !dice.OneIn(5)));
        }
        else if (!dice.OneIn(10))
        {
            parameters.Add((dice.Of(["order", "orders", "orders", "refill", "refills"]), List(dice)));
        }

        if (dice.OneIn(5))
        {
            parameters.Add((dice.Of(["order_reference", "request_id"]), Reference(dice)));
        }

        for (var changes = dice.OneIn(3) ? 1 + dice.Below(3) : 0; changes > 0; changes--)
        {
            parameters.Add((dice.Of(FuzzWords.Names), dice.Draw(FuzzWords.Text)));
        }

        Swell(dice, parameters);
        return parameters;
    }

    // Now and then far too much of something.
    private static void Swell(Dice dice, List<(string Name, string Value)> parameters)
    {
        var (name, value) = (dice.Of(FuzzWords.Names), dice.Of(FuzzWords.Values));
        switch (dice.Below(4_000))
        {
            case < 12:
                parameters.AddRange(Enumerable.Repeat((name, value), 990 + dice.Below(30)));
                break;
            case < 24:
                parameters.AddRange(Enumerable.Range(0, 200 + dice.Below(400)).Select(i => (name + i, value)));
                break;
            case < 50:
                parameters.Add((name, string.Concat(Enumerable.Repeat(value + dice.Of(["\n", ",", "x"]), 300 + dice.Below(3_000)))));
                break;
            case < 53:
                parameters.Add((name, new string(dice.Of(['a', '1', ',', '\n', '"', '%']), 1_040_000 + dice.Below(20_000))));
                break;
        }
    }

    private static (string Method, string Query, string Type, byte[] Body) Shape(Dice dice, List<(string Name, string Value)> parameters)
    {
        var half = dice.Below(parameters.Count + 1);
        return dice.Below(16) switch
        {
            0 => (dice.Of(["GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "get", "BREW"]), "?" + Limited(FuzzBodies.Form(dice, parameters, ascii: true)), "", []),
            1 => ("POST", "?" + Limited(FuzzBodies.Form(dice, parameters[..half], ascii: true)), Requests.Form, Bytes(FuzzBodies.Form(dice, parameters[half..], ascii: false))),
            2 => ("POST", "", "", Bytes(FuzzBodies.Form(dice, parameters, ascii: false))),
            3 or 4 or 5 => ("POST", "", Requests.Multipart, Bytes(FuzzBodies.Multipart(dice, parameters))),
            6 or 7 or 8 or 9 => ("POST", "", dice.OneIn(6) ? Requests.Form : Requests.Json, Bytes(FuzzBodies.Json(dice, parameters))),
            10 when dice.OneIn(4) => ("POST", "", dice.Of([Requests.Form, Requests.Json, Requests.Multipart, ""]), dice.Draw(Gen.Byte.Array[0, 300])),
            _ => ("POST", "", Requests.Form, Bytes(FuzzBodies.Form(dice, parameters, ascii: false))),
        };
    }

    private static FuzzRequest Frame(Dice dice, string method, string path, List<string> headers, byte[] body)
    {
        var regular = true;
        var way = body.Length == 0 && method is "GET" or "HEAD" ? 1_000 : dice.Below(100);
        byte[] framed = body;
        switch (way)
        {
            case < 18:
                headers.Add("Transfer-Encoding: chunked");
                framed = Chunked(dice, body);
                break;
            case 18 or 19:
                headers.Add("Transfer-Encoding: chunked");
                framed = FuzzBodies.Damage(dice, Chunked(dice, body));
                regular = false;
                break;
            case 20 or 21:
                headers.Add("Content-Length: " + dice.Of([Text(body.Length + 1 + dice.Below(50)), Text(dice.Below(body.Length + 1)), "-1", "99999999999999999999", "1,1", "0x5", " "]));
                regular = false;
                break;
            case 22:
                headers.AddRange(["Content-Length: " + Text(body.Length), "Transfer-Encoding: " + dice.Of(["chunked", "gzip, chunked", "identity", "chunked, chunked"])]);
                regular = false;
                break;
            case < 1_000:
                headers.Add("Content-Length: " + Text(body.Length));
                break;
        }

        if (headers.Count(h => h.StartsWith("Content-Length", StringComparison.Ordinal) || h.StartsWith("Transfer-Encoding", StringComparison.Ordinal)) > 1 || headers.Exists(h => h.StartsWith("Upgrade", StringComparison.Ordinal) || h.Any(c => c is < ' ' and not '\t' or >= '\u007f')))
        {
            regular = false; // the server's business
        }

        byte[] bytes = [.. Bytes($"{method} {path} HTTP/1.1\r\n{string.Join("\r\n", headers)}\r\n\r\n"), .. framed];
        if (method != "HEAD" && dice.OneIn(40))
        {
            (bytes, regular) = (FuzzBodies.Damage(dice, bytes), false);
        }

        return new FuzzRequest(bytes, regular && bytes.Length > 0, method == "HEAD");
    }

    private static byte[] Chunked(Dice dice, byte[] body)
    {
        var chunks = new List<byte>(body.Length + 64);
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(body.Length - at, 1 + (dice.OneIn(3) ? dice.Below(8) : dice.Below(40_000)));
            chunks.AddRange(Bytes(length.ToString("x", CultureInfo.InvariantCulture) + (dice.OneIn(20) ? ";ext=1" : "") + "\r\n"));
            chunks.AddRange(body.AsSpan(at, length));
            chunks.AddRange("\r\n"u8);
            at += length;
        }

        chunks.AddRange("0\r\n\r\n"u8);
        return [.. chunks];
    }

    // Few enough that the same comes again: replays and conflicts.
    private static string Reference(Dice dice) => dice.OneIn(10) ? dice.Draw(FuzzWords.Text).Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ') : "r" + Text(dice.Below(5_000));

    private static string List(Dice dice)
    {
        var many = dice.OneIn(12) ? dice.Below(140) : 1 + dice.Below(5);
        return string.Join(dice.OneIn(15) ? ", " : ",", Enumerable.Range(0, many).Select(_ => dice.OneIn(8) ? dice.Of(FuzzWords.Values) : Text(1 + dice.Below(Ids))));
    }

    // A target longer than the server's own limit never reaches the panel.
    private static string Limited(string query) => query.Length <= 7_000 ? query : query[..7_000];

    // Damage hits the key too: each comes from its own address, or the tenth would block the rest.
    private static IPAddress Address(long number) => new([11, (byte)(number >> 16 & 0xFF), (byte)(number >> 8 & 0xFF), (byte)(number & 0xFF)]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
