using System.Text;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestReaderTests
{
    [Theory]
    [InlineData("application/x-www-form-urlencoded", "order=7")]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8", "order=7")]
    [InlineData("Application/X-WWW-Form-Urlencoded;charset=utf-8", "order=7")]
    [InlineData("application/json", "{\"order\":7}")]
    [InlineData("application/json; charset=utf-8", "{\"order\":7}")]
    [InlineData("APPLICATION/JSON", " {\"order\":7}")]
    [InlineData("application/x-www-form-urlencoded", "{\"order\":7}")]
    [InlineData("text/json", "{\"order\":7}")]
    [InlineData("text/plain;charset=UTF-8", "order=7")]
    [InlineData("text/plain", "\r\n{\"order\":7}")]
    [InlineData("application/octet-stream", "order=7")]
    [InlineData("nonsense", "a%5B0%5D=1&order=7")]
    [InlineData("", "order=7")]
    [InlineData(null, "order=7")]
    [InlineData(null, "{\"order\":7}")]
    public void A_body_is_read_by_what_it_says_or_looks_like(string? contentType, string body)
    {
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(body), [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)] })
        {
            var parameters = new RequestParameters();
            RequestReader.ReadText(bytes, contentType, parameters).ShouldBeNull();
            parameters[Parameter.Order].ShouldBe("7");
        }
    }

    [Theory]
    [InlineData("application/json", "order=7")]
    [InlineData("application/json", "[{\"order\":7}]")]
    [InlineData("application/json", "")]
    [InlineData("text/xml", "<order a=\"b\">7</order>")]
    [InlineData(null, "order 7")]
    [InlineData(null, "=7")]
    [InlineData(null, "\0order=7")]
    [InlineData("text/plain", "the order=7")]
    [InlineData("image/png", "\u0089PNG\r\n=")]
    public void A_body_that_says_or_looks_like_something_else_is_refused(string? contentType, string body)
    {
        var refusal = RequestReader.ReadText(Encoding.UTF8.GetBytes(body), contentType, new RequestParameters()).ShouldNotBeNull();
        (refusal.Code, refusal.Error, string.IsNullOrEmpty(refusal.Detail)).ShouldBe(("incorrect_request", "Incorrect request", false));
    }
}
