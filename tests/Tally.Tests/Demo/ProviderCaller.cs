using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Demo;

namespace Tally.Tests.Demo;

/// <summary>A plain client of a simulated provider: posts forms, hands back what came, shares no code with the panel.</summary>
internal sealed class ProviderCaller : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private ProviderCaller(SimulatedProvider provider, FakeTimeProvider time)
    {
        Provider = provider;
        Time = time;
    }

    public SimulatedProvider Provider { get; }

    /// <summary>The provider's clock; it moves only when a test says so.</summary>
    public FakeTimeProvider Time { get; }

    public static async Task<ProviderCaller> StartAsync(Func<SimulatedProviderOptions, SimulatedProviderOptions>? with = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        var options = new SimulatedProviderOptions { Time = time };
        return new ProviderCaller(await SimulatedProvider.StartAsync(with?.Invoke(options) ?? options), time);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Provider.DisposeAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string action, params (string Name, object Value)[] fields) =>
        SendAsync([("key", Provider.Key), ("action", action), .. fields]);

    public async Task<HttpResponseMessage> SendAsync(params (string Name, object Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value.ToString())));
        return await _http.PostAsync(Provider.Url, form);
    }

    public Task<string> GetTextAsync(string query) => _http.GetStringAsync(new Uri($"{Provider.Url}?{query}"));

    public async Task<JsonNode> CallAsync(string action, params (string Name, object Value)[] fields)
    {
        using var response = await PostAsync(action, fields);
        ((int)response.StatusCode).ShouldBe(200);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Orders service 1 of the demo catalogue, quantity 200, unless told otherwise; returns the id.</summary>
    public async Task<int> OrderAsync(string link = "https://facebook.com/1", int service = 1, int quantity = 200)
    {
        var answer = await CallAsync("add", ("service", Provider.ServiceFor(service)), ("link", link), ("quantity", quantity));
        return answer["order"]!.GetValue<int>();
    }

    public async Task<string> StatusAsync(int order) => (await CallAsync("status", ("order", order)))["status"]!.GetValue<string>();
}
