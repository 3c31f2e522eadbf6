using System.Net;

namespace Tally;

/// <summary>
/// The caller's address: the socket's, or the forwarded one only behind proxies that the configuration names (api-v2.md section 6). Of the headers only
/// X-Forwarded-For is read, from right to left: each proxy appends whom it saw, so the first entry that is not a trusted proxy is the caller, and
/// whatever stands left of it was written by the caller and is not looked at.
/// </summary>
public static class ClientAddress
{
    /// <summary>More proxies than any chain has; entries beyond are not read.</summary>
    private const int MostHops = 32;

    /// <summary>
    /// Never mapped: an IPv4 caller on a dual-stack socket is its IPv4 address. An entry that is not an address ends the walk at the proxy that sent it.
    /// A connection without an address (a Unix socket) comes from this machine.
    /// </summary>
    public static IPAddress Of(HttpContext http, TrustedProxies proxies)
    {
        var caller = AddressText.Unmap(http.Connection.RemoteIpAddress ?? IPAddress.Loopback);
        if (!proxies.Trusts(caller)) return caller;
        var hops = 0;
        var headers = http.Request.Headers["X-Forwarded-For"];
        for (var i = headers.Count - 1; i >= 0; i--)
        {
            var rest = headers[i].AsSpan();
            for (var more = true; more;)
            {
                var comma = rest.LastIndexOf(',');
                if (++hops > MostHops || !TryParseHop(rest[(comma + 1)..], out var hop)) return caller;
                caller = hop;
                if (!proxies.Trusts(caller)) return caller;
                more = comma >= 0;
                if (more) rest = rest[..comma];
            }
        }
        return caller;
    }

    /// <summary>An address, also with a port (192.0.2.1:80, [2001:db8::1]:80) or in brackets alone.</summary>
    private static bool TryParseHop(ReadOnlySpan<char> entry, out IPAddress hop)
    {
        hop = IPAddress.None;
        var host = entry.Trim();
        var port = ReadOnlySpan<char>.Empty;
        if (host.StartsWith('['))
        {
            var end = host.IndexOf(']');
            if (end < 0 || !host[..end].Contains(':')) return false; // brackets are for IPv6
            port = host[(end + 1)..];
            host = host[1..end];
        }
        else if (host.Count(':') == 1)
        {
            var colon = host.IndexOf(':');
            port = host[colon..];
            host = host[..colon];
        }
        if (!IsPortOrNothing(port) || !AddressText.TryParse(host, out var address)) return false;
        hop = AddressText.Unmap(address);
        return true;
    }

    private static bool IsPortOrNothing(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && text.Length is >= 2 and <= 6 && text[1..].IndexOfAnyExceptInRange('0', '9') < 0);
}
