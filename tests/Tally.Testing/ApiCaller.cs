using System.Text.Json;

namespace Tally.Testing;

/// <summary>What <c>add</c> answered.</summary>
/// <param name="Order">The order's id; with an error: the order that stands in the way.</param>
public sealed record AddAnswer(long? Order, string? Error, string? Code)
{
    /// <summary>Whether it says that the order stands.</summary>
    public bool IsAccepted => Error is null && Order is not null;

    public static AddAnswer Of(JsonElement answer) => new(
        answer.TryGetProperty("order", out var order) ? order.GetInt64() : null,
        answer.TryGetProperty("error", out var error) ? error.GetString() : null,
        answer.TryGetProperty("code", out var code) ? code.GetString() : null);
}

/// <summary>A client of a node's API over many connections; one whose requests may stay without an answer, since nodes are killed here.</summary>
public sealed class ApiCaller(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 512 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(90) };

    public async Task<bool> IsReadyAsync()
    {
        using var response = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
        return response.IsSuccessStatusCode;
    }

    /// <summary>The body of a page.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Calls the API and reads the JSON.</summary>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<JsonElement> CallAsync(string key, string action, params (string Name, string Value)[] parameters)
    {
        using var form = new FormUrlEncodedContent([new("key", key), new("action", action), .. parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value))]);
        using var response = await _http.PostAsync(new Uri("/api/v2", UriKind.Relative), form);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    public async Task<AddAnswer> AddAsync(string key, params (string Name, string Value)[] parameters) => AddAnswer.Of(await CallAsync(key, "add", parameters));

    /// <summary>The answer; null when the connection was refused or lost, so that nobody knows.</summary>
    public async Task<AddAnswer?> TryAddAsync(string key, params (string Name, string Value)[] parameters)
    {
        try
        {
            return await AddAsync(key, parameters);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<string> StatusAsync(string key, long order) => (await CallAsync(key, "status", ("order", order.ToString()))).GetProperty("status").GetString()!;

    public async Task<string> BalanceAsync(string key) => (await CallAsync(key, "balance")).GetProperty("balance").GetString()!;

    public void Dispose() => _http.Dispose();
}
