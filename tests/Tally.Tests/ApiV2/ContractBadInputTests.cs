using System.Text;
using System.Text.Json;
using Shouldly;
using Tally.Catalog;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>Bad input takes no money: whatever is sent, the answer is JSON with an error, nothing is charged, nothing is stored, and nothing fails inside.</summary>
public sealed class ContractBadInputTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const int MiB = 1_048_576;

    [Theory, BothStores]
    public async Task Malformed_requests_are_refused_in_JSON_for_nothing(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        var comments = await c.Panel.AddServiceAsync(ServiceType.CustomComments, "1000");
        await c.ForNothingAsync(async () =>
        {
            foreach (var (type, body) in Forms(c.Key, service.Id, comments.Id).Concat(Json(c.Key, service.Id, comments.Id)).Concat(Multipart(c.Key, service.Id)))
            {
                var shown = $"{type}: {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, 300)))}";
                ShouldBeRefused(await c.SendAsync(body, type), shown);
            }

            foreach (var query in Queries(c.Key, service.Id))
            {
                ShouldBeRefused(await c.GetAsync(query), query);
            }
        });
        panels.Log.Errors.ShouldBeEmpty();
        (await c.Panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_refusal_leaves_the_connection_fit_for_the_next_order(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        for (var i = 0; i < 5; i++)
        {
            ShouldBeRefused(await c.SendAsync(Body($"key={c.Key}&action=add&link=%zz")), "broken");
            await c.AddAsync(Default(service.Id));
        }

        (await c.BalanceAsync()).ShouldBe("999500");
    }

    private static void ShouldBeRefused(ContractAnswer answer, string shown)
    {
        (answer.Status, answer.ContentType).ShouldBe((200, "application/json"), shown);
        using var json = JsonDocument.Parse(answer.Body);
        json.RootElement.ValueKind.ShouldBe(JsonValueKind.Object, shown);
        json.RootElement.TryGetProperty("error", out var error).ShouldBeTrue($"{shown} was answered {answer.Body}");
        (error.ValueKind, json.RootElement.GetProperty("code").ValueKind).ShouldBe((JsonValueKind.String, JsonValueKind.String));
        (answer.Body.Contains('<', StringComparison.Ordinal), answer.Body.Contains("   at ", StringComparison.Ordinal)).ShouldBe((false, false), answer.Body);
    }

    private static IEnumerable<(string? Type, byte[] Body)> Forms(string key, long service, long comments)
    {
        var add = $"key={key}&action=add&service={service}";
        var good = add + "&link=https%3A%2F%2Fexample.com%2F";
        string[] values =
        [
            "", "0", "9", "-1", "-100", "%2B100", "1e2", "100.0", "100.5", "1,000", "0x64", "NaN", "Infinity", "null", "true", "[]", "%7B%7D", "100%00", "%00100", "%EF%BC%91%EF%BC%90%EF%BC%90", "१००", "10001",
            "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616", "170141183460469231731687303715884105728", new('9', 10_000), "1%E2%80%8B00", "100%0A", "100%0D%0A100",
            "%FF", "%C0%AF", "%ED%A0%80", "%", "%1", "%zz", "%u0031", "100&quantity=200", "100&quantity=", "' OR 1=1 --", "${7*7}", "..%2F..%2Fetc%2Fpasswd",
        ];
        foreach (var value in values)
        {
            yield return (Requests.Form, Body($"{good}&quantity={value}"));
        }

        // What is no quantity may still be an interval, or be a service.
        foreach (var value in values.Except(["", "9", "10001", "100&quantity="]))
        {
            yield return (Requests.Form, Body($"{good}&quantity=100&runs=2&interval={value}"));
            yield return (Requests.Form, Body($"key={key}&action=add&link=https%3A%2F%2Fexample.com%2F&quantity=100&service={value}"));
        }

        string[] links = ["", "x", "%FF", "%00", "https://example.com/%2500%00", "https://exa%6Dple.com/%ED%A0%80", "javascript:alert(1)", "https%3A%2F%2Fexample.com%2F" + new string('a', 100_000)];
        foreach (var link in links)
        {
            yield return (Requests.Form, Body($"{add}&quantity=100&link={link}"));
        }

        yield return (Requests.Form, Body($"{good}&quantity=100&link=https%3A%2F%2Fexample.com%2Fother"));
        yield return (Requests.Form, Body($"{good}&quantity=100&order_reference={new string('r', 101)}"));
        yield return (Requests.Form, Body($"{good}&quantity=100&order_reference=%00"));
        yield return (Requests.Form, Body($"{good}&quantity=100&runs=1000000000000"));
        yield return (Requests.Form, Body($"{good}&quantity=9223372036854775807&runs=1000"));
        yield return (Requests.Form, Body($"{good}&quantity=100" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"&p{i}=1"))));
        yield return (Requests.Form, Body($"key={key}&action=add&service={comments}&link=https%3A%2F%2Fexample.com%2F&comments=" + string.Concat(Enumerable.Repeat("\n", 1_000_000))));
        yield return (Requests.Form, Body($"key={key}&action=add&service={comments}&link=https%3A%2F%2Fexample.com%2F&comments=" + string.Concat(Enumerable.Repeat("a\n", 500_000))));
        yield return (Requests.Form, Body($"{good}&quantity=100&comments=" + new string('a', 2 * MiB)));
        yield return (Requests.Form, Body(new string('&', MiB)));
        yield return (Requests.Form, []);
        yield return (Requests.Form, Body("="));
        yield return (Requests.Form, Body("&&&===&&&"));
        yield return (Requests.Form, Enumerable.Range(0, 256).Select(i => (byte)i).ToArray());
        yield return (Requests.Form, [.. Body($"{good}&quantity=1"), 0xC3, 0x28]);
        yield return (Requests.Form, Encoding.Unicode.GetBytes($"{good}&quantity=100"));
        yield return ("text/html", Body("<html><body>hello</body></html>"));
        yield return ("application/octet-stream", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]);
        yield return ("image/png", [0x89, 0x50, 0x4E, 0x47]);
        yield return (null, Body("PING"));
        yield return ("application/xml", Body($"<add><service>{service}</service></add>"));
    }

    private static IEnumerable<(string? Type, byte[] Body)> Json(string key, long service, long comments)
    {
        string Add(string rest) => $$"""{"key":"{{key}}","action":"add","service":{{service}},"link":"https://example.com/",{{rest}}}""";
        string[] quantities =
        [
            "0", "-100", "100.5", "1e2", "1E400", "-0", "100.0", "99999999999999999999999", "true", "null", "\"\"", "{}", "[]", "[100,200]", "[[100]]", "{\"a\":100}", "\"\\ud800\"", "\"100\\u0000\"", "\"1\\udc0000\"", "NaN",
            "0100", "+1", "1_000", "\"100", "100,\"quantity\":200", "'100'",
        ];
        foreach (var quantity in quantities)
        {
            yield return (Requests.Json, Body(Add($"\"quantity\":{quantity}")));
        }

        var deep = string.Concat(Enumerable.Repeat("[", 1_000)) + string.Concat(Enumerable.Repeat("]", 1_000));
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + string.Concat(Enumerable.Repeat("}", 1_000));
        yield return (Requests.Json, Body(Add($"\"quantity\":{deep}")));
        yield return (Requests.Json, Body(Add($"\"quantity\":100,\"foo\":{objects}")));
        yield return (Requests.Json, Body(deep));
        yield return (Requests.Json, Body(string.Concat(Enumerable.Repeat("[", 500_000))));
        yield return (Requests.Json, Body(Add("\"quantity\":100,\"link\":\"\\ud83d\"")));
        yield return (Requests.Json, Body(Add("\"quantity\":100") + "x"));
        yield return (Requests.Json, Body(Add("\"quantity\":100")[..^1]));
        yield return (Requests.Json, Body(Add("\"quantity\":100,")));
        yield return (Requests.Json, Body("/* */" + Add("\"quantity\":100")));
        yield return (Requests.Json, [.. Body(Add("\"quantity\":100,\"comments\":\"")[..^1]), 0xFF, .. "\"}"u8]);
        yield return (Requests.Json, Body($$"""{"key":"{{key}}","action":"add","service":{{comments}},"link":"https://example.com/","comments":[{{string.Join(',', Enumerable.Repeat("\"a\"", 200_000))}}]}"""));
        yield return (Requests.Json, Body($$"""{"key":"{{key}}","action":"add","service":{{comments}},"link":"https://example.com/","comments":[["a"],{"b":1}]}"""));
        foreach (var body in (string[])["", " ", "null", "1", "\"text\"", "[]", "{", "}", "{}", "{\"key\":", "{\"key\":{}}", "{\"key\":[]}", "{\"\\ud800\":1}", "undefined"])
        {
            yield return (Requests.Json, Body(body));
        }
    }

    private static IEnumerable<(string? Type, byte[] Body)> Multipart(string key, long service)
    {
        KeyValuePair<string, string>[] add = [new("key", key), new("action", "add"), new("service", Text(service)), new("link", "https://example.com/")];
        yield return (Requests.Multipart, Requests.MultipartBody([.. add, new("quantity", "-100")]));
        yield return (Requests.Multipart, Requests.MultipartBody([.. add, new("quantity", "100"), new("quantity", "200")]));
        yield return (Requests.Multipart, Requests.MultipartBody([.. add, new("quantity", "100\0")]));
        yield return (Requests.Multipart, Requests.MultipartBody([.. add, new("quantity", "100")])[..^8]);
        yield return (Requests.Multipart, Requests.MultipartBody([.. add, new("quantity", "100")], "another"));
        yield return (Requests.Multipart, Requests.MultipartBody(Enumerable.Range(0, 1_001).Select(i => new KeyValuePair<string, string>("p" + i, "1")).Concat(add)));
        yield return (Requests.Multipart, Body("----"));
        yield return ("multipart/form-data", Requests.MultipartBody(add));
        yield return ("multipart/form-data; boundary=" + new string('b', 71), Requests.MultipartBody(add));
        yield return ("multipart/mixed; boundary=x", Body("--x--"));
    }

    private static IEnumerable<string> Queries(string key, long service)
    {
        var add = $"?key={key}&action=add&service={service}&link=https://example.com/";
        return ["", "?", "?key", "?=&=", "?%00=%00", add, add + "&quantity=%", add + "&quantity=-1", add + "&quantity=100&quantity=101", add + "&quantity=100%00", add + "&quantity=100&link=%FF", $"?key={key}%00&action=balance"];
    }

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);
}
