using System.Net;
using System.Net.Sockets;
using Shouldly;
using Tally.Platform.Http;
using Xunit;

namespace Tally.Tests.Platform.Http;

public sealed class OutboundCallTests
{
    private static readonly OutboundOptions s_private = new() { AllowPrivate = true };

    [Fact]
    public async Task A_private_address_answers_when_the_operator_allows_it()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(s_private);
        (await client.GetStringAsync(site.Url("/hello"))).ShouldBe("hello");
        (await client.GetStringAsync(new Uri($"http://localhost:{site.Port}/hello"))).ShouldBe("hello");
        (await client.GetStringAsync(new Uri($"http://[::ffff:127.0.0.1]:{site.Port}/hello"))).ShouldBe("hello");
    }

    [Fact]
    public async Task A_private_address_is_not_reached_without_that()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(new OutboundOptions());
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(site.Url("/hello")));
        site.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_to_a_private_address_is_handed_back_and_not_followed()
    {
        await using var site = await LoopbackSite.StartAsync();
        var options = new OutboundOptions
        {
            Resolve = static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]),
            Connect = (_, cancel) => OutboundConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, site.Port), cancel),
        };
        using var client = OutboundGuard.CreateClient(options);
        using var response = await client.GetAsync(new Uri($"http://public.example/redirect?to={Uri.EscapeDataString(site.Url("/hello").ToString())}"));
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location.ShouldBe(site.Url("/hello"));
        site.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_over_the_whole_time_out_ends_as_perhaps_sent()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(s_private with { Timeout = TimeSpan.FromMilliseconds(300) });
        var late = await Assert.ThrowsAsync<TaskCanceledException>(() => client.PostAsync(site.Url("/silent"), null));
        late.InnerException.ShouldBeOfType<TimeoutException>();
        OutboundGuard.WasNotSent(late).ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_over_its_time_out_ends_as_not_sent()
    {
        var options = new OutboundOptions
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
            Connect = static async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return Stream.Null;
            },
        };
        await EndsAsNotSent(options, new Uri("http://93.184.216.34/"));
    }

    [Fact]
    public async Task A_look_up_over_the_connect_time_out_ends_as_not_sent_even_when_the_resolver_does_not_heed_cancellation()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var options = new OutboundOptions { ConnectTimeout = TimeSpan.FromMilliseconds(200), Resolve = (_, _) => never.Task };
        await EndsAsNotSent(options, new Uri("http://slow.example/"));
    }

    [Fact]
    public async Task A_TLS_handshake_over_the_connect_time_out_ends_as_not_sent()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await EndsAsNotSent(s_private with { ConnectTimeout = TimeSpan.FromMilliseconds(300) }, new Uri($"https://{mute.LocalEndpoint}/"));
    }

    [Fact]
    public async Task A_cancellation_by_the_caller_stays_a_cancellation()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(s_private);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PostAsync(site.Url("/silent"), null, stop.Token));
        stop.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_port_ends_as_not_sent()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var client = OutboundGuard.CreateClient(s_private);
        var failed = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{port}/")));
        OutboundGuard.WasNotSent(failed).ShouldBeTrue();
    }

    [Fact]
    public async Task No_cookie_is_kept_and_no_trace_id_is_told()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(s_private);
        await client.GetStringAsync(site.Url("/cookie"));
        (await client.GetStringAsync(site.Url("/cookie"))).ShouldBeEmpty();
        using var activity = new System.Diagnostics.Activity("test").Start();
        var headers = await client.GetStringAsync(site.Url("/headers"));
        headers.ShouldContain("Accept-Encoding: gzip");
        headers.ShouldNotContain("traceparent", Case.Insensitive);
    }

    [Fact]
    public async Task Headers_and_bodies_over_their_limit_are_errors_also_when_they_come_compressed()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(s_private with { MaxResponseBytes = 1024 * 1024 });
        var headers = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(site.Url("/many-headers")));
        var body = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(site.Url("/bomb")));
        headers.HttpRequestError.ShouldBe(HttpRequestError.ConfigurationLimitExceeded);
        body.HttpRequestError.ShouldBe(HttpRequestError.ConfigurationLimitExceeded);
        OutboundGuard.WasNotSent(body).ShouldBeFalse();
    }

    private static async Task EndsAsNotSent(OutboundOptions options, Uri target)
    {
        using var client = OutboundGuard.CreateClient(options);
        var failed = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(target)).WaitAsync(TimeSpan.FromSeconds(20));
        failed.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        failed.InnerException.ShouldBeOfType<TimeoutException>();
        OutboundGuard.WasNotSent(failed).ShouldBeTrue();
    }
}
