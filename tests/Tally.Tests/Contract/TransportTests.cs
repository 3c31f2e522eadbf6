using System.IO.Compression;
using System.Net;
using System.Text;
using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>What a wire can do to an <c>add</c> and to its answer, and which of it proves something.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1024 * 1024)]
    public async Task A_reset_amid_the_request_is_unclear(int length)
    {
        await using var panel = ScriptedPanel.DoingAtOnce(async (socket, ct) =>
        {
            await socket.ReceiveAsync(new byte[1], ct);
            ScriptedPanel.Reset(socket);
        });
        var order = ScriptedPanel.Order with { Comments = [new string('x', length)] };
        (await panel.Client().AddAsync(order)).Reason().ShouldBe(UnclearReason.ConnectionLost);
        panel.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_reset_after_the_request_is_unclear()
    {
        await using var panel = ScriptedPanel.Doing((socket, _) =>
        {
            ScriptedPanel.Reset(socket);
            return Task.CompletedTask;
        });
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Unclear>().ShouldSatisfyAllConditions(
            u => u.Reason.ShouldBe(UnclearReason.ConnectionLost), u => u.HttpStatus.ShouldBeNull());
    }

    [Fact]
    public async Task A_close_without_a_word_is_unclear()
    {
        await using var panel = ScriptedPanel.Sending("");
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.ConnectionLost);
    }

    [Theory]
    [InlineData("Content-Length: 20\r\n\r\n{\"order\":")]
    [InlineData("Content-Length: 15\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n9\r\n{\"order\":\r\n")]
    public async Task Half_a_body_is_unclear_and_its_status_known(string rest)
    {
        await using var panel = ScriptedPanel.Sending("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + rest);
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Unclear>().ShouldSatisfyAllConditions(
            u => u.Reason.ShouldBe(UnclearReason.ConnectionLost), u => u.HttpStatus.ShouldBe(200));
    }

    [Fact]
    public async Task Half_a_body_that_ends_with_the_connection_is_unclear()
    {
        await using var panel = ScriptedPanel.Sending("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"order\":23501");
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.Malformed);
    }

    [Fact]
    public async Task A_reset_amid_the_answer_is_unclear()
    {
        await using var panel = ScriptedPanel.Doing(async (socket, ct) =>
        {
            await ScriptedPanel.SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"order\":23501", ct);
            ScriptedPanel.Reset(socket);
        });
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.ConnectionLost);
    }

    [Fact]
    public async Task A_reset_after_the_whole_answer_takes_nothing_from_it()
    {
        await using var panel = ScriptedPanel.Doing(async (socket, ct) =>
        {
            await ScriptedPanel.SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"order\":23501}", ct);
            // Until the client has had time to read: a reset throws away what the far side has not fetched yet.
            await Task.Delay(200, ct);
            ScriptedPanel.Reset(socket);
        });
        (await panel.AddOnceAsync()).ShouldBe(new ApiResult<long>.Answered(23501));
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n9\r\n{\"order\":\r\n6\r\n23501}\r\n0\r\n\r\n")]
    [InlineData("Content-Type: text/html; charset=utf-8\r\nContent-Length: 15\r\n\r\n{\"order\":23501}")]
    [InlineData("Connection: close\r\n\r\n{\"order\":23501}")]
    public async Task An_answer_may_be_framed_and_labelled_as_it_likes(string rest)
    {
        await using var panel = ScriptedPanel.Sending("HTTP/1.1 200 OK\r\n" + rest);
        (await panel.AddOnceAsync()).ShouldBe(new ApiResult<long>.Answered(23501));
    }

    [Theory]
    [InlineData("", UnclearReason.EmptyBody)]
    [InlineData(" \r\n ", UnclearReason.EmptyBody)]
    [InlineData("<!DOCTYPE html><title>Just a moment...</title>", UnclearReason.HtmlPage)]
    [InlineData("OK", UnclearReason.Malformed)]
    [InlineData("{\"order\":1}{\"order\":2}", UnclearReason.Malformed)]
    [InlineData("<br /><b>Warning</b>: x in y.php{\"order\":1}", UnclearReason.HtmlPage)]
    public async Task A_200_without_a_readable_word_is_unclear(string body, UnclearReason reason)
    {
        await using var panel = ScriptedPanel.Answering(body);
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Unclear>().ShouldSatisfyAllConditions(u => u.Reason.ShouldBe(reason), u => u.HttpStatus.ShouldBe(200));
    }

    [Theory]
    [InlineData("500 Internal Server Error", "")]
    [InlineData("500 Internal Server Error", "{\"message\":\"Server Error\"}")]
    [InlineData("500 Internal Server Error", "{\"timestamp\":1,\"status\":500,\"error\":\"Internal Server Error\",\"path\":\"/api/v2\"}")]
    [InlineData("502 Bad Gateway", "<html>502</html>")]
    [InlineData("503 Service Unavailable", "upstream connect error")]
    [InlineData("404 Not Found", "{\"order\":5}")]
    [InlineData("429 Too Many Requests", "{\"order\":5}")]
    public async Task A_bad_status_without_an_error_of_the_panel_is_unclear(string status, string body)
    {
        await using var panel = ScriptedPanel.Answering(body, status);
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Unclear>().ShouldSatisfyAllConditions(
            u => u.Reason.ShouldBe(UnclearReason.HttpStatus), u => u.HttpStatus.ShouldBe(int.Parse(status[..3])));
    }

    [Theory]
    [InlineData("200 OK", "Incorrect service ID", false)]
    [InlineData("400 Bad Request", "Incorrect request", false)]
    [InlineData("401 Unauthorized", "Invalid API key", false)]
    [InlineData("500 Internal Server Error", "Not enough funds on balance", false)]
    [InlineData("503 Service Unavailable", "Rate limit exceeded", true)]
    [InlineData("429 Too Many Requests", "chờ một chút", true)]
    public async Task An_error_body_is_a_refusal_in_any_status(string status, string text, bool rateLimited)
    {
        await using var panel = ScriptedPanel.Answering($$"""{"error":"{{text}}"}""", status, "Retry-After: 7\r\n");
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Refused>().ShouldSatisfyAllConditions(
            r => r.Error.Text.ShouldBe(text), r => r.HttpStatus.ShouldBe(int.Parse(status[..3])), r => r.IsRateLimited.ShouldBe(rateLimited),
            r => r.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("slow down")]
    [InlineData("<html>429</html>")]
    [InlineData("{\"message\":\"Too Many Attempts.\"}")]
    public async Task Flood_control_without_words_of_the_panel_is_a_refusal_for_now(string body)
    {
        await using var panel = ScriptedPanel.Answering(body, "429 Too Many Requests", "Retry-After: 7\r\n");
        (await panel.AddOnceAsync()).ShouldBeOfType<ApiResult<long>.Refused>().ShouldSatisfyAllConditions(
            r => r.IsRateLimited.ShouldBeTrue(), r => r.HttpStatus.ShouldBe(429), r => r.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7)));
    }

    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("307 Temporary Redirect")]
    public async Task A_redirect_is_unclear_and_not_followed(string status)
    {
        await using var panel = ScriptedPanel.Answering("{\"error\":\"moved\"}", status, "Location: /api/v2/\r\n");
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.Redirected);
    }

    [Fact]
    public async Task A_redirect_that_the_HttpClient_followed_is_unclear_too()
    {
        await using var elsewhere = ScriptedPanel.Answering("""{"error":"Incorrect request"}""");
        await using var panel = ScriptedPanel.Answering("", "302 Found", $"Location: {elsewhere.Endpoint}\r\n");
        (await panel.AddOnceAsync(handler: new SocketsHttpHandler { AllowAutoRedirect = true })).Reason().ShouldBe(UnclearReason.Redirected);
        (await elsewhere.Request).ShouldStartWith("GET ");
    }

    [Fact]
    public async Task Something_that_is_not_HTTP_is_unclear()
    {
        await using var panel = ScriptedPanel.Sending("SSH-2.0-OpenSSH_9.9\r\n");
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.Malformed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_larger_than_allowed_is_unclear(bool saysSo)
    {
        var body = "{\"order\":1}" + new string(' ', 200_000);
        var head = saysSo ? $"Content-Length: {body.Length}\r\n" : "Connection: close\r\n";
        await using var panel = ScriptedPanel.Sending($"HTTP/1.1 200 OK\r\n{head}\r\n{body}");
        (await panel.AddOnceAsync(new ApiV2ClientOptions { MaxAnswerBytes = body.Length - 1 })).Reason().ShouldBe(UnclearReason.TooLarge);
        await using var again = ScriptedPanel.Sending($"HTTP/1.1 200 OK\r\n{head}\r\n{body}");
        (await again.AddOnceAsync(new ApiV2ClientOptions { MaxAnswerBytes = body.Length })).ShouldBe(new ApiResult<long>.Answered(1));
    }

    [Fact]
    public async Task Services_have_their_own_limit()
    {
        await using var panel = ScriptedPanel.Answering("""[{"service":1,"rate":"1"}]""");
        (await panel.Client(new ApiV2ClientOptions { MaxAnswerBytes = 1, MaxServicesBytes = 100 }).ServicesAsync()).Value().Services.Count.ShouldBe(1);
    }

    [Fact]
    public async Task JSON_nested_deeper_than_allowed_is_unclear()
    {
        await using var panel = ScriptedPanel.Answering("{\"order\":1,\"x\":" + new string('[', 40) + new string(']', 40) + "}");
        (await panel.AddOnceAsync()).Reason().ShouldBe(UnclearReason.Malformed);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_broken_compression_is_unclear(string encoding)
    {
        await using var panel = ScriptedPanel.Answering("""{"order":1, "this is":"not compressed"}""", headers: $"Content-Encoding: {encoding}\r\n");
        (await panel.AddOnceAsync(handler: new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All })).Reason().ShouldBe(UnclearReason.Malformed);
    }

    [Fact]
    public async Task A_compressed_answer_is_bounded_by_what_comes_out_of_it()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', 1_000_000) + "{\"order\":1}"));
        }

        await using var panel = ScriptedPanel.Doing(async (socket, ct) =>
        {
            await ScriptedPanel.SendAsync(socket, $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n", ct);
            await socket.SendAsync(packed.ToArray(), ct);
        });
        var result = await panel.AddOnceAsync(new ApiV2ClientOptions { MaxAnswerBytes = 500_000 }, new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        result.Reason().ShouldBe(UnclearReason.TooLarge);
    }
}
