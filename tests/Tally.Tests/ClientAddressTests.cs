using System.Net;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Tally.Tests;

public sealed class ClientAddressTests
{
    private const string Proxies = "10.0.0.0/8, 2001:db8:ffff::/48, 127.0.0.1";

    [Theory]
    [InlineData("198.51.100.7", null, "198.51.100.7")]
    [InlineData("::ffff:198.51.100.7", null, "198.51.100.7")]
    [InlineData("198.51.100.7", "203.0.113.9", "198.51.100.7")] // a stranger may write what he likes
    [InlineData("198.51.100.7", "10.0.0.1", "198.51.100.7")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9,2001:db8:ffff::2 ,\t10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")] // a caller inside: all are proxies
    public void The_caller_is_the_first_from_the_right_that_is_not_a_trusted_proxy(string socket, string? forwarded, string expected) =>
        Of(socket, forwarded).ShouldBe(expected);

    [Theory]
    [InlineData("1.1.1.1, 203.0.113.9")]
    [InlineData("10.0.0.9, 203.0.113.9, 10.0.0.2")]
    [InlineData("127.0.0.1, 127.0.0.1, 203.0.113.9")]
    [InlineData("rubbish, [, 203.0.113.9")]
    [InlineData(",,,, 203.0.113.9")]
    public void What_the_caller_himself_wrote_is_not_looked_at(string forwarded) => Of("10.0.0.1", forwarded).ShouldBe("203.0.113.9");

    [Theory]
    [InlineData("203.0.113.9:51234", "203.0.113.9")]
    [InlineData("[2001:db8::9]:51234", "2001:db8::9")]
    [InlineData("[2001:db8::9]", "2001:db8::9")]
    [InlineData("2001:DB8:0::9", "2001:db8::9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("[::ffff:203.0.113.9]:80", "203.0.113.9")]
    public void Ports_and_brackets_are_taken_off(string forwarded, string expected) => Of("10.0.0.1", forwarded).ShouldBe(expected);

    [Theory]
    [InlineData("unknown")]
    [InlineData("")]
    [InlineData("203.0.113.9, ")]
    [InlineData("203.0.113.9, _hidden")]
    [InlineData("203.0.113.9, 3405803785")]
    [InlineData("203.0.113.9, 010.0.0.1")]
    [InlineData("203.0.113.9, 198.51.100.7:x")]
    [InlineData("203.0.113.9, 198.51.100.7:")]
    [InlineData("203.0.113.9, [198.51.100.7]")]
    [InlineData("203.0.113.9, [2001:db8::1")]
    [InlineData("203.0.113.9, [2001:db8::1]80")]
    [InlineData("203.0.113.9, [[2001:db8::1]]")]
    [InlineData("203.0.113.9, fe80::1%eth0")]
    [InlineData("203.0.113.9, \"198.51.100.7\"")]
    public void A_malformed_entry_ends_the_walk_at_the_proxy_that_sent_it(string forwarded)
    {
        Of("10.0.0.1", forwarded).ShouldBe("10.0.0.1");
        Of("10.0.0.1", forwarded + ", 10.0.0.2").ShouldBe("10.0.0.2");
    }

    [Fact]
    public void Several_headers_read_as_one_in_their_order() =>
        Of("10.0.0.1", "1.1.1.1", "203.0.113.9, 10.0.0.3", "10.0.0.2").ShouldBe("203.0.113.9");

    [Fact]
    public void Without_configured_proxies_no_header_counts() =>
        ClientAddress.Of(Request("127.0.0.1", "203.0.113.9"), TrustedProxies.None).ToString().ShouldBe("127.0.0.1");

    [Fact]
    public void Other_forwarding_headers_do_not_count()
    {
        var http = Request("10.0.0.1");
        http.Request.Headers["X-Real-IP"] = "203.0.113.9";
        http.Request.Headers["Forwarded"] = "for=203.0.113.9";
        http.Request.Headers["X-Client-IP"] = "203.0.113.9";
        ClientAddress.Of(http, Trusted()).ToString().ShouldBe("10.0.0.1");
    }

    [Fact]
    public void A_connection_without_an_address_comes_from_this_machine()
    {
        ClientAddress.Of(new DefaultHttpContext(), TrustedProxies.None).ShouldBe(IPAddress.Loopback);
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Forwarded-For"] = "203.0.113.9";
        ClientAddress.Of(http, Trusted()).ToString().ShouldBe("203.0.113.9");
    }

    [Fact]
    public void An_endless_chain_of_proxies_is_not_walked_to_its_end() =>
        Of("10.0.0.1", "203.0.113.9," + string.Join(',', Enumerable.Range(0, 100).Select(i => $"10.1.0.{i}"))).ShouldBe("10.1.0.68");

    [Fact]
    public void Whatever_a_caller_writes_the_address_is_the_one_the_first_trusted_proxy_saw() =>
        Gen.Select(Gen.String[Gen.Char["0123456789.:,[]ab \""], 0, 100], Gen.Int[0, 3]).Sample((spoofed, inner) =>
        {
            var chain = string.Join(',', (string[])[spoofed, "203.0.113.9", .. Enumerable.Range(0, inner).Select(i => $"10.0.0.{i}")]);
            Of("10.0.0.1", chain).ShouldBe("203.0.113.9");
        });

    [Fact]
    public void Proxies_may_be_configured_as_a_list_as_well()
    {
        var trusted = Configured(("Tally:TrustedProxies:0", "10.0.0.1"), ("Tally:TrustedProxies:1", "192.168.0.0/16"));
        trusted.Trusts(IPAddress.Parse("192.168.9.9")).ShouldBeTrue();
        trusted.Trusts(IPAddress.Parse("10.0.0.2")).ShouldBeFalse();
    }

    [Fact]
    public void No_proxy_is_trusted_by_default() => Configured().Trusts(IPAddress.Loopback).ShouldBeFalse();

    [Fact]
    public void A_misspelt_proxy_stops_the_start() =>
        Should.Throw<FormatException>(() => Configured(("Tally:TrustedProxies", "10.0.0.1, nginx"))).Message
            .ShouldBe("Tally:TrustedProxies: 'nginx': not an IPv4 or IPv6 address");

    private static TrustedProxies Trusted() => Configured(("Tally:TrustedProxies", Proxies));

    private static TrustedProxies Configured(params (string Key, string Value)[] settings) => TrustedProxies.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());

    private static string Of(string socket, params string?[] forwarded) => ClientAddress.Of(Request(socket, forwarded), Trusted()).ToString();

    private static DefaultHttpContext Request(string socket, params string?[] forwarded)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(socket);
        if (forwarded is not [null]) http.Request.Headers["X-Forwarded-For"] = forwarded;
        return http;
    }
}
