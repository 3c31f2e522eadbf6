using System.Net;

namespace Tally.Platform.Http;

/// <summary>What must be judged per request, because a pooled connection no longer asks: the scheme and the HTTP version.</summary>
internal sealed class OutboundGate(OutboundOptions options, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Judge(request.RequestUri);
        // HTTP/3 dials by itself, past the connect callback, so a far side could lure us there with Alt-Svc.
        if (request.Version > HttpVersion.Version20) request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException timeout)
        {
            // SocketsHttpHandler reports a connection over ConnectTimeout as a cancellation, which would read as "perhaps sent".
            throw new HttpRequestException(HttpRequestError.ConnectionError, timeout.Message, timeout);
        }
    }

    /// <summary>The synchronous path cannot use the guarded connection.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Outbound calls are asynchronous.");

    private void Judge(Uri? target)
    {
        if (target is null || !target.IsAbsoluteUri) throw new OutboundRefusedException("The target is not an absolute URL").AsRequestException();
        var https = string.Equals(target.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);
        if (https) return;
        if (!string.Equals(target.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal))
            throw new OutboundRefusedException($"The scheme {target.Scheme} is not http or https").AsRequestException();
        if (options.RequireHttps) throw new OutboundRefusedException($"{target.Host} must be called with https").AsRequestException();
    }
}
