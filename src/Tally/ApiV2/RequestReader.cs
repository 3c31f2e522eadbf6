using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Tally.ApiV2;

/// <summary>How reading a request ended.</summary>
internal abstract record ReadOutcome
{
    private ReadOutcome()
    {
    }

    /// <summary>The parameters are known, with their faults.</summary>
    public sealed record Complete : ReadOutcome
    {
        public static Complete Instance { get; } = new();
    }

    /// <summary>The request as a whole cannot be read. <paramref name="Close"/>: the rest of it is not waited for.</summary>
    public sealed record Refused(Refusal Refusal, bool Close = false) : ReadOutcome;

    /// <summary>The client went away in the middle; there is nobody to answer.</summary>
    public sealed record ClientGone : ReadOutcome
    {
        public static ClientGone Instance { get; } = new();
    }
}

/// <summary>
/// Gathers a request's parameters from wherever they may stand: the query string, the body in any of its three forms, and the bearer token. The same
/// parameter in two places counts as sent twice.
/// </summary>
internal static class RequestReader
{
    private static readonly ReadOutcome.Refused TooLarge = new(Refusal.IncorrectRequest("The body is larger than 1048576 bytes."), Close: true);
    private static readonly ReadOutcome.Refused Unreadable = new(Refusal.IncorrectRequest("The body could not be read."), Close: true);
    private static readonly ReadOutcome.Refused Encoded = new(Refusal.IncorrectRequest("Content-Encoding is not supported: send the body uncompressed."), Close: true);
    private static readonly Refusal UnknownForm = Refusal.IncorrectRequest("The body must be application/x-www-form-urlencoded, multipart/form-data or application/json.");

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static async ValueTask<ReadOutcome> ReadAsync(HttpRequest request, RequestParameters into)
    {
        ReadBearer(request, into);
        if (ReadQuery(request.QueryString.Value, into) is { } refusal)
        {
            return new ReadOutcome.Refused(refusal);
        }

        // What says how long it is has one: the server need not be asked.
        if (request.ContentLength is not > 0 && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return ReadOutcome.Complete.Instance;
        }

        if (!IsPlain(request.Headers.ContentEncoding))
        {
            return Encoded;
        }

        using var body = new RequestBody();
        return await body.FillAsync(request) switch
        {
            BodyOutcome.TooLarge => TooLarge,
            BodyOutcome.Unreadable => Unreadable,
            BodyOutcome.CutShort => ReadOutcome.ClientGone.Instance,
            _ => await ReadBodyAsync(body, request.ContentType, into),
        };
    }

    private static async ValueTask<ReadOutcome> ReadBodyAsync(RequestBody body, string? contentType, RequestParameters into)
    {
        if (body.Bytes.IsEmpty)
        {
            return ReadOutcome.Complete.Instance;
        }

        var refusal = MediaType(contentType).Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await RequestMultipart.ReadAsync(body.AsStream(), contentType, into)
            : ReadText(body.Bytes, contentType, into);
        return refusal is null ? ReadOutcome.Complete.Instance : new ReadOutcome.Refused(refusal);
    }

    /// <summary>
    /// Reads a body that is not multipart. One that says JSON is JSON. Anything else that begins with a brace is JSON too: no form begins so, and
    /// command-line clients call everything a form unless told otherwise. What says nothing, or something unknown, must look like a form.
    /// </summary>
    internal static Refusal? ReadText(ReadOnlySpan<byte> body, string? contentType, RequestParameters into)
    {
        body = body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        var type = MediaType(contentType);
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || body.TrimStart(" \t\r\n"u8).StartsWith((byte)'{'))
        {
            return RequestJson.Read(body, into);
        }

        return type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) || RequestForm.LooksLikeOne(body)
            ? RequestForm.Read(body, into)
            : UnknownForm;
    }

    private static ReadOnlySpan<char> MediaType(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim();
    }

    private static bool IsPlain(Microsoft.Extensions.Primitives.StringValues encoding) =>
        encoding.Count == 0 || encoding.All(e => string.IsNullOrWhiteSpace(e) || e.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase));

    private static Refusal? ReadQuery(string? query, RequestParameters into)
    {
        if (query is null or { Length: <= 1 })
        {
            return null;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(query.Length));
        try
        {
            return RequestForm.Read(bytes.AsSpan(0, Encoding.UTF8.GetBytes(query.AsSpan(1), bytes)), into);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void ReadBearer(HttpRequest request, RequestParameters into)
    {
        foreach (var value in request.Headers.Authorization)
        {
            const string Scheme = "Bearer ";
            if (value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && value.AsSpan(Scheme.Length).Trim() is { IsEmpty: false } token)
            {
                into.Set(Parameter.Key, token.ToString());
            }
        }
    }
}
