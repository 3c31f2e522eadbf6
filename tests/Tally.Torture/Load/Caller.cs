using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tally.Accounts;

namespace Tally.Torture;

/// <summary>Calls the API as customers' programs do: over many connections, with a short patience, sometimes hanging up in the middle.</summary>
internal sealed class Caller(Journal journal, Counters counters) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 512, ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = Patience };

    /// <summary>The answer; null when there was none.</summary>
    public async Task<JsonElement?> CallAsync(Node node, string key, string action, params IEnumerable<(string Name, string Value)> parameters)
    {
        counters.Request();
        using var form = new FormUrlEncodedContent(Fields(key, action, parameters));
        try
        {
            using var response = await _http.PostAsync(new Uri(node.Address, "/api/v2"), form);
            var body = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode is not (200 or 429))
            {
                journal.Add(new WrongAnswer(string.Create(CultureInfo.InvariantCulture, $"{action} at {node.Name}: HTTP {(int)response.StatusCode}: {body}")));
                return null;
            }

            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            counters.Silence();
            return null;
        }
        catch (JsonException e)
        {
            journal.Add(new WrongAnswer($"{action} at {node.Name}: {e.Message}"));
            return null;
        }
    }

    /// <summary>Sends an order, and remembers what was answered.</summary>
    public async Task<Attempt> AddAsync(Node node, IssuedKey key, Wish wish)
    {
        var (sentAt, before) = (Clock.NowMs, wish.Acknowledged);
        var attempt = Read(await CallAsync(node, key.Key, "add", Parameters(wish)), key.Id, sentAt);
        wish.Add(attempt);
        switch (attempt.Kind)
        {
            case AnswerKind.Accepted when before is not null:
                counters.Replay();
                break;
            case AnswerKind.Accepted:
                counters.Order();
                break;
            case AnswerKind.Refused:
                counters.Refusal();
                break;
        }

        return attempt;
    }

    /// <summary>Sends an order and hangs up: in the middle of the request, or right behind it.</summary>
    public async Task DropAsync(Node node, IssuedKey key, Wish wish, bool whole, TimeSpan linger)
    {
        counters.Request();
        counters.Drop();
        wish.Add(new Attempt(whole ? AnswerKind.Unknown : AnswerKind.NeverWhole, 0, null, key.Id, Clock.NowMs));
        using var form = new FormUrlEncodedContent(Fields(key.Key, "add", Parameters(wish)));
        var body = await form.ReadAsByteArrayAsync();
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST /api/v2 HTTP/1.1\r\nHost: {node.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n"));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(node.Address.Host, node.Address.Port, patience.Token);
            await socket.SendAsync(head, patience.Token);
            await socket.SendAsync(whole ? body : body.AsMemory(0, body.Length / 2), patience.Token);
            await Task.Delay(linger, patience.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The node is away: there is nothing left to hang up.
        }
    }

    public async Task<bool> IsReadyAsync(Node node)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(node.Address, "/readyz"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>What the node takes for the present; null when it does not say.</summary>
    public async Task<DateTimeOffset?> DateAsync(Node node)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(node.Address, "/healthz"));
            return response.Headers.Date;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What was answered to <c>add</c>.</summary>
    private Attempt Read(JsonElement? answer, long key, long sentAt)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } json)
        {
            return new Attempt(AnswerKind.Unknown, 0, null, key, sentAt);
        }

        var order = json.TryGetProperty("order", out var id) ? id.GetInt64() : 0;
        if (!json.TryGetProperty("error", out _))
        {
            return new Attempt(AnswerKind.Accepted, order, null, key, sentAt);
        }

        var code = json.TryGetProperty("code", out var word) ? word.GetString() : null;
        if (code is not "unavailable")
        {
            return new Attempt(AnswerKind.Refused, order, code, key, sentAt);
        }

        // It also says so when the connection to the store was lost in the middle of a commit.
        counters.Unavailability();
        return new Attempt(AnswerKind.Unknown, 0, code, key, sentAt);
    }

    private static IEnumerable<(string, string)> Parameters(Wish wish)
    {
        yield return ("service", wish.Service.ToString(CultureInfo.InvariantCulture));
        yield return ("link", wish.Link);
        yield return ("quantity", wish.Quantity.ToString(CultureInfo.InvariantCulture));
        if (wish.Reference is not null)
        {
            yield return ("order_reference", wish.Reference);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(string key, string action, IEnumerable<(string Name, string Value)> parameters) =>
        [new("key", key), new("action", action), .. parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value))];
}
