using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tally;

/// <summary>
/// From where an account may be used (api-v2.md section 6): addresses and networks, at most 200. An empty list allows every address. Immutable.
/// </summary>
public sealed class AddressList
{
    /// <summary>Entries at most, repeated ones included.</summary>
    public const int MostEntries = 200;

    private readonly (uint Network, uint Mask)[] _ipv4;
    private readonly (UInt128 Network, UInt128 Mask)[] _ipv6;
    private readonly IPNetwork[] _entries;

    internal AddressList(IEnumerable<IPNetwork> entries)
    {
        _entries = [.. entries.Distinct()];
        _ipv4 = [.. _entries.Where(IsIPv4).Select(static n => (IPv4Number(n.BaseAddress), AddressEntry.IPv4Mask(n.PrefixLength)))];
        _ipv6 = [.. _entries.Where(static n => !IsIPv4(n)).Select(static n => (IPv6Number(n.BaseAddress), AddressEntry.IPv6Mask(n.PrefixLength)))];
    }

    /// <summary>The list that allows every address.</summary>
    public static AddressList Empty { get; } = new([]);

    /// <summary>The entries in the order given, without repetitions and host bits; a single address has the full prefix length.</summary>
    public IReadOnlyList<IPNetwork> Entries => _entries;

    /// <summary>
    /// Reads one IPv4 address, IPv6 address or CIDR per line; commas part entries too (for command lines). Empty lines are skipped, bits behind a prefix
    /// are cleared, IPv4-mapped addresses become IPv4. All lines are judged, so that a person can mend them in one go.
    /// </summary>
    public static AddressListOutcome Parse(string? text)
    {
        var (networks, errors, line) = (new List<IPNetwork>(), new List<AddressListError>(), 0);
        foreach (var lineText in (text ?? "").AsSpan().EnumerateLines())
        {
            line++;
            foreach (var range in lineText.Split(','))
            {
                var entry = lineText[range].Trim();
                if (entry.IsEmpty) continue;
                if (networks.Count + errors.Count == MostEntries)
                {
                    errors.Add(new(line, AddressEntry.Shown(entry), AddressFault.TooMany));
                    return new AddressListOutcome.Wrong(errors);
                }
                if (AddressEntry.Parse(entry, out var network) is { } wrong) errors.Add(new(line, AddressEntry.Shown(entry), wrong));
                else networks.Add(network);
            }
        }
        return errors.Count > 0 ? new AddressListOutcome.Wrong(errors) : new AddressListOutcome.Parsed(networks.Count == 0 ? Empty : new(networks));
    }

    /// <summary>
    /// Whether a caller from this address may use the account. An IPv4-mapped IPv6 address is judged as its IPv4 address; the networks of one family
    /// never hold the other's.
    /// </summary>
    public bool Allows(IPAddress address) => _entries.Length == 0 || Contains(address);

    /// <summary>Whether an entry holds the address; unlike <see cref="Allows"/>, an empty list holds none.</summary>
    internal bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            var number = IPv6Number(address);
            foreach (var (network, mask) in _ipv6)
                if ((number & mask) == network) return true;
            return false;
        }
        var four = IPv4Number(address);
        foreach (var (network, mask) in _ipv4)
            if ((four & mask) == network) return true;
        return false;
    }

    /// <summary>One entry per line, as <see cref="Parse"/> reads it back to the same list.</summary>
    public override string ToString() => string.Join('\n', _entries.Select(static n => IsHost(n) ? n.BaseAddress.ToString() : n.ToString()));

    private static bool IsIPv4(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    private static bool IsHost(IPNetwork network) => network.PrefixLength == (IsIPv4(network) ? 32 : 128);

    private static uint IPv4Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..]); // the last four, also of a mapped address
    }

    private static UInt128 IPv6Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

/// <summary>How reading an address list ended.</summary>
public abstract record AddressListOutcome
{
    private AddressListOutcome()
    {
    }

    public sealed record Parsed(AddressList List) : AddressListOutcome;

    /// <summary>At least one entry is wrong, and there is no list.</summary>
    public sealed record Wrong(IReadOnlyList<AddressListError> Errors) : AddressListOutcome;
}

/// <summary>An entry that is not an address or network.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Entry">The entry as written, cut after 60 characters.</param>
/// <param name="Fault">What is wrong.</param>
public sealed record AddressListError(int Line, string Entry, AddressFault Fault)
{
    /// <summary>What is wrong, for a person, in English.</summary>
    public string Problem => Fault.ToString();

    public override string ToString() => $"line {Line}: '{Entry}': {Problem}";
}

/// <summary>What can be wrong with an entry; pages translate by it.</summary>
public enum AddressFaultKind
{
    /// <summary>It is no IPv4 or IPv6 address.</summary>
    NoAddress,

    /// <summary>The number after the slash is none, or out of its range.</summary>
    Prefix,

    /// <summary>The list has more than <see cref="AddressList.MostEntries"/> entries; this is the first beyond.</summary>
    TooMany,
}

/// <summary>What is wrong with an entry.</summary>
/// <param name="Least">The shortest prefix length that would do; only of <see cref="AddressFaultKind.Prefix"/>.</param>
/// <param name="Most">The longest.</param>
public readonly record struct AddressFault(AddressFaultKind Kind, int Least = 0, int Most = 0)
{
    public static AddressFault NoAddress { get; } = new(AddressFaultKind.NoAddress);

    public static AddressFault TooMany { get; } = new(AddressFaultKind.TooMany);

    public static AddressFault Prefix(int least, int most) => new(AddressFaultKind.Prefix, least, most);

    /// <summary>In English, for commands.</summary>
    public override string ToString() => Kind switch
    {
        AddressFaultKind.NoAddress => "not an IPv4 or IPv6 address",
        AddressFaultKind.Prefix => $"the prefix length must be a number from {Least} to {Most}",
        _ => $"the list has more than {AddressList.MostEntries} entries",
    };
}
