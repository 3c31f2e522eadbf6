using System.Net;
using CsCheck;
using Shouldly;
using Tally.Platform.Limits;
using Xunit;

namespace Tally.Tests.Platform.Limits;

public sealed class ClientAddressKeyTests
{
    [Fact]
    public void All_addresses_of_a_64_are_one_key() => Gen.Byte.Array[16].Sample(bytes =>
    {
        var other = (byte[])bytes.Clone();
        other.AsSpan(8).Fill(0x5A);
        bytes[0] = other[0] = 0x20;
        ClientAddressKey.Of(new IPAddress(bytes)).ShouldBe(ClientAddressKey.Of(new IPAddress(other)));
    });

    [Fact]
    public void Neighbouring_64s_and_neighbouring_IPv4_addresses_are_different_keys()
    {
        KeyOf("2001:db8:0:1::1").ShouldNotBe(KeyOf("2001:db8:0:2::1"));
        KeyOf("192.0.2.1").ShouldNotBe(KeyOf("192.0.2.2"));
        (KeyOf("192.0.2.1") == KeyOf("192.0.2.1")).ShouldBeTrue();
    }

    [Fact]
    public void A_mapped_address_is_its_IPv4_address() => Gen.Byte.Array[4].Sample(bytes =>
        ClientAddressKey.Of(new IPAddress(bytes).MapToIPv6()).ShouldBe(ClientAddressKey.Of(new IPAddress(bytes))));

    [Fact]
    public void An_IPv6_prefix_is_never_taken_for_an_IPv4_address() => KeyOf("0:0:c000:201::1").ShouldNotBe(KeyOf("192.0.2.1"));

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    public void A_key_reads_as_what_it_covers(string address, string expected) => KeyOf(address).ToString().ShouldBe(expected);

    private static ClientAddressKey KeyOf(string address) => ClientAddressKey.Of(IPAddress.Parse(address));
}
