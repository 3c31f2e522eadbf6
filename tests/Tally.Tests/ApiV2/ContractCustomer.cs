using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Shouldly;
using Tally.Accounts;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Tests.ApiV2;

/// <summary>An answer as it came over the wire.</summary>
public sealed record ContractAnswer(int Status, string ContentType, string? RetryAfter, bool Closes, string Body)
{
    /// <summary>What every answer must be but flood control: 200, and the exact content type.</summary>
    public string Ok()
    {
        (Status, ContentType).ShouldBe((200, "application/json"), Body);
        return Body;
    }
}

/// <summary>A customer of a shared panel who speaks HTTP and looks at the text of the answers, with the store behind to see what really happened.</summary>
public sealed class ContractCustomer(TestPanel panel, OpenedAccount account, IPAddress address)
{
    public TestPanel Panel => panel;

    public OpenedAccount Account => account;

    public string Key => account.Key.Key;

    /// <summary>Asks with this customer's key in a form, and gives the text of the answer, which has status 200 and the exact content type.</summary>
    public async Task<string> AskAsync(string action, params (string Name, string Value)[] parameters) =>
        (await SendAsync(FormOf([("key", Key), ("action", action), .. parameters]))).Ok();

    /// <summary>Sends a body as it is.</summary>
    public Task<ContractAnswer> SendAsync(string body, string? contentType = Requests.Form) => SendAsync(Encoding.UTF8.GetBytes(body), contentType);

    public async Task<ContractAnswer> SendAsync(byte[] body, string? contentType = Requests.Form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, panel.Api) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return await SendAsync(request);
    }

    /// <summary>Sends a request from this customer's address.</summary>
    public async Task<ContractAnswer> SendAsync(HttpRequestMessage request)
    {
        if (!request.Headers.Contains("X-Forwarded-For"))
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
        }

        using var response = await panel.Http.SendAsync(request);
        var headers = response.Headers.NonValidated;
        return new ContractAnswer(
            (int)response.StatusCode, response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString() : "",
            headers.TryGetValues("Retry-After", out var wait) ? wait.ToString() : null, response.Headers.ConnectionClose == true, await response.Content.ReadAsStringAsync());
    }

    public Task<ContractAnswer> GetAsync(string query, string path = "/api/v2") => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(panel.Http.BaseAddress!, path + query)));

    /// <summary>Places an order; its id, from an answer that is exactly <c>{"order":ID}</c>.</summary>
    public async Task<long> AddAsync(params (string Name, string Value)[] parameters)
    {
        var answer = await AskAsync("add", parameters);
        using var json = JsonDocument.Parse(answer);
        var order = json.RootElement.TryGetProperty("order", out var id) && id.ValueKind == JsonValueKind.Number ? id.GetInt64() : 0;
        answer.ShouldBe($$"""{"order":{{order}}}""");
        return order;
    }

    /// <summary>What a Default order needs.</summary>
    public static (string Name, string Value)[] Default(long service, long quantity = 100, string link = "https://example.com/p/1") =>
        [("service", Text(service)), ("link", link), ("quantity", Text(quantity))];

    public async Task<string> BalanceAsync()
    {
        using var json = JsonDocument.Parse(await AskAsync("balance"));
        return json.RootElement.GetProperty("balance").GetString()!;
    }

    /// <summary>How many orders of this customer the store has.</summary>
    public async Task<long> OrdersAsync()
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders WHERE account_id = @Id", new { account.Id });
    }

    /// <summary>An order as it is stored.</summary>
    public Task<Order> StoredAsync(long order) => panel.Get<SettleOrder>().FindAsync(order, CancellationToken.None);

    /// <summary>Runs something and sees that it took no money and left no order.</summary>
    public async Task ForNothingAsync(Func<Task> what)
    {
        var before = (await BalanceAsync(), await OrdersAsync());
        await what();
        (await BalanceAsync(), await OrdersAsync()).ShouldBe(before);
    }

    /// <summary>Asks for an order that is refused, exactly so, and for nothing.</summary>
    public Task AddRefusedAsync(string refusal, params (string Name, string Value)[] parameters) =>
        ForNothingAsync(async () => (await AskAsync("add", parameters)).ShouldBe(refusal, string.Join('&', parameters)));

    public static string FormOf(IEnumerable<(string Name, string Value)> parameters) =>
        string.Join('&', parameters.Select(p => Uri.EscapeDataString(p.Name) + "=" + Uri.EscapeDataString(p.Value)));

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A refusal as it stands on the wire.</summary>
    public static string Refused(string error, string code) => $$"""{"error":"{{error}}","code":"{{code}}"}""";

    /// <summary><c>Incorrect request</c> with its detail.</summary>
    public static string Incorrect(string detail) => $$"""{"error":"Incorrect request","code":"incorrect_request","detail":"{{detail}}"}""";
}
