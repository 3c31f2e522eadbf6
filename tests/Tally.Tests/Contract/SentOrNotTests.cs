using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>When the time of an <c>add</c> is over or there is no connection for it: whether it may have been sent.</summary>
public sealed class SentOrNotTests
{
    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"order\":")]
    public async Task Silence_is_unclear_when_the_time_is_over(string before)
    {
        var time = new FakeTimeProvider();
        await using var panel = ScriptedPanel.Doing(async (socket, ct) =>
        {
            await ScriptedPanel.SendAsync(socket, before, ct);
            await Task.Delay(Timeout.Infinite, ct);
        });
        var add = panel.AddOnceAsync(new ApiV2ClientOptions { Time = time });
        await panel.Request;

        time.Advance(TimeSpan.FromSeconds(29));
        add.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        (await add.WaitAsync(TimeSpan.FromSeconds(20))).Reason().ShouldBe(UnclearReason.TimedOut);
    }

    [Fact]
    public async Task A_call_that_waited_for_a_connection_until_its_time_was_over_was_not_sent()
    {
        await using var panel = ScriptedPanel.Doing((_, ct) => Task.Delay(Timeout.Infinite, ct));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, MaxConnectionsPerServer = 1 });
        using var stop = new CancellationTokenSource();
        var first = new ApiV2Client(http, panel.Endpoint, ScriptedPanel.Key).AddAsync(ScriptedPanel.Order, stop.Token);
        await panel.Request;
        var second = await new ApiV2Client(http, panel.Endpoint, ScriptedPanel.Key, new ApiV2ClientOptions { Timeout = TimeSpan.FromMilliseconds(300) }).AddAsync(ScriptedPanel.Order);
        second.ShouldBeOfType<ApiResult<long>.NotSent>().What.ShouldContain("No connection was free");
        panel.Connections.ShouldBe(1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
    }

    [Fact]
    public async Task The_HttpClients_own_time_out_is_unclear_too()
    {
        await using var panel = ScriptedPanel.Doing((_, ct) => Task.Delay(Timeout.Infinite, ct));
        var http = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };
        (await new ApiV2Client(http, panel.Endpoint, ScriptedPanel.Key).AddAsync(ScriptedPanel.Order)).Reason().ShouldBe(UnclearReason.TimedOut);
    }

    [Fact]
    public async Task A_cancellation_by_the_caller_is_thrown_with_the_callers_token()
    {
        await using var panel = ScriptedPanel.Doing((_, ct) => Task.Delay(Timeout.Infinite, ct));
        using var mine = new CancellationTokenSource();
        var add = panel.Client().AddAsync(ScriptedPanel.Order, mine.Token);
        await panel.Request;
        await mine.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(add)).CancellationToken.ShouldBe(mine.Token);
    }

    [Fact]
    public async Task A_call_cancelled_beforehand_sends_nothing()
    {
        await using var panel = ScriptedPanel.Answering("""{"order":1}""");
        await Should.ThrowAsync<OperationCanceledException>(panel.Client().AddAsync(ScriptedPanel.Order, new CancellationToken(canceled: true)));
        panel.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_connection_is_not_sent()
    {
        // Bound but not listening: nobody else can take the port, and nobody answers on it.
        using var deaf = new Socket(SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)deaf.LocalEndPoint!).Port}/api/v2");
        (await new ApiV2Client(new HttpClient(), endpoint, ScriptedPanel.Key).AddAsync(ScriptedPanel.Order)).ShouldBeOfType<ApiResult<long>.NotSent>().What.ShouldContain("refused", Case.Insensitive);
    }

    [Fact]
    public async Task An_unknown_name_is_not_sent()
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, _) => throw new SocketException((int)SocketError.HostNotFound) };
        (await new ApiV2Client(new HttpClient(handler), new Uri("http://panel.example/api/v2"), ScriptedPanel.Key).AddAsync(ScriptedPanel.Order)).ShouldBeOfType<ApiResult<long>.NotSent>();
    }

    [Fact]
    public async Task A_failed_TLS_handshake_is_not_sent()
    {
        await using var panel = ScriptedPanel.DoingAtOnce((socket, ct) => ScriptedPanel.SendAsync(socket, "HTTP/1.1 400 Bad Request\r\n\r\n", ct), "https");
        (await panel.Client().AddAsync(ScriptedPanel.Order)).ShouldBeOfType<ApiResult<long>.NotSent>();
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    public async Task An_error_of_connection_after_the_body_was_touched_proves_nothing(HttpRequestError error)
    {
        var http = new HttpClient(new StubHandler(async (request, ct) =>
        {
            await request.Content!.ReadAsByteArrayAsync(ct);
            throw new HttpRequestException(error, "later");
        }));
        (await new ApiV2Client(http, new Uri("http://panel.example/"), ScriptedPanel.Key).AddAsync(ScriptedPanel.Order)).Reason().ShouldBe(UnclearReason.ConnectionLost);
    }

    [Theory]
    [InlineData(HttpRequestError.Unknown)]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.HttpProtocolError)]
    public async Task Any_other_error_proves_nothing_either(HttpRequestError error)
    {
        var http = new HttpClient(new StubHandler((_, _) => throw new HttpRequestException(error, "whatever")));
        (await new ApiV2Client(http, new Uri("http://panel.example/"), ScriptedPanel.Key).AddAsync(ScriptedPanel.Order)).Reason().ShouldBe(UnclearReason.ConnectionLost);
    }
}
