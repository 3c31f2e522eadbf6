using System.Diagnostics;
using System.Text;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestFormTests
{
    [Theory]
    [InlineData("link=a+b", "a b")]
    [InlineData("link=a%2Bb", "a+b")]
    [InlineData("link=a%20b", "a b")]
    [InlineData("link=%68%74%74%70", "http")]
    [InlineData("link=%F0%9F%91%8D", "👍")]
    [InlineData("link=%f0%9f%91%8d", "👍")]
    [InlineData("link=👍 Việt", "👍 Việt")]
    [InlineData("link=a=b=c", "a=b=c")]
    [InlineData("li%6Ek=a", "a")]
    [InlineData("&&link=a&&", "a")]
    [InlineData("link=%00", null)]
    [InlineData("link=", null)]
    [InlineData("link", null)]
    [InlineData("Link=a", null)]
    [InlineData("link%20=a", null)]
    [InlineData("+link=a", null)]
    public void Values_are_decoded_as_forms_are(string body, string? link) => Requests.ReadForm(body)[Parameter.Link].ShouldBe(link);

    [Theory]
    [InlineData("link=%", "broken percent-encoding")]
    [InlineData("link=%2", "broken percent-encoding")]
    [InlineData("link=%zz", "broken percent-encoding")]
    [InlineData("link=%2z", "broken percent-encoding")]
    [InlineData("link=%2\0", "broken percent-encoding")]
    [InlineData("link=%+1", "broken percent-encoding")]
    [InlineData("link=% 1", "broken percent-encoding")]
    [InlineData("link=100%&order=1", "broken percent-encoding")]
    [InlineData("link=%FF", "not valid UTF-8")]
    [InlineData("link=%C0%80", "not valid UTF-8")]
    [InlineData("link=%ED%A0%80", "not valid UTF-8")]
    [InlineData("link=%F0%9F%91", "not valid UTF-8")]
    [InlineData("link=%F4%90%80%80", "not valid UTF-8")]
    [InlineData("link=a%00b", "contains the character U+0000")]
    [InlineData("link=a\0b", "contains the character U+0000")]
    public void A_value_that_is_no_text_is_refused_by_name(string body, string problem) =>
        Requests.ReadForm(body).Fault.ShouldBe(Refusal.IncorrectRequest("link: " + problem));

    [Fact]
    public void Raw_bytes_that_are_not_UTF8_are_refused_by_name() =>
        Requests.ReadForm([.. "link="u8, 0xFF, 0xFE]).Fault.ShouldBe(Refusal.IncorrectRequest("link: not valid UTF-8"));

    [Theory]
    [InlineData("colour=%zz&%=1&%zz=%zz&order=1")]
    [InlineData("colour=%FF&colour=2&%FF=1&order=1")]
    public void What_is_broken_in_an_unknown_parameter_is_ignored(string body)
    {
        var parameters = Requests.ReadForm(body);
        parameters.Fault.ShouldBeNull();
        parameters.Sent().ShouldBe(new Dictionary<string, string> { ["order"] = "1" });
    }

    [Fact]
    public void Huge_numbers_are_read_as_the_text_they_are()
    {
        var number = new string('9', 100_000);
        Requests.ReadForm("quantity=" + number)[Parameter.Quantity].ShouldBe(number);
    }

    [Fact]
    public void A_thousand_parameters_are_read_and_one_more_is_refused()
    {
        var thousand = string.Concat(Enumerable.Range(0, 999).Select(i => $"p{i}=1&")) + "order=7";
        Requests.ReadForm(thousand)[Parameter.Order].ShouldBe("7");
        RequestForm.Read(Encoding.ASCII.GetBytes(thousand + "&p=1"), new RequestParameters()).ShouldBe(RequestParameters.TooMany);
    }

    [Fact]
    public void A_full_body_costs_little_whatever_is_in_it()
    {
        string[] bodies =
        [
            "comments=" + new string('\n', RequestBody.MaxBytes - 9),
            "comments=" + string.Concat(Enumerable.Repeat("%0A", (RequestBody.MaxBytes - 9) / 3)),
            "comments=" + new string('+', RequestBody.MaxBytes - 9),
            new string('&', RequestBody.MaxBytes),
            new string('=', RequestBody.MaxBytes),
            new string('%', RequestBody.MaxBytes),
            "key=1" + string.Concat(Enumerable.Repeat("&a=1", RequestBody.MaxBytes / 4 - 2)),
        ];
        var watch = Stopwatch.StartNew();
        foreach (var body in bodies)
        {
            _ = RequestForm.Read(Encoding.UTF8.GetBytes(body), new RequestParameters());
        }

        watch.Elapsed.ShouldBeLessThan(Requests.LinearTime);
        Requests.ReadForm(bodies[0])[Parameter.Comments]!.Length.ShouldBe(RequestBody.MaxBytes - 9);
        Requests.ReadForm(bodies[1])[Parameter.Comments]!.Count(c => c == '\n').ShouldBe((RequestBody.MaxBytes - 9) / 3);
    }
}
