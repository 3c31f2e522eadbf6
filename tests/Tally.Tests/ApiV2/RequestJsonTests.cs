using System.Diagnostics;
using System.Text;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestJsonTests
{
    [Theory]
    [InlineData("""{"order":"7"}""", "order", "7")]
    [InlineData("""{"order":7}""", "order", "7")]
    [InlineData("""{"quantity":1e3}""", "quantity", "1e3")]
    [InlineData("""{"quantity":-1.50}""", "quantity", "-1.50")]
    [InlineData("""{"quantity":123456789012345678901234567890}""", "quantity", "123456789012345678901234567890")]
    [InlineData("""{"link":true}""", "link", "true")]
    [InlineData("""{"orders":[1,"2",3]}""", "orders", "1,2,3")]
    [InlineData("""{"orders":[1,null,3]}""", "orders", "1,3")]
    [InlineData("""{"orders":"1, 2"}""", "orders", "1, 2")]
    [InlineData("""{"comments":["nice","a, b","\ud83d\udc4d"]}""", "comments", "nice\na, b\n👍")]
    [InlineData("""{"keywords":["a","b"]}""", "keywords", "a\nb")]
    [InlineData("""{"link":["a","b"]}""", "link", "a,b")]
    [InlineData("""{"link":"\u0068\/\"\\\n"}""", "link", "h/\"\\\n")]
    [InlineData("""{"l\u0069nk":"a"}""", "link", "a")]
    [InlineData("""{"link":"👍 Việt"}""", "link", "👍 Việt")]
    [InlineData(""" { "link" : "a" } """, "link", "a")]
    public void Values_become_what_a_form_would_carry(string body, string name, string value)
    {
        var parameters = Requests.ReadJson(body);
        parameters.Fault.ShouldBeNull();
        parameters.Sent().ShouldBe(new Dictionary<string, string> { [name] = value });
    }

    [Theory]
    [InlineData("""{"order":null,"link":"","orders":[],"comments":[null]}""")]
    [InlineData("""{"meta":{"a":[{"b":1}]},"list":[[1],[2]],"\ud800":1,"Key":"a","key ":"a"}""")]
    [InlineData("{}")]
    public void Null_empty_and_unknown_values_are_not_sent(string body)
    {
        var parameters = Requests.ReadJson(body);
        (parameters.Fault, parameters.Sent().Count).ShouldBe((null, 0));
    }

    [Theory]
    [InlineData("""{"link":{"a":1}}""", "expected a text or a number, not an object")]
    [InlineData("""{"link":[["a"]]}""", "expected a list of texts or numbers")]
    [InlineData("""{"link":["a",{"b":1}]}""", "expected a list of texts or numbers")]
    [InlineData("""{"link":"\ud800"}""", "not valid UTF-8")]
    [InlineData("""{"link":"\udc00\ud800"}""", "not valid UTF-8")]
    [InlineData("""{"link":["a","\ud800","b"]}""", "not valid UTF-8")]
    [InlineData("""{"link":"\u0000"}""", "contains the character U+0000")]
    [InlineData("""{"link":["\u0000"]}""", "contains the character U+0000")]
    [InlineData("""{"link":"a","link":"b"}""", "sent twice with different values")]
    [InlineData("""{"link":"a","link":["b"]}""", "sent twice with different values")]
    public void A_value_that_is_no_text_is_refused_by_name_and_the_key_behind_it_is_still_read(string body, string problem)
    {
        var parameters = Requests.ReadJson(body[..^1] + ""","key":"tly_1"}""");
        parameters.Fault.ShouldBe(Refusal.IncorrectRequest("link: " + problem));
        parameters[Parameter.Key].ShouldBe("tly_1");
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_by_name()
    {
        var parameters = new RequestParameters();
        RequestJson.Read([.. "{\"link\":\""u8, 0xFF, .. "\",\"comments\":[\""u8, 0xC0, .. "\"]}"u8], parameters).ShouldBeNull();
        parameters.Fault.ShouldBe(Refusal.IncorrectRequest("link: not valid UTF-8"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"link\"")]
    [InlineData("{\"link\":")]
    [InlineData("{\"link\":\"a")]
    [InlineData("{\"link\":[1")]
    [InlineData("{\"link\":1,}")]
    [InlineData("{\"link\":1}}")]
    [InlineData("{\"link\":1} x")]
    [InlineData("{\"link\":1}{\"link\":1}")]
    [InlineData("{'link':1}")]
    [InlineData("{\"link\":007}")]
    [InlineData("{\"link\":NaN}")]
    [InlineData("{\"link\":\"a\nb\"}")]
    [InlineData("{/* comment */}")]
    public void What_is_not_JSON_is_refused(string body) =>
        RequestJson.Read(Encoding.UTF8.GetBytes(body), new RequestParameters()).ShouldBe(Refusal.IncorrectRequest("The body is not valid JSON."));

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"key=1\"")]
    [InlineData("7")]
    [InlineData("null")]
    public void Only_an_object_holds_parameters(string body) =>
        RequestJson.Read(Encoding.UTF8.GetBytes(body), new RequestParameters()).ShouldBe(Refusal.IncorrectRequest("The JSON body must be an object."));

    [Theory]
    [InlineData("link")]
    [InlineData("colour")]
    public void A_thousand_levels_are_refused(string name)
    {
        var body = $"{{\"{name}\":{new string('[', 1_000)}{new string(']', 1_000)}}}";
        RequestJson.Read(Encoding.UTF8.GetBytes(body), new RequestParameters()).ShouldBe(Refusal.IncorrectRequest("The body is not valid JSON."));
    }

    [Fact]
    public void A_thousand_properties_are_read_and_one_more_is_refused()
    {
        var thousand = "{" + string.Concat(Enumerable.Range(0, 999).Select(i => $"\"p{i}\":1,")) + "\"order\":7";
        Requests.ReadJson(thousand + "}")[Parameter.Order].ShouldBe("7");
        RequestJson.Read(Encoding.ASCII.GetBytes(thousand + ",\"p\":1}"), new RequestParameters()).ShouldBe(RequestParameters.TooMany);
    }

    [Fact]
    public void A_full_body_costs_little_whatever_is_in_it()
    {
        string[] bodies =
        [
            "{\"orders\":[" + string.Join(',', Enumerable.Repeat('1', 500_000)) + "]}",
            "{\"comments\":[" + string.Join(',', Enumerable.Repeat("\"\\u0041\"", 100_000)) + "]}",
            "{\"comments\":[" + string.Join(',', Enumerable.Repeat("\"\\ud800\"", 100_000)) + "]}",
            "{" + string.Join(',', Enumerable.Repeat("\"link\":\"\\ud800\"", 1_000)) + "}",
            "{" + string.Join(',', Enumerable.Repeat("\"\\ud800\":1", 1_000)) + "}",
            "{\"comments\":\"" + string.Concat(Enumerable.Repeat("\\n", 500_000)) + "\"}",
            new string('[', RequestBody.MaxBytes),
            new string(' ', RequestBody.MaxBytes),
        ];
        var watch = Stopwatch.StartNew();
        foreach (var body in bodies)
        {
            _ = RequestJson.Read(Encoding.UTF8.GetBytes(body), new RequestParameters());
        }

        watch.Elapsed.ShouldBeLessThan(Requests.LinearTime);
        Requests.ReadJson(bodies[0])[Parameter.Orders]!.Length.ShouldBe(999_999);
        Requests.ReadJson(bodies[5])[Parameter.Comments]!.Length.ShouldBe(500_000);
    }
}
