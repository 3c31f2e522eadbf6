using System.Net;
using System.Net.Sockets;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary>What <c>serve</c> refuses. That it serves, drains and survives is tested with real processes.</summary>
[Collection(nameof(CommandLine))]
public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("web,cook", "'cook' is neither web nor worker")]
    [InlineData("Web", "'Web' is neither web nor worker")]
    [InlineData("", "web, worker")]
    [InlineData(" , ", "web, worker")]
    public async Task Roles_that_are_none_are_refused(string roles, string words)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--roles", roles)).ShouldFail("--roles", words);
    }

    [Fact]
    public async Task An_unknown_log_format_is_refused()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--log-format", "verse")).ShouldBeMisspelt("verse");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:0")]
    public async Task An_address_that_cannot_be_served_ends_with_one_clear_line(string urls)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        var said = await tally.RunAsync("serve", "--urls", urls);
        said.Code.ShouldBe(1);
        said.Errors.TrimEnd('\n').Split('\n').ShouldHaveSingleItem(said.Errors).ShouldStartWith("tally: ");
    }

    [Fact]
    public async Task A_port_that_another_process_has_is_named()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        var said = await tally.RunAsync("serve", "--urls", address);
        said.Code.ShouldBe(1);
        said.Errors.TrimEnd('\n').Split('\n').ShouldHaveSingleItem(said.Errors).ShouldContain(address);
    }
}
