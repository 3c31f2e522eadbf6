using System.Globalization;
using System.IO.Pipelines;

namespace Tally.ApiV2;

/// <summary>
/// An answer and what HTTP says about it: 200 whatever it holds, 429 for flood control, 304 when the client has it already (api-v2.md section 1). Sent
/// with its length.
/// </summary>
internal sealed class Response : IDisposable
{
    private const int LargestSlice = 32 * 1024;

    private ServicesBody? _services;
    private TimeSpan? _retryAfter;
    private bool _notModified;
    private bool _close;

    /// <summary>Where an action writes its answer.</summary>
    public ResponseJson Json { get; } = new();

    /// <summary>Replaces whatever was written by a refusal.</summary>
    /// <param name="retryAfter">Flood control: when to come again; null for every other refusal.</param>
    /// <param name="close">The connection ends with this answer, because the rest of the request is not read.</param>
    public void Refuse(Refusal refusal, TimeSpan? retryAfter = null, bool close = false)
    {
        (_services, _retryAfter, _notModified, _close) = (null, retryAfter, false, close);
        Json.Clear();
        Errors.Write(Json, refusal);
    }

    /// <summary>Answers with the ready list of services, or with the word that the client's copy is still right.</summary>
    public void Services(ServicesBody body, bool notModified) => (_services, _notModified) = (body, notModified);

    /// <summary>Sends it. A client that has gone away is no error.</summary>
    public async ValueTask SendAsync(HttpContext http)
    {
        var body = _services?.Bytes ?? Json.Written;
        var headers = http.Response.Headers;
        http.Response.StatusCode = _retryAfter is not null ? StatusCodes.Status429TooManyRequests : _notModified ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
        if (_retryAfter is { } wait)
        {
            headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        }

        // HTTP/2 and later have no such header: there the stream ends, and the connection is everybody's.
        if (_close && http.Request.Protocol is "HTTP/1.1" or "HTTP/1.0")
        {
            headers.Connection = "close";
        }

        if (_services is not null)
        {
            headers.ETag = _services.ETag;
            headers.Vary = "Accept-Encoding";
            headers.CacheControl = "private, no-cache";
            headers.ContentEncoding = _services.Encoding;
        }
        else
        {
            // Half the scripts ask with GET, and no cache on the way may keep a balance.
            headers.CacheControl = "no-store";
        }

        if (_notModified)
        {
            return;
        }

        headers.ContentType = "application/json";
        headers.XContentTypeOptions = "nosniff"; // a detail may repeat what was sent
        headers.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await WriteAsync(http.Response.BodyWriter, body);
        }
    }

    /// <summary>In slices, each waited for: what is handed over at once the server copies at once, and a few slow readers of a long price list would fill the memory.</summary>
    private static async ValueTask WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> body)
    {
        var flushed = await writer.WriteAsync(body[..Math.Min(LargestSlice, body.Length)]);
        for (var at = LargestSlice; at < body.Length && !flushed.IsCompleted; at += LargestSlice)
        {
            flushed = await writer.WriteAsync(body[at..Math.Min(at + LargestSlice, body.Length)]);
        }
    }

    public void Dispose() => Json.Dispose();

    /// <summary>Whole seconds, at least 1: a client that obeys a 0 would be refused again.</summary>
    private static long Seconds(TimeSpan wait) => Math.Max(1, (wait.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
}
