using System.Net;

namespace Tally.Platform.Http;

/// <summary>What one outbound client may do. The defaults are those of lifecycle.md section 3: connect 5 s, whole call 30 s.</summary>
public sealed record OutboundOptions
{
    /// <summary>Lets calls reach addresses that are not public unicast (a provider in the operator's own network). Off by default.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Refuses plain http. Off by default: many panels still offer nothing else.</summary>
    public bool RequireHttps { get; init; }

    /// <summary>Name look-up, TCP and TLS together. Above zero, at most 5 minutes.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The whole call, the body included unless the caller streams it (<see cref="HttpCompletionOption.ResponseHeadersRead"/>). Above zero, at most 1 hour.
    /// A call over it ends in a <see cref="TaskCanceledException"/> with an inner <see cref="TimeoutException"/>: it may have been sent.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection is kept and used again. When it is over the name is looked up, and judged, anew.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections to one host at a time, 1 … 1000; further calls wait their turn inside <see cref="Timeout"/>.</summary>
    public int MaxConnectionsPerServer { get; init; } = 32;

    /// <summary>All response headers together, in KiB, 1 … 1024. More is an <see cref="HttpRequestException"/>.</summary>
    public int MaxResponseHeadersKib { get; init; } = 32;

    /// <summary>
    /// A buffered body after decompression, in bytes. More is an <see cref="HttpRequestException"/>. A streamed body is the caller's to bound.
    /// </summary>
    public int MaxResponseBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Finds a host's addresses; the system's resolver by default. It is asked once per connection, and its answer is what gets connected.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, cancel) => Dns.GetHostAddressesAsync(host, cancel);

    /// <summary>Opens the transport to an address that was already judged. A seam for tests, which must not reach the public network.</summary>
    internal Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Connect { get; init; } = OutboundConnection.OpenAsync;

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Validate()
    {
        Within(ConnectTimeout, TimeSpan.FromMinutes(5), nameof(ConnectTimeout));
        Within(Timeout, TimeSpan.FromHours(1), nameof(Timeout));
        Within(ConnectionLifetime, TimeSpan.FromHours(1), nameof(ConnectionLifetime));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnectionsPerServer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConnectionsPerServer, 1000);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxResponseHeadersKib);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxResponseHeadersKib, 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxResponseBytes);
    }

    private static void Within(TimeSpan value, TimeSpan most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }
}
