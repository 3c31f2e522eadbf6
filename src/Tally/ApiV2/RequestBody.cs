using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Tally.ApiV2;

/// <summary>How reading a body ended.</summary>
internal enum BodyOutcome
{
    Complete,

    /// <summary>Longer than <see cref="RequestBody.MaxBytes"/>; not read to its end.</summary>
    TooLarge,

    /// <summary>The server could not make sense of its chunks, or it came too slowly.</summary>
    Unreadable,

    /// <summary>Less came than was announced. Half an order is no order.</summary>
    CutShort,
}

/// <summary>A request's body in a pooled buffer that grows with what has come, not with what was announced.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>1 MiB, api-v2.md section 1.</summary>
    public const int MaxBytes = 1_048_576;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1_024);
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The same bytes as a stream; ends with this object.</summary>
    public Stream AsStream() => new MemoryStream(_bytes, 0, _length, writable: false);

    /// <summary>Reads the whole body, counting as it comes. It ends when the client goes away, also without a token that says so: the server breaks the body off.</summary>
    public async ValueTask<BodyOutcome> FillAsync(HttpRequest request)
    {
        // The server's own limit would answer 413 with its own words, or hang up on one who is still sending: this one is counted below. A body that is short enough, and says so, meets neither.
        if (request.ContentLength is not <= MaxBytes && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (request.ContentLength > MaxBytes)
        {
            return BodyOutcome.TooLarge;
        }

        try
        {
            return await ReadAsync(request);
        }
        catch (BadHttpRequestException)
        {
            return BodyOutcome.Unreadable;
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return BodyOutcome.CutShort;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private async ValueTask<BodyOutcome> ReadAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            var fits = read.Buffer.Length <= MaxBytes - _length;
            if (fits)
            {
                Append(read.Buffer);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (!fits)
            {
                return BodyOutcome.TooLarge;
            }

            if (read.IsCompleted)
            {
                return _length < request.ContentLength ? BodyOutcome.CutShort : BodyOutcome.Complete;
            }
        }
    }

    private void Append(ReadOnlySequence<byte> more)
    {
        var length = _length + (int)more.Length;
        if (length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Min(_bytes.Length * 2, MaxBytes)));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        more.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }
}
