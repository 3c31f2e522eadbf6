using System.Diagnostics;
using System.Net;

namespace Tally.Platform.Http;

/// <summary>
/// Makes the HttpClient through which every outbound call goes. It reaches public unicast addresses only (unless the options allow private ones), follows
/// no redirect, heeds no proxy of the environment, keeps no cookie, and bounds time, headers and body. Keep one client per purpose; it pools connections.
/// </summary>
public static class OutboundGuard
{
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static HttpClient CreateClient(OutboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var gate = new OutboundGate(options, CreateHandler(options));
#pragma warning disable RS0030 // The one place that may: all other code gets its client here.
        return new HttpClient(gate, disposeHandler: true) { Timeout = options.Timeout, MaxResponseContentBufferSize = options.MaxResponseBytes };
#pragma warning restore RS0030
    }

    /// <summary>
    /// Whether the call certainly never left: no address, refused by this guard, no connection, no TLS. False means that the far side may have acted on it,
    /// so a call that is not idempotent must not be repeated by itself (lifecycle.md section 3).
    /// </summary>
    public static bool WasNotSent(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    /// <summary>
    /// The text without the secrets in it: key=…, api_token=…, Authorization: …, "password":"…", user:password@host. Safe to log and to show to
    /// operators.
    /// </summary>
    public static string Redact(string text) => SecretText.Redact(text);

    private static SocketsHttpHandler CreateHandler(OutboundOptions options)
    {
        var connection = new OutboundConnection(options);
        return new SocketsHttpHandler
        {
            ConnectCallback = (context, cancel) => connection.ConnectAsync(context.DnsEndPoint, cancel),
            ConnectTimeout = options.ConnectTimeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            MaxConnectionsPerServer = options.MaxConnectionsPerServer,
            MaxResponseHeadersLength = options.MaxResponseHeadersKib,
            PooledConnectionLifetime = options.ConnectionLifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // Calls stay visible in our traces, but strangers do not get our trace ids.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
    }
}
