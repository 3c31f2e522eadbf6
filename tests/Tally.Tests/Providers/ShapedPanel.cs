using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tally.Tests.Contract;

namespace Tally.Tests.Providers;

/// <summary>The raw bytes of an HTTP answer, and what happens to the connection behind them.</summary>
/// <param name="Bytes">Null: none at all.</param>
internal sealed record RawAnswer(byte[]? Bytes, RawAnswer.Ending End = RawAnswer.Ending.Close)
{
    internal enum Ending
    {
        Close,
        Reset,

        /// <summary>A reset when the client has had the time to read: one throws away what the far side has not fetched yet.</summary>
        LateReset,
        Silence,
    }

    public static RawAnswer Json(string json, string status = "200 OK") => Of(Encoding.UTF8.GetBytes(json), status, "application/json");

    public static RawAnswer Html(string status = "200 OK") => Of("<!DOCTYPE html><html><body><h1>Just a moment…</h1></body></html>"u8.ToArray(), status, "text/html");

    public static RawAnswer Gzip(string json, bool broken = false)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(json));
        }

        var bytes = packed.ToArray();
        if (broken)
        {
            bytes.AsSpan(10).Fill(0xFF);
        }

        return Of(bytes, "200 OK", "application/json", "Content-Encoding: gzip\r\n");
    }

    /// <summary>Only the head, and the first characters of the body.</summary>
    public static RawAnswer CutOff(string json, int characters)
    {
        var whole = Json(json).Bytes!;
        return new RawAnswer(whole[..^(json.Length - characters)]);
    }

    public static RawAnswer Of(byte[] body, string status, string type, string headers = "")
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        return new RawAnswer([.. Encoding.ASCII.GetBytes(head), .. body]);
    }
}

/// <summary>A panel on raw sockets that answers each action with given bytes, many connections at once, and counts what it was asked.</summary>
internal sealed class ShapedPanel : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _answering = [];
    private readonly Func<string, RawAnswer> _answers;
    private readonly Task _serving;

    /// <param name="answers">From an action to its answer.</param>
    public ShapedPanel(Func<string, RawAnswer> answers)
    {
        _answers = answers;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/api/v2");
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    public int Asked(string action) => _asked.GetValueOrDefault(action);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        await Task.WhenAll(_answering);
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                _answering.Add(AnswerAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var mine = socket;
        try
        {
            var request = await ReadAsync(socket);
            var action = WebUtility.UrlDecode(request[(request.IndexOf("action=", StringComparison.Ordinal) + 7)..].Split('&')[0]);
            _asked.AddOrUpdate(action, 1, (_, n) => n + 1);
            var answer = _answers(action);
            if (answer.Bytes is { } bytes)
            {
                await socket.SendAsync(bytes, _stop.Token);
            }

            switch (answer.End)
            {
                case RawAnswer.Ending.Reset:
                    ScriptedPanel.Reset(socket);
                    break;
                case RawAnswer.Ending.LateReset:
                    await Task.Delay(200, _stop.Token);
                    ScriptedPanel.Reset(socket);
                    break;
                case RawAnswer.Ending.Silence:
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    break;
                default:
                    socket.Shutdown(SocketShutdown.Send);
                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over, or the client went away: both are part of the play.
        }
    }

    private async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, _stop.Token);
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var whole = text.ToString();
            var end = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (end >= 0 && whole.Length - end - 4 >= int.Parse(ScriptedPanel.HeaderOf(whole, "Content-Length") ?? "0", CultureInfo.InvariantCulture)))
            {
                return whole;
            }
        }
    }
}
