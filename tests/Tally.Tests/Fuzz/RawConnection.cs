using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace Tally.Tests.Fuzz;

/// <summary>An answer, read from the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public override string ToString() => $"{Status} {string.Join("; ", Headers.Select(h => h.Key + ": " + h.Value))}\n{Text}";
}

/// <summary>One caller's connection, which sends bytes as they are: no client library would. Opened anew when the server or a broken request has ended it.</summary>
internal sealed class RawConnection(string host, int port) : IAsyncDisposable
{
    /// <summary>A request of more bytes may be given up, with its connection, before it has all been sent.</summary>
    public const int LargeBytes = 1_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer to what is no proper request is waited for before the server is told that nothing more comes, on which it may end the connection without one.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(30);

    private Socket? _socket;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;

    /// <summary>Sends one whole request and reads its answer; the connection stays open if the server lets it.</summary>
    public async Task<RawAnswer?> AskAsync(FuzzRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var again = false; ; again = true)
        {
            var fresh = await OpenAsync(patience.Token);
            try
            {
                await SendAllAsync(request.Bytes, patience.Token);
                var answer = await ReadAsync(request.IsHead, patience.Token);
                if (answer is not null || fresh || again)
                {
                    if (answer is null || answer.Headers.GetValueOrDefault("connection") == "close")
                    {
                        Close();
                    }

                    return answer;
                }
            }
            catch (SocketException) when (request.Bytes.Length > LargeBytes)
            {
                // A body that is given up while it still comes: its answer may be lost with the connection.
                Close();
                return null;
            }
            catch (SocketException) when (!fresh && !again)
            {
                // The server had ended a connection that was kept: nothing of this request was read.
            }

            Close();
        }
    }

    /// <summary>Sends what is no proper request, reads what is answered, says that this was all once the server is quiet, and reads the rest until the server ends the connection.</summary>
    /// <returns>The answers, and whether the connection broke before its end.</returns>
    public async Task<(IReadOnlyList<RawAnswer> Answers, bool Broke)> ThrowAsync(FuzzRequest request)
    {
        Close();
        using var patience = new CancellationTokenSource(Patience);
        await OpenAsync(patience.Token);
        var answers = new List<RawAnswer>();
        try
        {
            await SendAllAsync(request.Bytes, patience.Token);
            for (var said = false; ;)
            {
                if (!said && await IsQuietAsync(patience.Token))
                {
                    _socket!.Shutdown(SocketShutdown.Send);
                    said = true;
                }

                if (await ReadAsync(request.IsHead, patience.Token) is not { } answer)
                {
                    return (answers, false);
                }

                answers.Add(answer);
            }
        }
        catch (SocketException)
        {
            // The server answers a request that it gives up, and ends the connection while the rest is still coming.
            return (answers, true);
        }
        finally
        {
            Close();
        }
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> OpenAsync(CancellationToken ct)
    {
        if (_socket is not null)
        {
            return false;
        }

        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        (_start, _end) = (0, 0);
        await _socket.ConnectAsync(host, port, ct);
        return true;
    }

    private async Task SendAllAsync(byte[] bytes, CancellationToken ct)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await _socket!.SendAsync(bytes.AsMemory(sent), ct);
            }
        }
        catch (SocketException) when (bytes.Length > LargeBytes)
        {
            // A body that is too large is answered before it has all come; the answer is read all the same.
        }
    }

    /// <summary>Whether nothing comes for a while; what comes is kept for the next reading, and the connection's end comes, too.</summary>
    private async Task<bool> IsQuietAsync(CancellationToken ct)
    {
        if (_end > _start)
        {
            return false;
        }

        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
        quiet.CancelAfter(Quiet);
        try
        {
            await FillAsync(quiet.Token);
            return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <returns>Null at the end of the connection.</returns>
    private async Task<RawAnswer?> ReadAsync(bool head, CancellationToken ct)
    {
        while (true)
        {
            if (await LineAsync(ct) is not { } first)
            {
                return null;
            }

            var status = int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await LineAsync(ct) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }

            if (status is >= 100 and < 200)
            {
                continue;
            }

            var body = head || status is 204 or 304 ? []
                : headers.GetValueOrDefault("transfer-encoding") == "chunked" ? await ChunksAsync(ct)
                : headers.TryGetValue("content-length", out var length) ? await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture), ct)
                : await RestAsync(ct);
            return new RawAnswer(status, headers, Plain(body, headers.GetValueOrDefault("content-encoding")));
        }
    }

    private static byte[] Plain(byte[] body, string? encoding)
    {
        if (encoding is null || body.Length == 0)
        {
            return body;
        }

        using var packed = new MemoryStream(body);
        using Stream plain = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => throw new InvalidDataException("An answer in the encoding " + encoding),
        };
        using var all = new MemoryStream();
        plain.CopyTo(all);
        return all.ToArray();
    }

    private async Task<byte[]> ChunksAsync(CancellationToken ct)
    {
        var body = new List<byte>();
        while (int.Parse(await LineAsync(ct) ?? "0", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            body.AddRange(await TakeAsync(length, ct));
            await LineAsync(ct);
        }

        await LineAsync(ct);
        return [.. body];
    }

    private async Task<byte[]> RestAsync(CancellationToken ct)
    {
        while (await FillAsync(ct))
        {
            // Until the connection's end, which is the body's.
        }

        return await TakeAsync(_end - _start, ct);
    }

    private async Task<string?> LineAsync(CancellationToken ct)
    {
        for (var seen = 0; ;)
        {
            var end = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, seen + end).TrimEnd('\r');
                _start += seen + end + 1;
                return line;
            }

            seen = _end - _start;
            if (!await FillAsync(ct))
            {
                return seen == 0 ? null : throw new InvalidDataException("The answer ends within a line.");
            }
        }
    }

    private async Task<byte[]> TakeAsync(int length, CancellationToken ct)
    {
        while (_end - _start < length)
        {
            if (!await FillAsync(ct))
            {
                throw new InvalidDataException("The answer ends before its length.");
            }
        }

        var taken = _buffer[_start..(_start + length)];
        _start += length;
        return taken;
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _socket!.ReceiveAsync(_buffer.AsMemory(_end), ct);
        _end += read;
        return read > 0;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
