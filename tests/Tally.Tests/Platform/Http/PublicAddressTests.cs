using System.Net;
using CsCheck;
using Shouldly;
using Tally.Platform.Http;
using Xunit;

namespace Tally.Tests.Platform.Http;

public sealed class PublicAddressTests
{
    /// <summary>First, one inside, and last address of every block that is not public unicast.</summary>
    public static TheoryData<string> NotPublic =>
    [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255",
        "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.255.255",
        "172.16.0.0", "172.20.1.1", "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.1", "192.88.99.1",
        "192.168.0.0", "192.168.1.100", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.7",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "100::1", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
        "2001:db8::1", "3fff::1", "3fff:fff::1", "2001:2::1", "2001:10::1", "2001:20::1", "5f00::1", "64:ff9b:1::a00:1",
        "::ffff:0:8.8.8.8",
    ];

    /// <summary>The neighbours of those blocks, and well-known public hosts.</summary>
    public static TheoryData<string> Public =>
    [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
        "192.0.3.0", "192.88.98.255", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2606:4700:4700::1111", "2001:4860:4860::8888", "2001:200::1", "2a00:1450:4001::1", "2000::1", "3ffe::1",
    ];

    [Theory, MemberData(nameof(NotPublic))]
    public void An_address_out_of_a_special_block_is_not_public(string address) =>
        PublicAddress.IsPublicUnicast(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory, MemberData(nameof(Public))]
    public void An_ordinary_address_is_public(string address) => PublicAddress.IsPublicUnicast(IPAddress.Parse(address)).ShouldBeTrue();

    [Fact]
    public void A_form_that_carries_an_IPv4_address_is_as_public_as_that_address() => Gen.UInt.Sample(number =>
    {
        byte[] four = [(byte)(number >> 24), (byte)((number >> 16) & 255), (byte)((number >> 8) & 255), (byte)(number & 255)];
        var plain = PublicAddress.IsPublicUnicast(new IPAddress(four));
        foreach (var form in FormsOf(four)) PublicAddress.IsPublicUnicast(form).ShouldBe(plain, form.ToString());
    });

    [Theory]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("64:ff9b::192.168.0.1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0:7f00:1::f7f7:f7f7")] // Teredo: private server
    [InlineData("2001:0:808:808::f5ff:fffe")] // Teredo: client 10.0.0.1, inverted
    [InlineData("2606:4700::5efe:10.0.0.1")]
    [InlineData("2606:4700::200:5efe:10.0.0.1")]
    public void A_private_IPv4_address_does_not_hide_in_an_IPv6_one(string address) =>
        PublicAddress.IsPublicUnicast(IPAddress.Parse(address)).ShouldBeFalse();

    private static IEnumerable<IPAddress> FormsOf(byte[] four)
    {
        var inverted = four.Select(b => (byte)(255 - b)).ToArray();
        byte[] zeros8 = new byte[8];
        yield return new IPAddress(four).MapToIPv6();
        yield return new IPAddress((byte[])[0, 0x64, 0xFF, 0x9B, .. zeros8, .. four]);
        yield return new IPAddress((byte[])[0x20, 0x02, .. four, .. zeros8, 0, 1]);
        yield return new IPAddress((byte[])[0x20, 0x01, 0, 0, .. four, 0, 0, 0, 0, .. inverted]);
        yield return new IPAddress((byte[])[0x26, 0x06, 0x47, 0, 0, 0, 0, 0, 0, 0, 0x5E, 0xFE, .. four]);
    }
}
