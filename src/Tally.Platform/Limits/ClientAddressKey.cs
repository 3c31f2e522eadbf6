using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tally.Platform.Limits;

/// <summary>
/// A caller's address as limits count it: an IPv4 address, or the /64 of an IPv6 one, since a single subscriber commonly holds a whole /64 (RFC 6177) and
/// could take a fresh address for every call. An IPv4-mapped IPv6 address is its IPv4 address.
/// </summary>
public readonly struct ClientAddressKey : IEquatable<ClientAddressKey>
{
    private readonly ulong _prefix;
    private readonly bool _isIPv6;

    private ClientAddressKey(ulong prefix, bool isIPv6) => (_prefix, _isIPv6) = (prefix, isIPv6);

    public static ClientAddressKey Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _)) throw new ArgumentException($"{address} is not an IP address", nameof(address));
        if (address.AddressFamily == AddressFamily.InterNetwork) return new(BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv6: false);
        if (address.IsIPv4MappedToIPv6) return new(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), isIPv6: false);
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes), isIPv6: true);
    }

    public bool Equals(ClientAddressKey other) => _prefix == other._prefix && _isIPv6 == other._isIPv6;

    public override bool Equals(object? obj) => obj is ClientAddressKey other && Equals(other);

    /// <summary>Seeded per process: nobody can choose addresses that collide.</summary>
    public override int GetHashCode() => HashCode.Combine(_prefix, _isIPv6);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (_isIPv6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, _prefix);
            return $"{new IPAddress(bytes)}/64";
        }
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_prefix);
        return new IPAddress(bytes[..4]).ToString();
    }

    public static bool operator ==(ClientAddressKey left, ClientAddressKey right) => left.Equals(right);

    public static bool operator !=(ClientAddressKey left, ClientAddressKey right) => !left.Equals(right);
}
