using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tally;

/// <summary>One entry of an address list: from its text to a network without host bits.</summary>
internal static class AddressEntry
{
    /// <summary>The problem with the entry, or null and the network.</summary>
    public static AddressFault? Parse(ReadOnlySpan<char> entry, out IPNetwork network)
    {
        network = default;
        var slash = entry.IndexOf('/');
        if (!AddressText.TryParse(slash < 0 ? entry : entry[..slash], out var written)) return AddressFault.NoAddress;
        var address = AddressText.Unmap(written);
        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var mappedBits = address.AddressFamily == written.AddressFamily ? 0 : 96; // ::ffff:192.0.2.0/120 is 192.0.2.0/24
        var prefix = longest;
        if (slash >= 0)
        {
            var (least, most) = (mappedBits, mappedBits + longest);
            if (!TryParsePrefix(entry[(slash + 1)..], out var given) || given < least || given > most)
                return AddressFault.Prefix(least, most);
            prefix = given - mappedBits;
        }
        network = new IPNetwork(Masked(address, prefix), prefix);
        return null;
    }

    /// <summary>The entry for an error message: bounded, whatever was pasted.</summary>
    public static string Shown(ReadOnlySpan<char> entry) => entry.Length <= 60 ? entry.ToString() : string.Concat(entry[..60], "…");

    public static uint IPv4Mask(int prefix) => prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);

    public static UInt128 IPv6Mask(int prefix) => prefix == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefix);

    private static bool TryParsePrefix(ReadOnlySpan<char> text, out int prefix)
    {
        prefix = 0;
        return text.Length is >= 1 and <= 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix);
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4) BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) & IPv4Mask(prefix));
        else BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) & IPv6Mask(prefix));
        return new IPAddress(bytes[..length]);
    }
}
