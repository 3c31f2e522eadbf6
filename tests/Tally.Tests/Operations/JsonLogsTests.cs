using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Operations;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>They exchange Console.Out for a moment, so they run by themselves.</summary>
[CollectionDefinition(nameof(JsonLogsTests), DisableParallelization = true)]
[Collection(nameof(JsonLogsTests))]
public sealed class JsonLogsTests
{
    private const string OurKey = "tly_Zm9vYmFyMDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3A";

    /// <summary>Its parts have letters that no hexadecimal id of a trace has by chance.</summary>
    private const string TheirKey = "8dzf+7c/0b=a4q55";

    /// <summary>What an operator might turn on, although it is off by default.</summary>
    private static readonly (string, string)[] s_everything =
        [("Logging:LogLevel:Default", "Trace"), ("Logging:Console:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace")];

    [Fact]
    public async Task A_line_is_one_JSON_object_with_a_UTC_time()
    {
        await using var logged = LoggedConsole.With(LogFormat.Json);
        logged.Log.LogInformation("Đơn hàng {Order} của {Account}", 23501, "a\nb");
        var line = (await logged.TextAsync()).Trim();
        line.ShouldNotContain('\n');
        line.ShouldContain("Đơn hàng");
        using var json = JsonDocument.Parse(line);
        var time = DateTimeOffset.ParseExact(
            json.RootElement.GetProperty("Timestamp").GetString()!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        (TimeProvider.System.GetUtcNow() - time).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
        json.RootElement.GetProperty("LogLevel").GetString().ShouldBe("Information");
        json.RootElement.GetProperty("Message").GetString().ShouldBe("Đơn hàng 23501 của a\nb");
        json.RootElement.GetProperty("State").GetProperty("Order").GetInt32().ShouldBe(23501);
    }

    [Fact]
    public async Task Text_is_one_line_for_people()
    {
        await using var logged = LoggedConsole.With(LogFormat.Text);
        logged.Log.LogWarning("provider {Provider} answers slowly", "p1");
        (await logged.TextAsync()).Trim().ShouldMatch(@"^\d\d:\d\d:\d\d\.\d\d\dZ warn: Test\[0\] provider p1 answers slowly$");
    }

    [Theory]
    [InlineData(LogFormat.Json)]
    [InlineData(LogFormat.Text)]
    public async Task Keys_never_appear_in_messages_values_scopes_or_exceptions(LogFormat format)
    {
        await using var logged = LoggedConsole.With(format, ("Logging:Console:FormatterOptions:IncludeScopes", "true"));
        var inner = new InvalidOperationException($"Authorization: Bearer {TheirKey}");
        var url = new Uri($"https://p.example/api/v2?key={Uri.EscapeDataString(TheirKey)}");
        using (logged.Log.BeginScope("calling with key={Key}", TheirKey))
        using (logged.Log.BeginScope(new Dictionary<string, object?> { ["url"] = url, ["ours"] = OurKey }))
        {
            logged.Log.LogInformation("plain {OurKey} and {Address}", OurKey, "192.0.2.1");
            logged.Log.LogInformation("named {ApiKey}", TheirKey);
            logged.Log.LogInformation("body {Body}", $$"""{"key":"{{TheirKey}}","action":"add"}""");
            logged.Log.LogInformation("form {Form}", $"key={TheirKey}&action=add");
            logged.Log.LogInformation("list {Keys}", (object)new[] { OurKey, $"api_token={TheirKey}" });
            logged.Log.LogError(new HttpRequestException($"POST key={TheirKey} {OurKey}", inner), "failed for {Token}", TheirKey);
            logged.Log.LogError(new ArgumentException($"token was {TheirKey}"), "failed for {Token}", TheirKey);
        }
        var text = await logged.TextAsync();
        Hides(text);
        text.ShouldContain("192.0.2.1");
        text.ShouldContain("action=add");
        text.ShouldContain("System.Net.Http.HttpRequestException");
        text.ShouldContain("System.InvalidOperationException");
        text.ShouldContain("tly_***");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_with_its_key_in_the_query_leaves_no_key_behind(bool everythingOn)
    {
        await using var logged = LoggedConsole.With(LogFormat.Json, everythingOn ? s_everything : []);
        logged.App.MapMethods("/api/v2", ["GET", "POST"], () => "[]");
        logged.App.MapGet("/fails", (HttpContext http) =>
        {
            throw new InvalidOperationException($"broken at {http.Request.QueryString}");
        });
        await logged.App.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(logged.App.Urls.First()) };
        var query = $"?key={OurKey}&api_token={Uri.EscapeDataString(TheirKey)}&note=my-note";
        (await client.GetStringAsync("/api/v2" + query)).ShouldBe("[]");
        using var form = new FormUrlEncodedContent([new("key", OurKey), new("action", "balance")]);
        (await client.PostAsync(new Uri("/api/v2", UriKind.Relative), form)).IsSuccessStatusCode.ShouldBeTrue();
        (await client.GetAsync(new Uri("/fails" + query, UriKind.Relative))).IsSuccessStatusCode.ShouldBeFalse();

        var text = await logged.TextAsync();
        Hides(text);
        text.ShouldContain("broken at");
        text.Contains("Request starting", StringComparison.Ordinal).ShouldBe(everythingOn);
        if (everythingOn) RequestLines(text).ShouldAllBe(line => !line.Contains("my-note", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("systemd")]
    [InlineData("simple")]
    public async Task No_formatter_that_the_configuration_names_leads_around_the_redaction(string formatter)
    {
        await using var logged = LoggedConsole.With(LogFormat.Json, ("Logging:Console:FormatterName", formatter));
        logged.Log.LogError(new InvalidOperationException(OurKey), "key={Key}", TheirKey);
        Hides(await logged.TextAsync());
    }

    [Theory]
    [InlineData("key", true)]
    [InlineData("ApiKey", true)]
    [InlineData("api_token", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("Authorization", true)]
    [InlineData("QueryString", true)]
    [InlineData("KeyId", false)]
    [InlineData("Order", false)]
    [InlineData("PrimaryKey", false)]
    public void A_name_tells_whether_its_value_is_a_secret(string name, bool secret) => Secrets.IsSecretName(name).ShouldBe(secret);

    private static IEnumerable<string> RequestLines(string text) =>
        text.Split('\n').Where(line =>
            line.Contains("Request starting", StringComparison.Ordinal) || line.Contains("Request finished", StringComparison.Ordinal));

    private static void Hides(string text)
    {
        text.ShouldNotBeEmpty();
        foreach (var secret in (string[])[OurKey[4..20], OurKey[^16..], TheirKey[..4], TheirKey[^5..], Uri.EscapeDataString(TheirKey)])
            text.ShouldNotContain(secret, Case.Insensitive);
    }
}
