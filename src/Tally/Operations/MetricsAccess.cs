using System.Net;

namespace Tally.Operations;

/// <summary>
/// Who may read <c>/metrics</c>, from the configuration key <c>Tally:Metrics</c>: <c>off</c> (or false) for nobody, <c>loopback</c> (or true; the
/// default) for this machine, or addresses and networks as in an account's address list (<c>10.0.0.5, 127.0.0.1</c>; everybody is <c>0.0.0.0/0,
/// ::/0</c>).
/// </summary>
public sealed class MetricsAccess
{
    public const string ConfigurationKey = "Tally:Metrics";

    private static readonly string[] s_forwardingHeaders = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"];

    private readonly AddressList _readers;

    private MetricsAccess(AddressList readers) => _readers = readers;

    /// <summary>False when the endpoint is not there at all.</summary>
    public bool IsOn => _readers.Entries.Count > 0;

    /// <exception cref="FormatException">The value is none of those named above.</exception>
    public static MetricsAccess From(IConfiguration configuration)
    {
        var value = configuration[ConfigurationKey]?.Trim();
        var list = value?.ToUpperInvariant() switch
        {
            null or "" or "TRUE" or "ON" or "LOOPBACK" => "127.0.0.0/8,::1",
            "FALSE" or "OFF" => "",
            _ => value,
        };
        return AddressList.Parse(list) is AddressListOutcome.Parsed { List: var readers }
            ? new MetricsAccess(readers)
            : throw new FormatException($"{ConfigurationKey}: '{value}' is neither off, nor loopback, nor a list of addresses");
    }

    /// <summary>
    /// Whether this request may read. A request that came through a proxy counts as its caller's; if the proxy is not one of the trusted, the caller is
    /// unknown and may not, so that a reverse proxy on this machine does not make the whole world "loopback".
    /// </summary>
    public bool Allows(HttpContext http, TrustedProxies proxies)
    {
        var caller = ClientAddress.Of(http, proxies);
        var socket = AddressText.Unmap(http.Connection.RemoteIpAddress ?? IPAddress.Loopback);
        var wasForwarded = s_forwardingHeaders.Any(http.Request.Headers.ContainsKey);
        if (wasForwarded && (!proxies.Trusts(socket) || proxies.Trusts(caller))) return false;
        return _readers.Contains(caller);
    }
}
