using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tally.Torture;

/// <summary>The network between a node and PostgreSQL: it can be cut, and it can be slow.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Guid, Socket[]> _open = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _cut;
    private int _delayMs;

    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>All connections end at once, in the middle of whatever they carry, and new ones are refused.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (var pair in _open.Values)
        {
            Reset(pair);
        }
    }

    /// <summary>Every piece that passes, in either direction, is late by so much.</summary>
    public void Delay(TimeSpan by) => Volatile.Write(ref _delayMs, (int)by.TotalMilliseconds);

    /// <summary>The network works again.</summary>
    public void Mend()
    {
        _cut = false;
        Volatile.Write(ref _delayMs, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _ended.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptSocketAsync(_ended.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => CarryAsync(near));
        }
    }

    private async Task CarryAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Socket[] pair = [near, far];
        var id = Guid.NewGuid();
        _open[id] = pair;
        try
        {
            // Looked at after it is listed: a cut that comes between sees it in the list.
            if (!_cut)
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(IPAddress.Loopback, _target, _ended.Token);
                await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away: whoever asked sees its connection end.
        }
        finally
        {
            _open.TryRemove(id, out _);
            Reset(pair);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var count)
            {
                if (Volatile.Read(ref _delayMs) is > 0 and var delay)
                {
                    await Task.Delay(delay, _ended.Token);
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _ended.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, so the other goes too.
        }
    }

    private static void Reset(Socket[] pair)
    {
        foreach (var socket in pair)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }
    }
}
