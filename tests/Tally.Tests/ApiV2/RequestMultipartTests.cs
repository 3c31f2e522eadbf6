using System.Diagnostics;
using System.Text;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestMultipartTests
{
    [Fact]
    public async Task Parts_are_taken_as_they_are()
    {
        var parameters = await Requests.ReadMultipartAsync(Requests.MultipartBody(
        [
            new("key", "tly_1"), new("link", "https://example.com/?a=1&b=%20+"), new("comments", "nice 👍\r\n\r\nsecond"), new("colour", "red"), new("order", ""),
        ]));
        parameters.Sent().ShouldBe(new Dictionary<string, string>
        {
            ["key"] = "tly_1",
            ["link"] = "https://example.com/?a=1&b=%20+",
            ["comments"] = "nice 👍\r\n\r\nsecond",
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_file_is_read_as_its_text_and_an_unquoted_name_is_a_name()
    {
        const string body = "--x\r\ncontent-disposition: form-data; name=comments; filename=\"c.txt\"\r\nContent-Type: text/plain\r\n\r\na\nb\r\n--x\r\n"
            + "Content-Type: text/plain\r\n\r\nno name\r\n--x\r\nContent-Disposition: ;;;\r\n\r\nno name\r\n--x--";
        (await Requests.ReadMultipartAsync(Encoding.UTF8.GetBytes(body), "Multipart/Form-Data; charset=utf-8; boundary=\"x\"")).Sent()
            .ShouldBe(new Dictionary<string, string> { ["comments"] = "a\nb" });
    }

    [Fact]
    public async Task A_value_that_is_no_text_is_refused_by_name()
    {
        byte[] body = [.. "--x\r\nContent-Disposition: form-data; name=\"link\"\r\n\r\n"u8, 0xFF, .. "\r\n--x--\r\n"u8];
        (await Requests.ReadMultipartAsync(body, "multipart/form-data; boundary=x")).Fault.ShouldBe(Refusal.IncorrectRequest("link: not valid UTF-8"));
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("multipart/form-data; boundary")]
    public async Task A_boundary_is_needed(string contentType) =>
        (await RequestMultipart.ReadAsync(new MemoryStream([1]), contentType, new RequestParameters()))!.Detail!.ShouldContain("boundary");

    [Theory]
    [InlineData("")]
    [InlineData("key=1")]
    [InlineData("--x")]
    [InlineData("--x\r\n")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"key\"")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\ntly_1")]
    [InlineData("--x\r\nno header\r\n\r\ntly_1\r\n--x--")]
    [InlineData("--y\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\ntly_1\r\n--y--")]
    public async Task A_body_without_its_last_boundary_is_refused(string body) =>
        (await RequestMultipart.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), "multipart/form-data; boundary=x", new RequestParameters()))
            .ShouldBe(Refusal.IncorrectRequest("The body is not valid multipart/form-data."));

    [Fact]
    public async Task Headers_are_bounded()
    {
        var many = "--x\r\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"h{i}: 1\r\n")) + "\r\n1\r\n--x--";
        var long_ = "--x\r\nContent-Disposition: form-data; name=\"" + new string('k', 20_000) + "\"\r\n\r\n1\r\n--x--";
        foreach (var body in new[] { many, long_ })
        {
            (await RequestMultipart.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), "multipart/form-data; boundary=x", new RequestParameters()))
                .ShouldBe(Refusal.IncorrectRequest("The body is not valid multipart/form-data."));
        }
    }

    [Fact]
    public async Task A_thousand_parts_are_read_and_one_more_is_refused()
    {
        var parts = Enumerable.Range(0, 999).Select(i => new KeyValuePair<string, string>($"p{i}", "1")).Append(new("order", "7")).ToList();
        (await Requests.ReadMultipartAsync(Requests.MultipartBody(parts)))[Parameter.Order].ShouldBe("7");
        parts.Add(new("p", "1"));
        (await RequestMultipart.ReadAsync(new MemoryStream(Requests.MultipartBody(parts)), Requests.Multipart, new RequestParameters())).ShouldBe(RequestParameters.TooMany);
    }

    [Fact]
    public async Task A_million_lines_cost_little()
    {
        var watch = Stopwatch.StartNew();
        var parameters = await Requests.ReadMultipartAsync(Requests.MultipartBody([new("comments", new string('\n', 1_000_000))]));
        parameters[Parameter.Comments]!.Length.ShouldBe(1_000_000);

        // What a search for the boundary likes least: the beginning of it, again and again.
        var almost = string.Concat(Enumerable.Repeat("\r\n--" + Requests.Boundary[..^1], 40_000));
        parameters = await Requests.ReadMultipartAsync(Requests.MultipartBody([new("comments", almost)]));
        parameters[Parameter.Comments].ShouldBe(almost);
        watch.Elapsed.ShouldBeLessThan(Requests.LinearTime);
    }
}
