using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

/// <summary>Reading and answering over a real server and real sockets; the site answers with the parameters it has read.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private EchoSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await EchoSite.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Query_body_and_bearer_are_one_request()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _site.Url("?action=status&order=7")) { Content = Form("order=7&link=a") };
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", "tly_1");
        (await AnswerAsync(request)).ShouldBe("""{"key":"tly_1","action":"status","order":"7","link":"a"}""");
    }

    [Fact]
    public async Task A_GET_carries_the_same_parameters() =>
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, _site.Url("?key=tly_1&link=%F0%9F%91%8D+x")))).ShouldBe("""{"key":"tly_1","link":"👍 x"}""");

    [Fact]
    public async Task Query_and_body_that_differ_are_refused_by_name() =>
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Post, _site.Url("?order=7")) { Content = Form("order=8") })).ShouldContain("order: sent twice with different values");

    [Fact]
    public async Task A_bearer_beside_another_key_is_refused_by_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _site.Url("?key=tly_1"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "tly_2");
        (await AnswerAsync(request)).ShouldContain("key: sent twice with different values");
    }

    [Fact]
    public async Task Another_scheme_of_authorization_is_not_a_key()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _site.Url("?key=tly_1"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "dXNlcjpwYXNz");
        (await AnswerAsync(request)).ShouldBe("""{"key":"tly_1"}""");
    }

    [Fact]
    public async Task Multipart_as_clients_make_it_is_read()
    {
        using var content = new MultipartFormDataContent { { new StringContent("tly_1"), "key" }, { new StringContent("a\nb 👍"), "comments" } };
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Post, _site.Url("")) { Content = content })).ShouldBe("""{"key":"tly_1","comments":"a\nb 👍"}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_largest_body_is_read_and_one_byte_more_is_refused(bool chunked)
    {
        (await AnswerAsync(Sized(RequestBody.MaxBytes, chunked))).Length.ShouldBeGreaterThan(1_000_000);
        using var answer = await _client.SendAsync(Sized(RequestBody.MaxBytes + 1, chunked));
        await ShouldBeTooLargeAsync(answer);
    }

    [Theory]
    [InlineData(2 * 1_048_576, false)]
    [InlineData(2 * 1_048_576, true)]
    [InlineData(40 * 1_048_576, false)]
    [InlineData(40 * 1_048_576, true)]
    public async Task A_body_far_too_large_still_gets_its_answer(int length, bool chunked)
    {
        using var answer = await _client.SendAsync(Sized(length, chunked));
        await ShouldBeTooLargeAsync(answer);
    }

    [Fact]
    public async Task A_body_that_announces_too_much_is_refused_before_it_comes()
    {
        var answer = await RawAsync("POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999999999\r\n\r\nkey=1");
        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("Connection: close\r\n");
        answer.ShouldEndWith("""{"error":"Incorrect request","code":"incorrect_request","detail":"The body is larger than 1048576 bytes."}""");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br, identity")]
    public async Task A_compressed_body_is_refused(string encoding)
    {
        var content = Form("order=7");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Post, _site.Url("")) { Content = content })).ShouldContain("Content-Encoding is not supported");
    }

    [Fact]
    public async Task Chunks_that_make_no_sense_are_refused_and_the_connection_ends()
    {
        var answer = await RawAsync("POST /api/v2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nkey=1\r\n");
        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("The body could not be read.");
    }

    [Fact]
    public async Task A_body_that_is_cut_short_never_becomes_a_request()
    {
        await RawAsync("POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nkey=1&quantity=10", halfClose: true);
        await _site.IdleAsync();
        _site.Read.ShouldBe(0);
    }

    [Fact]
    public async Task The_content_type_is_exact_and_the_length_is_told()
    {
        using var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, _site.Url("?order=7")));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.NonValidated["Content-Type"].ToString().ShouldBe("application/json");
        answer.Content.Headers.ContentLength.ShouldBe("""{"order":"7"}""".Length);
        answer.Headers.TransferEncodingChunked.ShouldBeNull();
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_HEAD_gets_the_headers_of_a_GET()
    {
        using var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, _site.Url("?order=7")));
        answer.Content.Headers.ContentLength.ShouldBe("""{"order":"7"}""".Length);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(1, "1")]
    [InlineData(1_000, "1")]
    [InlineData(1_001, "2")]
    [InlineData(900_000, "900")]
    public async Task Flood_control_answers_429_with_whole_seconds(int waitMs, string seconds)
    {
        _site.RetryAfter = TimeSpan.FromMilliseconds(waitMs);
        using var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, _site.Url("")));
        ((int)answer.StatusCode, answer.Headers.NonValidated["Retry-After"].ToString()).ShouldBe((429, seconds));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"error":"Rate limit exceeded","code":"rate_limited"}""");
    }

    private async Task<string> AnswerAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await _client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static async Task ShouldBeTooLargeAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ConnectionClose.ShouldBe(true);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"error":"Incorrect request","code":"incorrect_request","detail":"The body is larger than 1048576 bytes."}""");
    }

    private HttpRequestMessage Sized(int length, bool chunked)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _site.Url("")) { Content = Form("link=" + new string('a', length - 5)) };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        return request;
    }

    private static StringContent Form(string body) => new(body, Encoding.UTF8, Requests.Form);

    private async Task<string> RawAsync(string request, bool halfClose = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _site.Port);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        if (halfClose)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            // Up to the brace that ends the answer: the server keeps a refused connection for some seconds, so that the answer is not lost.
            for (int read; (answer.Length == 0 || answer[^1] != '}') && (read = await stream.ReadAsync(buffer, timeout.Token)) > 0;)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // The server may end a connection whose rest it does not read by a reset; if there is an answer, it has come before that.
            (answer.Length > 0 || halfClose).ShouldBeTrue();
        }

        return answer.ToString();
    }
}
