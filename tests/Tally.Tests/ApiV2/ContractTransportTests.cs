using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>api-v2.md section 1, row by row: methods, forms of a body, ways to send the key, status and content type.</summary>
public sealed class ContractTransportTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    private const string Full = """{"balance":"1000000","currency":"USD"}""";
    private static readonly string NoKey = Refused("Invalid API key", "invalid_key");

    [Theory, BothStores]
    public async Task A_form_is_read_whatever_its_charset_suffix_and_case(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var type in (string?[])[Requests.Form, Requests.Form + "; charset=UTF-8", Requests.Form + ";charset=utf-8", "Application/X-WWW-Form-UrlEncoded", "text/plain", "", null])
        {
            (await c.SendAsync($"key={c.Key}&action=balance", type)).Ok().ShouldBe(Full, type);
        }
    }

    [Theory, BothStores]
    public async Task Multipart_is_read(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await c.SendAsync(Requests.MultipartBody([new("key", c.Key), new("action", "balance")]), Requests.Multipart)).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task JSON_is_read_with_texts_numbers_and_arrays(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = (await panels.PanelAsync(kind)).AddServiceAsync(rate: "1");
        var id = (await service).Id;
        (await c.SendAsync($$"""{"key":"{{c.Key}}","action":"balance"}""", "application/json; charset=utf-8")).Ok().ShouldBe(Full);
        (await c.SendAsync($$"""{"key":"{{c.Key}}","action":"add","service":{{id}},"link":"https://example.com/","quantity":100}""", Requests.Json)).Ok().ShouldStartWith("""{"order":""");
        var order = await c.AddAsync(Default(id));
        foreach (var orders in (string[])[$"[{order},999999]", $"[\"{order}\",\"999999\"]", $"\"{order},999999\""])
        {
            (await c.SendAsync($$"""{"key":"{{c.Key}}","action":"cancel","orders":{{orders}}}""", Requests.Json)).Ok()
                .ShouldEndWith(""",{"order":999999,"cancel":{"error":"Incorrect order ID","code":"incorrect_order"}}]""", customMessage: orders);
        }
    }

    [Theory, BothStores]
    public async Task GET_answers_as_POST_does_and_can_order(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1000");
        (await c.GetAsync($"?key={c.Key}&action=balance")).Ok().ShouldBe(Full);
        (await c.GetAsync("?" + FormOf([("key", c.Key), ("action", "add"), .. Default(service.Id)]))).Ok().ShouldStartWith("""{"order":""");
        (await c.BalanceAsync()).ShouldBe("999900");
    }

    [Theory, BothStores]
    public async Task HEAD_asks_as_GET_does_and_orders_nothing(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        var service = await c.Panel.AddServiceAsync(rate: "1");
        await c.ForNothingAsync(async () =>
        {
            foreach (var query in (string[])[FormOf([("key", c.Key), ("action", "add"), .. Default(service.Id)]), FormOf([("key", c.Key), ("action", "balance")])])
            {
                (await c.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(c.Panel.Api, "?" + query)))).Ok().ShouldBeEmpty();
            }
        });
    }

    [Theory, BothStores]
    public async Task The_key_has_two_aliases(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await c.SendAsync($"api_token={c.Key}&action=balance")).Ok().ShouldBe(Full);
        (await BearerAsync(c, c.Key)).Ok().ShouldBe(Full);
        (await BearerAsync(c, c.Key + "x")).Ok().ShouldBe(NoKey);
        (await c.SendAsync($"key={c.Key}&api_token={c.Key}&action=balance")).Ok().ShouldBe(Full);
        (await c.SendAsync($"key={c.Key}&api_token=another&action=balance")).Ok().ShouldBe(Incorrect("key: sent twice with different values"));
    }

    [Theory, BothStores]
    public async Task Without_a_key_nothing_is_answered(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var body in (string[])["action=balance", "action=services", "key=&action=balance", "key=%20&action=balance", "key", "", "action=nonsense"])
        {
            (await c.SendAsync(body)).Ok().ShouldBe(NoKey, body);
        }

        (await c.GetAsync("")).Ok().ShouldBe(NoKey);
    }

    [Theory, BothStores]
    public async Task Neither_a_slash_nor_case_nor_a_scheme_redirects(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var path in (string[])["/api/v2", "/api/v2/", "/API/v2"])
        {
            (await c.GetAsync($"?key={c.Key}&action=balance", path)).Ok().ShouldBe(Full, path);
            using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(c.Panel.Http.BaseAddress!, path)) { Content = Form($"key={c.Key}&action=balance") };
            post.Headers.Add("X-Forwarded-Proto", "http");
            (await c.SendAsync(post)).Ok().ShouldBe(Full, path);
        }
    }

    [Theory, BothStores]
    public async Task Other_methods_are_refused_in_JSON_with_200(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var method in (string[])["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "NONSENSE"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), c.Panel.Api) { Content = Form($"key={c.Key}&action=balance") };
            (await c.SendAsync(request)).Ok().ShouldBe(Incorrect("The method must be POST or GET."), method);
        }
    }

    [Theory, BothStores]
    public async Task Unknown_parameters_are_ignored_whatever_they_hold(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await c.SendAsync($"key={c.Key}&action=balance&foo=1&foo=2&bar=%zz&b%C3%A4=%00&Key=other&KEY=other&nonce[]=1")).Ok().ShouldBe(Full);
        (await c.SendAsync($$"""{"key":"{{c.Key}}","action":"balance","foo":{"a":[1,{"b":null}]},"bar":null,"key2":true}""", Requests.Json)).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task A_parameter_sent_twice_counts_only_when_both_say_the_same(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await c.SendAsync($"key={c.Key}&action=balance&action=balance")).Ok().ShouldBe(Full);
        (await c.SendAsync($"key={c.Key}&action=balance&action=services")).Ok().ShouldBe(Incorrect("action: sent twice with different values"));
        using var both = new HttpRequestMessage(HttpMethod.Post, new Uri(c.Panel.Api + "?action=add&quantity=100")) { Content = Form($"key={c.Key}&quantity=200") };
        (await c.SendAsync(both)).Ok().ShouldBe(Incorrect("quantity: sent twice with different values"));
    }

    [Theory, BothStores]
    public async Task A_body_of_2_MiB_gets_the_error_body_and_the_connection_closes(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = Form($"key={c.Key}&action=balance&x=" + new string('a', 2 * 1_048_576)) };
            request.Headers.TransferEncodingChunked = chunked;
            var answer = await c.SendAsync(request);
            answer.Ok().ShouldBe(Incorrect("The body is larger than 1048576 bytes."));
            answer.Closes.ShouldBeTrue();
        }

        var largest = $"key={c.Key}&action=balance&x=";
        (await c.SendAsync(largest + new string('a', 1_048_576 - largest.Length))).Ok().ShouldBe(Full);
    }

    [Theory, BothStores]
    public async Task A_body_that_says_it_is_what_it_is_not_is_refused_in_JSON(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind);
        (await c.SendAsync($"key={c.Key}&action=balance", Requests.Json)).Ok().ShouldBe(Incorrect("The body is not valid JSON."));
        (await c.SendAsync("[]", Requests.Json)).Ok().ShouldBe(Incorrect("The JSON body must be an object."));
        (await c.SendAsync("<key/>", "application/xml")).Ok().ShouldBe(Incorrect("The body must be application/x-www-form-urlencoded, multipart/form-data or application/json."));
        (await c.SendAsync("--x", "multipart/form-data")).Ok().ShouldBe(Incorrect("The Content-Type multipart/form-data needs a boundary of 1 to 70 characters."));
    }

    private static async Task<ContractAnswer> BearerAsync(ContractCustomer c, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = Form("action=balance") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await c.SendAsync(request);
    }

    private static StringContent Form(string body) => new(body, Encoding.UTF8, Requests.Form);
}
