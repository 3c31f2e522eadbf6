using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Dapper;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>Good requests, damaged at random, over HTTP: every answer is JSON, the money is what the accepted orders cost and no more, and nothing fails inside.</summary>
public sealed class ContractFuzzTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const int Many = 2_500;

    private static readonly string[] Actions = ["add", "add", "add", "add", "status", "cancel", "refill", "refill_status", "balance", "services", "orders", "", "nonsense"];

    private static readonly string[] Values =
    [
        "", " ", "0", "1", "2", "7", "10", "99", "100", "1001", "-1", "1e3", "1.5", "+5", "9223372036854775807", "99999999999999999999", "https://example.com/p/1", "@ann", "ann\nbob", "\r\n\r", "a,b,,c", "1,2,3,x,1",
        "31/12/2030", "30", "600", "\0", "\ufffd", "👍", "ệ", "null", "true", "{}", "[1]", "\"", "\\", "<b>", "%", "&", "=", "x",
    ];

    private static readonly Gen<(string Name, string Value)> Parameters = Gen.Select(
        Gen.OneOf(
            "service", "service", "link", "link", "quantity", "quantity", "runs", "interval", "comments", "usernames", "username", "hashtags", "hashtag", "keywords", "groups", "media", "answer_number", "country", "device",
            "type_of_traffic", "min", "max", "posts", "delay", "expiry", "order", "orders", "refill", "refills", "order_reference", "request_id", "action", "foo"),
        Gen.OneOf(Values));

    private static readonly Gen<Shot> Shots = Gen.Select(
        Gen.OneOf(Actions), Gen.Int[0, 16], Parameters.Array[0, 4], Gen.Bool.Array[12], Gen.Int[0, 9], Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Array[0, 3],
        (action, type, changes, kept, form, damage) => new Shot(action, type, changes, kept, form, damage));

    [Theory, BothStores]
    public async Task Damaged_requests_never_break_the_panel_nor_the_books(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "100000000");
        var services = new List<Service>();
        foreach (var row in ContractType.All)
        {
            services.Add(await c.Panel.AddServiceAsync(row.Type, "7", s => s with { Min = 1 }));
        }

        int sent = 0, refused = 0;
        var orders = new ConcurrentDictionary<long, int>();
        await Shots.SampleAsync(
            async shot =>
            {
                var number = Interlocked.Increment(ref sent);
                var answer = await FireAsync(c, services, shot, number);
                switch (Judge(answer))
                {
                    case 0:
                        Interlocked.Increment(ref refused);
                        break;
                    case { } order:
                        orders[order] = number;
                        break;
                }
            },
            iter: Many, threads: 4);

        // The fuzz reaches both sides, or it says nothing.
        (orders.Count > Many / 50, refused > Many / 50).ShouldBe((true, true), $"{orders.Count} of {sent} were orders, {refused} were refused");
        panels.Log.Errors.ShouldBeEmpty();
        (await c.OrdersAsync()).ShouldBe(orders.Count);
        (await c.Panel.VerifyAsync()).FirstFault.ShouldBeNull();
        (await c.BalanceAsync()).ShouldBe((Money.Parse("100000000") - await ChargedAsync(c)).ToString());
    }

    private static async Task<ContractAnswer> FireAsync(ContractCustomer c, List<Service> services, Shot shot, int number)
    {
        var row = ContractType.All[shot.Type];
        (string Name, string Value)[] good = [("service", Text(services[shot.Type].Id)), .. row.Required];
        List<(string Name, string Value)> parameters = [("key", c.Key), ("action", shot.Action), .. good.Where((_, i) => shot.Kept[i] || shot.Kept[11]), .. shot.Changes.Where(p => shot.Kept[10] || p.Name == "foo")];

        // Most references are fresh, so that what is taken is an order and not a replay.
        parameters = parameters.ConvertAll(p => p.Name is "order_reference" or "request_id" ? (p.Name, $"{p.Value} {number}") : p);
        var (type, body) = shot.Form switch
        {
            0 or 1 => (Requests.Json, Encoding.UTF8.GetBytes(JsonOf(parameters))),
            2 => (Requests.Multipart, Requests.MultipartBody(parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value)))),
            3 => ("text/plain", Encoding.UTF8.GetBytes(FormOf(parameters))),
            4 => (Requests.Json, Encoding.UTF8.GetBytes(FormOf(parameters))),
            _ => (Requests.Form, Encoding.UTF8.GetBytes(FormOf(parameters))),
        };
        foreach (var (at, value, what) in shot.Form == 9 ? [] : shot.Damage)
        {
            body = Damaged(body, at, value, what);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        // Damage hits the key too: each comes from its own address, or the tenth would block the rest.
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", new IPAddress([11, (byte)(number >> 16 & 0xFF), (byte)(number >> 8 & 0xFF), (byte)(number & 0xFF)]).ToString());
        return await c.SendAsync(request);
    }

    /// <returns>The id of an order, 0 for a refusal, null for any other answer.</returns>
    private static long? Judge(ContractAnswer answer)
    {
        if (answer is not { Status: 200 or 429, ContentType: "application/json" })
        {
            throw new InvalidOperationException("An answer against the contract: " + answer);
        }

        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.ValueKind switch
        {
            JsonValueKind.Object when json.RootElement.TryGetProperty("error", out var error) =>
                error.GetString()!.Length > 0 && error.GetString() != "Service temporarily unavailable" ? 0 : throw new InvalidOperationException("A failure inside: " + answer),
            JsonValueKind.Object when json.RootElement.TryGetProperty("order", out var order) => order.GetInt64(),
            JsonValueKind.Object or JsonValueKind.Array => null,
            _ => throw new InvalidOperationException("Neither object nor array: " + answer),
        };
    }

    private static string JsonOf(IEnumerable<(string Name, string Value)> parameters) =>
        "{" + string.Join(',', parameters.Select(p => $"{JsonSerializer.Serialize(p.Name)}:{JsonSerializer.Serialize(p.Value)}")) + "}";

    // The key stays whole more often than not: damage within it is only a wrong key.
    private static byte[] Damaged(byte[] body, int at, byte value, int what)
    {
        var place = Math.Min(at + 60, body.Length);
        return what switch
        {
            0 => [.. body.AsSpan(0, place), value, .. body.AsSpan(place)],
            1 => [.. body.AsSpan(0, place), .. body.AsSpan(Math.Min(place + 1, body.Length))],
            2 => [.. body.AsSpan(0, place), .. body.AsSpan(Math.Max(0, place - 20))],
            _ => body[..place],
        };
    }

    private static async Task<Money> ChargedAsync(ContractCustomer c)
    {
        await using var connection = await c.Panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return new Money(await connection.ExecuteScalarAsync<long>("SELECT SUM(charge - refunded) FROM orders WHERE account_id = @Id", new { c.Account.Id }));
    }

    private sealed record Shot(string Action, int Type, (string Name, string Value)[] Changes, bool[] Kept, int Form, (int At, byte Value, int What)[] Damage);
}
