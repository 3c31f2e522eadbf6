using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.ApiV2;

/// <summary>Clients that hang up in the middle of a request are everyday life: no order comes of it, and no error is logged.</summary>
public sealed class HungUpTests
{
    private const int Clients = 200;

    [Theory, BothStores]
    public async Task A_client_that_hangs_up_in_the_middle_of_an_order_orders_nothing_and_leaves_no_error_in_the_log(StoreKind kind)
    {
        using var log = new ContractLog();
        await using var panel = await TestPanel.StartAsync(kind, also: builder => builder.Services.AddSingleton<ILoggerProvider>(log));
        var service = await panel.AddServiceAsync();
        var body = Encoding.ASCII.GetBytes($"key={panel.Key}&action=add&service={service.Id}&quantity=100&link=https://example.com/a");
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => HangUpAsync(panel, body, n)));

        // Answers come from the same server, behind what it had to do for those before.
        for (var n = 0; n < 20; n++)
        {
            (await panel.BalanceAsync()).ShouldBe("1000000");
            await Task.Delay(25);
        }

        log.Errors.ShouldBeEmpty();
    }

    /// <summary>
    /// The server learns of it at two places, and on a busy machine the end of the body comes first: what it does not know yet must be said to it, or it reads on where nothing
    /// can be read, and logs an error ("automatic draining of the request body failed"), as the torture has seen.
    /// </summary>
    [Fact]
    public async Task The_connection_of_a_client_that_has_gone_is_ended_also_when_the_server_does_not_know_yet()
    {
        var gone = new GoneInTheMiddle();
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite, also: builder => builder.Services.AddSingleton<IStartupFilter>(gone));
        await Should.ThrowAsync<HttpRequestException>(() => panel.CallAsync("balance"));
        gone.Aborted.ShouldBeTrue();
    }

    private static async Task HangUpAsync(TestPanel panel, byte[] body, int n)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(IPAddress.Loopback, panel.Api.Port);
        var head = string.Create(CultureInfo.InvariantCulture, $"POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        await socket.SendAsync(body.AsMemory(0, body.Length / 2));
        await Task.Delay(n % 20);
    }

    /// <summary>Every request's body breaks off with the connection, and nothing else tells of it.</summary>
    private sealed class GoneInTheMiddle : IStartupFilter
    {
        public bool Aborted { get; private set; }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, rest) =>
            {
                var pipe = new Pipe();
                await pipe.Writer.CompleteAsync(new ConnectionResetException("The client has gone."));
                http.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
                http.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime(http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), () => Aborted = true));
                await rest(http);
            });
            next(app);
        };

        private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;

        private sealed class Lifetime(IHttpRequestLifetimeFeature real, Action aborted) : IHttpRequestLifetimeFeature
        {
            public CancellationToken RequestAborted { get; set; } = CancellationToken.None;

            public void Abort()
            {
                aborted();
                real.Abort();
            }
        }
    }
}
