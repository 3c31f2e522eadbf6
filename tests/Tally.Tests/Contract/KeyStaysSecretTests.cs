using System.Net;
using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>The key is in the request's body and nowhere else, also when others try to give it back.</summary>
public sealed class KeyStaysSecretTests
{
    private const string Key = ScriptedPanel.Key;

    public static TheoryData<string, string> Echoes => new()
    {
        { "200 OK", $$"""{"error":"Invalid API key {{Key}}","code":"{{Key}}","detail":"key={{Uri.EscapeDataString(Key)}}"}""" },
        { "200 OK", $"<html>Request: key={WebUtility.UrlEncode(Key)}&action=add</html>" },
        { "200 OK", $$"""{"you":"{{Key.Replace("/", "\\/")}}"}""" },
        { "200 OK", $"dump: {Key} {Key}" },
        { "500 Internal Server Error", $"trace: {Key}" },
        { "200 OK", new string('.', 190) + Key },
    };

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task A_panel_that_echoes_the_key_does_not_get_it_into_a_result(string status, string body)
    {
        await using var panel = ScriptedPanel.Answering(body, status);
        var text = (await panel.Client().AddAsync(new AddOrder { Service = "1" })).ToString();
        text.ShouldNotBeNullOrEmpty();
        text.ShouldNotContain("secret");
        text.ShouldNotContain("0123456789");
    }

    [Fact]
    public async Task An_error_of_the_connection_does_not_name_the_key()
    {
        var http = new HttpClient(new StubHandler((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, $"cannot send key={Key}")));
        var result = await new ApiV2Client(http, new Uri("http://panel.example/"), Key).BalanceAsync();
        result.ShouldBe(new ApiResult<Balance>.NotSent("cannot send key=***"));
    }

    [Fact]
    public void The_client_shows_its_address_and_no_secret() =>
        new ApiV2Client(new HttpClient(), new Uri($"http://user:secret@panel.example:81/api/v2?key={Key}"), Key).ToString().ShouldBe("http://panel.example:81/api/v2");

    [Fact]
    public async Task A_wrong_argument_does_not_name_the_key()
    {
        var client = new ApiV2Client(new HttpClient(), new Uri("http://panel.example/"), Key);
        var wrong = await Should.ThrowAsync<ArgumentException>(() => client.AddAsync(new AddOrder { Service = "1", Extra = [new("KEY", "x")] }));
        wrong.Message.ShouldNotContain("secret");
    }
}
