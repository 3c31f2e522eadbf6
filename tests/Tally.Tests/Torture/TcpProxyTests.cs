using System.Net;
using System.Net.Sockets;
using Shouldly;
using Tally.Torture;
using Xunit;

namespace Tally.Tests.Torture;

/// <summary>The network between a node and PostgreSQL does what its faults say of it.</summary>
public sealed class TcpProxyTests
{
    [Fact]
    public async Task It_carries_both_ways_until_it_is_cut_and_again_when_it_is_mended()
    {
        using var echo = new Echo();
        await using var proxy = new TcpProxy(echo.Port);
        using var open = await ConnectAsync(proxy);
        (await AskAsync(open)).ShouldBe(7);

        proxy.Cut();

        await Should.ThrowAsync<SocketException>(() => AskAsync(open));
        await Should.ThrowAsync<SocketException>(async () =>
        {
            // The end may come before it is connected, or behind it.
            using var refused = await ConnectAsync(proxy);
            await AskAsync(refused);
        });

        proxy.Mend();

        using var again = await ConnectAsync(proxy);
        (await AskAsync(again)).ShouldBe(7);
    }

    [Fact]
    public async Task It_can_be_slow_in_both_directions()
    {
        using var echo = new Echo();
        await using var proxy = new TcpProxy(echo.Port);
        using var open = await ConnectAsync(proxy);
        proxy.Delay(TimeSpan.FromMilliseconds(150));
        var began = TimeProvider.System.GetTimestamp();
        (await AskAsync(open)).ShouldBe(7);
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(290));
    }

    private static async Task<Socket> ConnectAsync(TcpProxy proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port);
        return socket;
    }

    // What comes back of a 7; an end without an answer is a reset as good as any.
    private static async Task<int> AskAsync(Socket socket)
    {
        await socket.SendAsync(new byte[] { 7 });
        var answer = new byte[1];
        return await socket.ReceiveAsync(answer) == 1 ? answer[0] : throw new SocketException((int)SocketError.ConnectionReset);
    }

    private sealed class Echo : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Echo()
        {
            _listener.Start();
            _ = Task.Run(AnswerAsync);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task AnswerAsync()
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _ = Task.Run(async () =>
                {
                    var buffer = new byte[1];
                    while (await socket.ReceiveAsync(buffer) == 1)
                    {
                        await socket.SendAsync(buffer);
                    }
                });
            }
        }
    }
}
