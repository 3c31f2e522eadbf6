using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace Tally.Tests.Mail;

/// <summary>A mail server on loopback that keeps what it is handed, and can be told to refuse.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public SmtpSink()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What arrived, in order.</summary>
    public ConcurrentQueue<MimeMessage> Received { get; } = new();

    /// <summary>How often somebody signed in, with what.</summary>
    public ConcurrentQueue<string> SignIns { get; } = new();

    /// <summary>What the server says to a command instead of yes; null = yes.</summary>
    public Func<string, string?> Refuse { get; set; } = _ => null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await SayAsync(stream, "220 sink");
        while (await reader.ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (Refuse(line) is { } no)
            {
                await SayAsync(stream, no);
            }
            else if (verb == "EHLO")
            {
                await SayAsync(stream, "250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME");
            }
            else if (verb == "AUTH")
            {
                SignIns.Enqueue(Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Replace('\0', ' ').Trim());
                await SayAsync(stream, "235 ok");
            }
            else if (verb == "DATA")
            {
                await SayAsync(stream, "354 go on");
                await SayAsync(stream, await ReadMessageAsync(reader) ?? "250 ok");
            }
            else if (verb == "QUIT")
            {
                await SayAsync(stream, "221 bye");
                return;
            }
            else
            {
                await SayAsync(stream, "250 ok");
            }
        }
    }

    private async Task<string?> ReadMessageAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".")
        {
            text.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");
        }

        if (Refuse("<message>") is { } no)
        {
            return no;
        }

        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(text.ToString()));
        Received.Enqueue(await MimeMessage.LoadAsync(bytes));
        return null;
    }

    private static Task SayAsync(NetworkStream stream, string line) => stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n")).AsTask();
}
