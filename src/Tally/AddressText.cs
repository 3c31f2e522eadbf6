using System.Net;
using System.Net.Sockets;

namespace Tally;

/// <summary>
/// Reads an IP address in its canonical notations only. IPAddress.TryParse alone is too generous for rules about access: it takes "10" for 0.0.0.10 and
/// "010.1.1.1" for 8.1.1.1.
/// </summary>
internal static class AddressText
{
    /// <summary>The longest IPv6 notation, with an IPv4 address at its end.</summary>
    private const int MostCharacters = 45;

    /// <summary>Four decimal numbers without leading zeros, or an IPv6 address without a zone. An IPv4-mapped address comes back as it was written.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is 0 or > MostCharacters) return false;
        if (text.Contains(':') ? text.ContainsAny("%[]/") : !IsDottedQuad(text)) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed;
        return true;
    }

    /// <summary>An IPv4-mapped IPv6 address is the same caller as its IPv4 address (a dual-stack socket reports the one for the other).</summary>
    public static IPAddress Unmap(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            var isNumber = part.Length is >= 1 and <= 3 && part.IndexOfAnyExceptInRange('0', '9') < 0 && (part.Length == 1 || part[0] != '0');
            if (!isNumber || ++parts > 4) return false;
        }
        return parts == 4;
    }
}
