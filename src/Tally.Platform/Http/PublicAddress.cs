using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tally.Platform.Http;

/// <summary>
/// Tells public unicast addresses from all others, after the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors).
/// </summary>
public static class PublicAddress
{
    private static readonly (uint Network, uint Mask)[] s_notPublic =
    [
        Block(0, 0, 0, 0, 8), // "this network"
        Block(10, 0, 0, 0, 8),
        Block(100, 64, 0, 0, 10), // carrier-grade NAT, RFC 6598
        Block(127, 0, 0, 0, 8),
        Block(168, 63, 129, 16, 32), // Azure's host agent: routable by its number, but it answers with the machine's own secrets
        Block(169, 254, 0, 0, 16), // link-local, with the clouds' metadata services
        Block(172, 16, 0, 0, 12),
        Block(192, 0, 0, 0, 24), // IETF protocol assignments
        Block(192, 0, 2, 0, 24), // documentation
        Block(192, 88, 99, 0, 24), // 6to4 relays, withdrawn by RFC 7526
        Block(192, 168, 0, 0, 16),
        Block(198, 18, 0, 0, 15), // benchmarks
        Block(198, 51, 100, 0, 24), // documentation
        Block(203, 0, 113, 0, 24), // documentation
        Block(224, 0, 0, 0, 4), // multicast
        Block(240, 0, 0, 0, 4), // reserved, with the broadcast address
    ];

    /// <summary>
    /// Whether the address is public unicast. A form that carries an IPv4 address (mapped, NAT64, 6to4, Teredo, ISATAP) is as public as that one.
    /// </summary>
    public static bool IsPublicUnicast(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _)) throw new ArgumentException($"{address} is not an IP address", nameof(address));
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => IsPublicIPv4(bytes[..4]),
            AddressFamily.InterNetworkV6 => IsPublicIPv6(bytes),
            _ => false,
        };
    }

    private static bool IsPublicIPv4(ReadOnlySpan<byte> bytes)
    {
        var address = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        foreach (var (network, mask) in s_notPublic)
            if ((address & mask) == network) return false;
        return true;
    }

    private static bool IsPublicIPv6(ReadOnlySpan<byte> bytes)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (bytes[..10].IndexOfAnyExcept((byte)0) < 0 && bytes[10] == 0xFF && bytes[11] == 0xFF) return IsPublicIPv4(bytes[12..]); // ::ffff:0:0/96
        if (first == 0x0064_FF9B && bytes[4..12].IndexOfAnyExcept((byte)0) < 0) return IsPublicIPv4(bytes[12..]); // NAT64, 64:ff9b::/96
        if (first >> 29 != 0b001) return false; // only 2000::/3 is global unicast: unspecified, loopback, ULA, link-local, multicast end here
        if (first == 0x2001_0000) return IsPublicIPv4(bytes.Slice(4, 4)) && IsPublicTeredoClient(bytes[12..]); // Teredo: its server, its client
        if (first >> 9 == 0x2001_0000 >> 9) return false; // 2001::/23, protocol assignments, benchmarks, ORCHID
        if (first == 0x2001_0DB8 || first >> 12 == 0x3FFF_0000 >> 12) return false; // documentation
        if (first >> 16 == 0x2002) return IsPublicIPv4(bytes.Slice(2, 4)); // 6to4
        return !IsIsatap(bytes) || IsPublicIPv4(bytes[12..]);
    }

    /// <summary>RFC 4380 section 4: the client's IPv4 address stands at the end with every bit inverted.</summary>
    private static bool IsPublicTeredoClient(ReadOnlySpan<byte> inverted)
    {
        Span<byte> client = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(client, ~BinaryPrimitives.ReadUInt32BigEndian(inverted));
        return IsPublicIPv4(client);
    }

    /// <summary>RFC 5214 section 6.1: interface identifiers 0:5efe and 200:5efe, followed by an IPv4 address.</summary>
    private static bool IsIsatap(ReadOnlySpan<byte> bytes) => (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) & ~0x0200_0000u) == 0x0000_5EFE;

    private static (uint Network, uint Mask) Block(byte a, byte b, byte c, byte d, int prefix) =>
        (BinaryPrimitives.ReadUInt32BigEndian([a, b, c, d]), uint.MaxValue << (32 - prefix));
}
