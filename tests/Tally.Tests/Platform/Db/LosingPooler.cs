using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Tally.Tests.Platform.Db;

/// <summary>
/// Stands between a client and PostgreSQL as PgBouncer does, and loses the server at the worst moment: it hands on the COMMIT, waits until the server has carried it out, and tells the
/// client in PgBouncer's words that the server is gone.
/// </summary>
internal sealed class LosingPooler : IAsyncDisposable
{
    private static readonly byte[] s_commit = "COMMIT\0"u8.ToArray();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly string _host;
    private readonly int _port;
    private byte[]? _lost;

    public LosingPooler(string server)
    {
        var to = new NpgsqlConnectionStringBuilder(server);
        (_host, _port) = (to.Host!, to.Port);
        _listener.Start();
        (to.Host, to.Port, to.Pooling, to.MaxAutoPrepare) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, false, 0);
        ConnectionString = to.ToString();
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Loses, once, the COMMIT of the next transaction that this is a part of.</summary>
    public void LoseCommitAfter(string statement) => Volatile.Write(ref _lost, Encoding.UTF8.GetBytes(statement));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                relays.Add(RelayAsync(client));
            }
        }
        finally
        {
            foreach (var relay in relays)
            {
                await relay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var mine = client;
        using var server = new TcpClient();
        await server.ConnectAsync(_host, _port, _end.Token);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var back = server.GetStream().CopyToAsync(client.GetStream(), over.Token);
        try
        {
            await ForwardAsync(client.GetStream(), server.GetStream(), async () =>
            {
                // From here on the client hears nothing of the server any more.
                await over.CancelAsync();
                await back.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
        }
        finally
        {
            await over.CancelAsync();
            await back.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ForwardAsync(NetworkStream client, NetworkStream server, Func<Task> silenceAsync)
    {
        var buffer = new byte[64 * 1024];
        var mine = false;
        int read;
        while ((read = await client.ReadAsync(buffer, _end.Token)) > 0)
        {
            mine |= Volatile.Read(ref _lost) is { } lost && buffer.AsSpan(0, read).IndexOf(lost) >= 0;
            if (mine && buffer.AsSpan(0, read).IndexOf(s_commit) >= 0 && Interlocked.Exchange(ref _lost, null) is not null)
            {
                await silenceAsync();
                await server.WriteAsync(buffer.AsMemory(0, read), _end.Token);
                _ = await server.ReadAtLeastAsync(buffer, 1, cancellationToken: _end.Token);
                await client.WriteAsync(ServerCrashed(), _end.Token);
                return;
            }

            await server.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    // An ErrorResponse: 'E', its length, and fields that end with a zero.
    private static byte[] ServerCrashed()
    {
        var fields = Encoding.UTF8.GetBytes("SFATAL\0C08P01\0Mserver conn crashed?\0\0");
        var message = new byte[5 + fields.Length];
        message[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + fields.Length);
        fields.CopyTo(message, 5);
        return message;
    }
}
