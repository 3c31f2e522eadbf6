using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Tally.Operations;
using Xunit;

namespace Tally.Tests.Operations;

public sealed class MetricsAccessTests
{
    [Theory]
    [InlineData(null, "127.0.0.1", true)]
    [InlineData(null, "::1", true)]
    [InlineData(null, "::ffff:127.0.0.1", true)]
    [InlineData(null, "192.0.2.1", false)]
    [InlineData("true", "127.0.0.1", true)]
    [InlineData("loopback", "10.0.0.1", false)]
    [InlineData("10.0.0.0/8", "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "127.0.0.1", false)]
    [InlineData("0.0.0.0/0, ::/0", "203.0.113.9", true)]
    [InlineData("off", "127.0.0.1", false)]
    [InlineData("False", "127.0.0.1", false)]
    public void Only_those_named_may_read(string? setting, string socket, bool allowed) => Allows(setting, null, socket, null).ShouldBe(allowed);

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("Via")]
    public void A_proxy_on_this_machine_that_nobody_named_does_not_make_the_world_loopback(string header) =>
        Allows(null, null, "127.0.0.1", (header, "203.0.113.9")).ShouldBeFalse();

    [Theory]
    [InlineData("203.0.113.9", false)]
    [InlineData("10.0.0.5", true)]
    [InlineData("10.0.0.5, 203.0.113.9", false)]
    [InlineData("unknown", false)]
    public void Behind_a_named_proxy_the_caller_counts(string forwarded, bool allowed) =>
        Allows("127.0.0.1, 10.0.0.5", "127.0.0.1", "127.0.0.1", ("X-Forwarded-For", forwarded)).ShouldBe(allowed);

    [Theory]
    [InlineData("yes please")]
    [InlineData("10.0.0.0/40")]
    public void A_misspelt_setting_stops_the_start(string setting) => Should.Throw<FormatException>(() => MetricsAccess.From(Settings(setting, null)));

    private static bool Allows(string? setting, string? proxies, string socket, (string Name, string Value)? header)
    {
        var configuration = Settings(setting, proxies);
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(socket);
        if (header is { } given) http.Request.Headers[given.Name] = given.Value;
        return MetricsAccess.From(configuration).Allows(http, TrustedProxies.From(configuration));
    }

    private static IConfigurationRoot Settings(string? metrics, string? proxies) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("Tally:Metrics", metrics), new("Tally:TrustedProxies", proxies)]).Build();
}
