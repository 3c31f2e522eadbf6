using System.Net;
using System.Net.Sockets;
using CsCheck;
using Shouldly;
using Xunit;

namespace Tally.Tests;

public sealed class AddressListTests
{
    private static readonly Gen<IPAddress> s_address = Gen.OneOf(
        Gen.Byte.Array[4].Select(static bytes => new IPAddress(bytes)),
        Gen.Byte.Array[16].Select(static bytes => new IPAddress(bytes)));

    private static readonly Gen<(IPAddress Address, int Prefix)> s_network =
        s_address.SelectMany(static a => Gen.Int[0, a.AddressFamily == AddressFamily.InterNetwork ? 32 : 128].Select(prefix => (a, prefix)));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(" \r\n , ,\n\n")]
    public void An_empty_list_allows_every_address(string? text)
    {
        var list = Parsed(text);
        list.Entries.ShouldBeEmpty();
        list.ToString().ShouldBeEmpty();
        s_address.Sample(address => list.Allows(address).ShouldBeTrue());
    }

    [Fact]
    public void Lines_and_commas_part_entries_and_each_is_normalised() =>
        Parsed(" 192.168.1.100 \r\n10.1.2.3/8,2001:DB8:0::1\n2001:db8::ffff/32\r192.168.1.100/32,::ffff:198.51.100.7\n::ffff:203.0.113.9/120").ToString()
            .ShouldBe("192.168.1.100\n10.0.0.0/8\n2001:db8::1\n2001:db8::/32\n198.51.100.7\n203.0.113.0/24");

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.0/25", "192.0.2.127", true)]
    [InlineData("192.0.2.0/25", "192.0.2.128", false)]
    [InlineData("0.0.0.0/0", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData("::/0", "::ffff:192.0.2.1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("192.0.2.1", "::c000:201", false)]
    public void Only_addresses_in_the_list_are_allowed(string list, string address, bool allowed) =>
        Parsed(list).Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public void A_list_allows_exactly_what_one_of_its_networks_contains() =>
        Gen.Select(s_network.Array[1, 30], s_address, Gen.Int[0, 29], Gen.Int[0, 127]).Sample((networks, stranger, pick, flip) =>
        {
            var list = Parsed(string.Join('\n', networks.Select(n => $"{n.Address}/{n.Prefix}")));
            // A stranger is nearly always outside; an entry's own address with one bit flipped is outside or inside by its prefix.
            var near = networks[pick % networks.Length].Address.GetAddressBytes();
            near[flip / 8 % near.Length] ^= (byte)(0x80 >> (flip % 8));
            foreach (var address in (IPAddress[])[stranger, new IPAddress(near)])
                list.Allows(address).ShouldBe(networks.Any(n => SharesPrefix(n.Address, Plain(address), n.Prefix)), address.ToString());
        });

    [Fact]
    public void A_list_reads_back_from_its_own_text() => s_network.Array[0, 50].Sample(networks =>
    {
        var list = Parsed(string.Join(',', networks.Select(n => $"{n.Address}/{n.Prefix}")));
        var again = Parsed(list.ToString());
        again.ToString().ShouldBe(list.ToString());
        again.Entries.ShouldBe(list.Entries);
    });

    [Theory]
    [InlineData("abc", "not an IPv4 or IPv6 address")]
    [InlineData("10", "not an IPv4 or IPv6 address")]
    [InlineData("10.1.1", "not an IPv4 or IPv6 address")]
    [InlineData("010.1.1.1", "not an IPv4 or IPv6 address")]
    [InlineData("0x7f.0.0.1", "not an IPv4 or IPv6 address")]
    [InlineData("256.1.1.1", "not an IPv4 or IPv6 address")]
    [InlineData("192.0.2.1:80", "not an IPv4 or IPv6 address")]
    [InlineData("[2001:db8::1]", "not an IPv4 or IPv6 address")]
    [InlineData("fe80::1%eth0", "not an IPv4 or IPv6 address")]
    [InlineData("/24", "not an IPv4 or IPv6 address")]
    [InlineData("192.0.2.1 192.0.2.2", "not an IPv4 or IPv6 address")]
    [InlineData("192.0.2.1/33", "the prefix length must be a number from 0 to 32")]
    [InlineData("192.0.2.1/", "the prefix length must be a number from 0 to 32")]
    [InlineData("192.0.2.1/-1", "the prefix length must be a number from 0 to 32")]
    [InlineData("192.0.2.1/+8", "the prefix length must be a number from 0 to 32")]
    [InlineData("192.0.2.1/255.255.255.0", "the prefix length must be a number from 0 to 32")]
    [InlineData("192.0.2.1/8/8", "the prefix length must be a number from 0 to 32")]
    [InlineData("2001:db8::/129", "the prefix length must be a number from 0 to 128")]
    [InlineData("::ffff:192.0.2.1/64", "the prefix length must be a number from 96 to 128")]
    public void A_wrong_entry_is_named_with_its_line_and_its_problem(string entry, string problem) =>
        Errors($"192.0.2.1\n\n {entry} \n2001:db8::1").Select(e => (e.Line, e.Entry, e.Problem)).ShouldBe([(3, entry, problem)]);

    [Fact]
    public void All_wrong_entries_are_named_at_once()
    {
        var errors = Errors("a,192.0.2.1,b\nc");
        errors.Select(e => (e.Line, e.Entry)).ShouldBe([(1, "a"), (1, "b"), (2, "c")]);
        errors[2].ToString().ShouldBe("line 2: 'c': not an IPv4 or IPv6 address");
    }

    [Fact]
    public void Two_hundred_entries_are_a_list_and_one_more_is_an_error()
    {
        var lines = Enumerable.Range(0, 201).Select(i => $"10.0.0.{i}").ToArray();
        Parsed(string.Join('\n', lines[..200])).Entries.Count.ShouldBe(200);
        var error = Errors(string.Join('\n', lines)).ShouldHaveSingleItem();
        (error.Line, error.Entry, error.Problem).ShouldBe((201, "10.0.0.200", "the list has more than 200 entries"));
    }

    [Fact]
    public void A_flood_of_rubbish_gives_a_bounded_answer()
    {
        var errors = Errors(string.Join('\n', Enumerable.Repeat(new string('x', 500), 2_000)));
        errors.Count.ShouldBe(201);
        errors.ShouldAllBe(e => e.Entry.Length <= 61);
    }

    [Fact]
    public void Any_text_is_either_a_list_or_errors_and_never_an_exception() =>
        Gen.String[Gen.Char["0123456789abcdef:./,\n%[] x"], 0, 200].Sample(text =>
            (AddressList.Parse(text) is AddressListOutcome.Parsed or AddressListOutcome.Wrong { Errors.Count: > 0 }).ShouldBeTrue());

    private static AddressList Parsed(string? text) => AddressList.Parse(text).ShouldBeOfType<AddressListOutcome.Parsed>().List;

    private static IReadOnlyList<AddressListError> Errors(string text) => AddressList.Parse(text).ShouldBeOfType<AddressListOutcome.Wrong>().Errors;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The model: bit by bit.</summary>
    private static bool SharesPrefix(IPAddress network, IPAddress address, int prefix)
    {
        var (one, two) = (network.GetAddressBytes(), address.GetAddressBytes());
        return one.Length == two.Length && Enumerable.Range(0, prefix).All(bit => ((one[bit / 8] ^ two[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }
}
