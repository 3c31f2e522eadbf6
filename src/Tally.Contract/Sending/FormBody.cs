using System.Net;
using System.Net.Http.Headers;

namespace Tally.Contract.Sending;

/// <summary>A form as a request's body: of known length, and remembering whether any of it may have gone out.</summary>
internal sealed class FormBody : HttpContent
{
    private readonly byte[] _bytes;
    private volatile bool _begun;

    public FormBody(byte[] bytes)
    {
        _bytes = bytes;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
    }

    /// <summary>
    /// Whether somebody has begun to read the body. While not, no panel can have acted: key, action and parameters are nowhere but in here. (The reverse proves nothing.)
    /// </summary>
    public bool Begun => _begun;

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _begun = true;
        await stream.WriteAsync(_bytes, cancellationToken).ConfigureAwait(false);
    }
}
