using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Tally.Contract;

namespace Tally.Tests.Contract;

/// <summary>A panel on a raw socket: it keeps the bytes of each request and then does what the script says, however rude.</summary>
internal sealed class ScriptedPanel : IAsyncDisposable
{
    public const string Key = "tly_secret/key+0123456789";

    public static readonly AddOrder Order = new() { Service = "1", Link = "https://x.example", Quantity = 100 };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _request = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<Socket, CancellationToken, Task> _script;
    private readonly bool _readsRequest;
    private readonly Task _serving;
    private int _connections;

    private ScriptedPanel(Func<Socket, CancellationToken, Task> script, bool readsRequest = true, string scheme = "http")
    {
        _script = script;
        _readsRequest = readsRequest;
        _listener.Start();
        Endpoint = new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/api/v2");
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The first request, head and body, when it is wholly here.</summary>
    public Task<string> Request => _request.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public static ScriptedPanel Sending(string raw) => new((socket, ct) => SendAsync(socket, raw, ct));

    public static ScriptedPanel Doing(Func<Socket, CancellationToken, Task> script) => new(script);

    public static ScriptedPanel DoingAtOnce(Func<Socket, CancellationToken, Task> script, string scheme = "http") => new(script, readsRequest: false, scheme);

    public static ScriptedPanel Answering(string json, string status = "200 OK", string headers = "") =>
        Sending($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\nConnection: close\r\n\r\n{json}");

    public static Task SendAsync(Socket socket, string raw, CancellationToken ct) => socket.SendAsync(Encoding.UTF8.GetBytes(raw), ct).AsTask();

    /// <summary>Ends the connection with a reset instead of a goodbye.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public ApiV2Client Client(ApiV2ClientOptions? options = null, HttpMessageHandler? handler = null) =>
        new(new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }), Endpoint, Key, options);

    /// <summary>Adds an order, and sees that it was not tried again.</summary>
    public async Task<ApiResult<long>> AddOnceAsync(ApiV2ClientOptions? options = null, HttpMessageHandler? handler = null)
    {
        var result = await Client(options, handler).AddAsync(Order);
        Connections.ShouldBe(1, "nothing is ever tried again");
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                if (_readsRequest)
                {
                    _request.TrySetResult(await ReadRequestAsync(socket, _stop.Token));
                }

                await _script(socket, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the client went away: both are part of the play.
            _request.TrySetException(e);
        }
    }

    private static async Task<string> ReadRequestAsync(Socket socket, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!IsWhole(text))
        {
            var read = await socket.ReceiveAsync(buffer, ct);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static bool IsWhole(StringBuilder received)
    {
        var text = received.ToString();
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && text.Length - end - 4 >= int.Parse(HeaderOf(text, "Content-Length") ?? "0");
    }

    public static string? HeaderOf(string request, string name) =>
        Array.Find(request.Split("\r\n"), l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    public static string BodyOf(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
