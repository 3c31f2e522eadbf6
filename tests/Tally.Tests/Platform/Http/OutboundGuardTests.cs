using System.Net;
using System.Net.Sockets;
using Shouldly;
using Tally.Platform.Http;
using Xunit;

namespace Tally.Tests.Platform.Http;

public sealed class OutboundGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("0")]
    [InlineData("10.0.0.1")]
    [InlineData("0xa.1")]
    [InlineData("169.254.169.254")]
    [InlineData("2852039166")]
    [InlineData("0251.0376.0251.0376")]
    [InlineData("192.168.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:a9fe:a9fe]")]
    [InlineData("[0:0:0:0:0:ffff:10.0.0.1]")]
    [InlineData("[64:ff9b::a00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    [InlineData("127。0。0。1")]
    [InlineData("①②⑦.0.0.1")]
    public async Task A_private_address_is_refused_in_every_notation(string host)
    {
        var dial = new Dial();
        using var client = OutboundGuard.CreateClient(dial.Options());
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{host}/")));
        refused.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
        OutboundGuard.WasNotSent(refused).ShouldBeTrue();
        dial.Connected.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_of_this_machine_is_refused_by_the_systems_own_resolver()
    {
        using var client = OutboundGuard.CreateClient(new OutboundOptions());
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://localhost:9/")));
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
    }

    [Fact]
    public async Task A_name_with_a_trailing_dot_is_judged_like_any_other()
    {
        var dial = new Dial(0, ["127.0.0.1"]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://localhost./")));
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
        dial.Connected.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_address_that_was_judged_is_the_one_connected_and_the_name_is_not_looked_up_again()
    {
        await using var site = await LoopbackSite.StartAsync();
        var dial = new Dial(site.Port, ["93.184.216.34"], ["127.0.0.1"]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        (await client.GetStringAsync(new Uri("http://rebinding.example/hello"))).ShouldBe("hello");
        dial.Connected.ShouldBe([new IPEndPoint(IPAddress.Parse("93.184.216.34"), 80)]);
        dial.LookUps.ShouldBe(1);
    }

    [Fact]
    public async Task A_name_that_turns_private_is_refused_at_the_next_connection()
    {
        await using var site = await LoopbackSite.StartAsync();
        var dial = new Dial(site.Port, ["93.184.216.34"], ["127.0.0.1"]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        (await client.GetStringAsync(new Uri("http://rebinding.example/close"))).ShouldBe("closing");
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://rebinding.example/hello")));
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
        dial.LookUps.ShouldBe(2);
        dial.Connected.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_pooled_connection_ends_with_its_lifetime_and_the_name_is_judged_anew()
    {
        await using var site = await LoopbackSite.StartAsync();
        var dial = new Dial(site.Port, ["93.184.216.34"], ["10.0.0.1"]);
        using var client = OutboundGuard.CreateClient(dial.Options() with { ConnectionLifetime = TimeSpan.FromMilliseconds(200) });
        await client.GetStringAsync(new Uri("http://rebinding.example/hello"));
        await Task.Delay(400);
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://rebinding.example/hello")));
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
    }

    [Theory]
    [InlineData("10.0.0.1", "93.184.216.34")]
    [InlineData("93.184.216.34", "10.0.0.1")]
    [InlineData("::ffff:127.0.0.1", "93.184.216.34")]
    public async Task Out_of_a_mixed_answer_only_the_public_address_is_connected(string one, string two)
    {
        await using var site = await LoopbackSite.StartAsync();
        var dial = new Dial(site.Port, [one, two]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        (await client.GetStringAsync(new Uri("http://mixed.example/hello"))).ShouldBe("hello");
        dial.Connected.ShouldBe([new IPEndPoint(IPAddress.Parse("93.184.216.34"), 80)]);
    }

    [Fact]
    public async Task Out_of_a_mixed_answer_the_private_address_is_not_tried_when_the_public_one_fails()
    {
        var dial = new Dial(0, ["93.184.216.34", "10.0.0.1"]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        var failed = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://mixed.example/")));
        OutboundGuard.WasNotSent(failed).ShouldBeTrue();
        dial.Connected.ShouldBe([new IPEndPoint(IPAddress.Parse("93.184.216.34"), 80)]);
    }

    [Fact]
    public async Task The_next_public_address_is_tried_when_the_first_does_not_answer()
    {
        await using var site = await LoopbackSite.StartAsync();
        var dial = new Dial(site.Port, ["198.41.0.4", "93.184.216.34"]) { Dead = IPAddress.Parse("198.41.0.4") };
        using var client = OutboundGuard.CreateClient(dial.Options());
        (await client.GetStringAsync(new Uri("http://two.example/hello"))).ShouldBe("hello");
        dial.Connected.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_host_with_very_many_addresses_is_tried_a_bounded_number_of_times()
    {
        var dial = new Dial(0, [.. Enumerable.Range(1, 100).Select(i => $"93.184.216.{i}")]);
        using var client = OutboundGuard.CreateClient(dial.Options());
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://many.example/")));
        dial.Connected.Count.ShouldBe(8);
    }

    [Fact]
    public async Task An_unknown_name_is_an_error_of_name_resolution()
    {
        using var client = OutboundGuard.CreateClient(new Dial(0, [[]]).Options());
        var failed = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://nowhere.example/")));
        failed.HttpRequestError.ShouldBe(HttpRequestError.NameResolutionError);
        OutboundGuard.WasNotSent(failed).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://plain.example/", true)]
    [InlineData("ftp://files.example/", false)]
    [InlineData("ws://socket.example/", false)]
    [InlineData("file:///etc/passwd", false)]
    public async Task A_scheme_that_is_not_allowed_is_refused(string url, bool requireHttps)
    {
        var dial = new Dial(0, ["93.184.216.34"]);
        using var client = OutboundGuard.CreateClient(dial.Options() with { RequireHttps = requireHttps });
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri(url)));
        refused.InnerException.ShouldBeOfType<OutboundRefusedException>();
        dial.LookUps.ShouldBe(0);
    }

    [Fact]
    public async Task HTTP_3_is_never_spoken_because_it_would_dial_past_the_guard()
    {
        await using var site = await LoopbackSite.StartAsync();
        using var client = OutboundGuard.CreateClient(new OutboundOptions { AllowPrivate = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Url("/hello"));
        (request.Version, request.VersionPolicy) = (HttpVersion.Version30, HttpVersionPolicy.RequestVersionExact);
        using var response = await client.SendAsync(request);
        response.Version.ShouldBe(HttpVersion.Version11);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => OutboundGuard.CreateClient(new OutboundOptions { Timeout = TimeSpan.Zero }));
        Should.Throw<ArgumentOutOfRangeException>(() => OutboundGuard.CreateClient(new OutboundOptions { ConnectTimeout = TimeSpan.FromHours(1) }));
        Should.Throw<ArgumentOutOfRangeException>(() => OutboundGuard.CreateClient(new OutboundOptions { MaxConnectionsPerServer = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => OutboundGuard.CreateClient(new OutboundOptions { MaxResponseBytes = 0 }));
    }

    /// <summary>Stands for the resolver and the network: answers look-ups in turn, and dials a port of this machine whatever address was judged.</summary>
    private sealed class Dial(int port = 0, params string[][] answers)
    {
        private int _lookUps;

        public List<IPEndPoint> Connected { get; } = [];

        public int LookUps => _lookUps;

        public IPAddress? Dead { get; init; }

        public OutboundOptions Options() => new()
        {
            Resolve = (_, _) => Task.FromResult(answers.Length == 0 ? [IPAddress.Loopback] : Answer()),
            Connect = async (endpoint, cancel) =>
            {
                Connected.Add(endpoint);
                if (port == 0 || endpoint.Address.Equals(Dead)) throw new SocketException((int)SocketError.ConnectionRefused);
                return await OutboundConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
            },
        };

        private IPAddress[] Answer() => [.. answers[Math.Min(_lookUps++, answers.Length - 1)].Select(IPAddress.Parse)];
    }
}
