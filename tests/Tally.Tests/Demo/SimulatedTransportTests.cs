using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedTransportTests
{
    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task A_wrong_or_missing_key_is_told_so_and_nothing_is_taken(string key)
    {
        await using var caller = await ProviderCaller.StartAsync();
        using var response = await caller.SendAsync(("key", key), ("action", "add"), ("service", 501), ("link", "https://x.vn"), ("quantity", 200));
        ((int)response.StatusCode).ShouldBe(200);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"error":"Invalid API key","code":"invalid_key"}""");
        caller.Provider.OrdersTaken.ShouldBeEmpty();
        caller.Provider.Received.Total(SimulatedAction.Add).ShouldBe(1);
    }

    [Fact]
    public async Task Every_answer_is_json_without_a_charset()
    {
        await using var caller = await ProviderCaller.StartAsync();
        using var response = await caller.PostAsync("balance");
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"balance":"1000000000","currency":"VND"}""");
    }

    [Fact]
    public async Task A_get_answers_like_a_post()
    {
        await using var caller = await ProviderCaller.StartAsync();
        (await caller.GetTextAsync($"api_token={caller.Provider.Key}&action=BALANCE")).ShouldBe("""{"balance":"1000000000","currency":"VND"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("dance")]
    public async Task A_missing_or_unknown_action_is_an_incorrect_request(string action)
    {
        await using var caller = await ProviderCaller.StartAsync();
        var answer = await caller.CallAsync(action);
        answer["error"]!.GetValue<string>().ShouldBe("Incorrect request");
        caller.Provider.Received.Total(SimulatedAction.Unknown).ShouldBe(1);
    }

    [Fact]
    public async Task A_multipart_form_with_a_bearer_key_is_read_too()
    {
        await using var caller = await ProviderCaller.StartAsync();
        using var http = new HttpClient();
        using var form = new MultipartFormDataContent { { new StringContent("balance"), "action" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, caller.Provider.Url) { Content = form };
        request.Headers.Authorization = new("Bearer", caller.Provider.Key);
        using var response = await http.SendAsync(request);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["balance"]!.GetValue<string>().ShouldBe("1000000000");
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_gets_the_error_body()
    {
        await using var caller = await ProviderCaller.StartAsync();
        using var response = await caller.PostAsync("add", ("comments", new string('a', (1 << 20) + 1)));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!.GetValue<string>().ShouldBe("Incorrect request");
    }

    [Fact]
    public async Task Any_other_path_is_not_found()
    {
        await using var caller = await ProviderCaller.StartAsync();
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(caller.Provider.Url, "/"));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_services_are_ours_under_its_own_ids_at_seventy_percent()
    {
        await using var caller = await ProviderCaller.StartAsync();
        var services = (await caller.CallAsync("services")).AsArray();
        var ours = DemoCatalogue.Load();
        services.Count.ShouldBe(ours.Count);
        services[0]!.AsObject().Select(pair => pair.Key)
            .ShouldBe(["service", "name", "desc", "type", "category", "platform", "rate", "min", "max", "refill", "cancel", "dripfeed"]);
        services[0]!["service"]!.GetValue<int>().ShouldBe(501);
        services[0]!["rate"]!.GetValue<string>().ShouldBe("10500");
        services[0]!["min"]!.GetValue<string>().ShouldBe("200");
        services[0]!["refill"]!.GetValue<bool>().ShouldBeTrue();
        services.Select(service => service!["name"]!.GetValue<string>()).ShouldBe(ours.Select(service => service.Name));
        services.Single(service => service!["service"]!.GetValue<int>() == caller.Provider.ServiceFor(ours.Single(o => o.Rate == "0.5").Id))!["rate"]!
            .GetValue<string>().ShouldBe("0.35");
    }

    [Fact]
    public async Task A_service_can_change_or_leave_the_sale()
    {
        await using var caller = await ProviderCaller.StartAsync();
        caller.Provider.ChangeService(501, service => service with { Name = "Renamed", Type = "Package", Rate = 0.00001m });
        caller.Provider.ChangeService(502, _ => null);
        var services = (await caller.CallAsync("services")).AsArray();
        services[0]!["name"]!.GetValue<string>().ShouldBe("Renamed");
        services[0]!["type"]!.GetValue<string>().ShouldBe("Package");
        services[0]!["rate"]!.GetValue<string>().ShouldBe("0.00001");
        services[1]!["service"]!.GetValue<int>().ShouldBe(503);
        Should.Throw<KeyNotFoundException>(() => caller.Provider.ChangeService(502, service => service));
        Should.Throw<KeyNotFoundException>(() => caller.Provider.ChangeService(503, service => service with { Type = "Nonsense" }));
    }
}
