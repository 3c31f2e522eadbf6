using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>What a node is configured by.</summary>
public sealed class NodeConfigurationTests
{
    [Fact]
    public async Task No_file_is_watched()
    {
        // A watched file means a watch on every folder below the one that the node was started in, before it answers for the first time.
        await using var app = PanelHost.Build(new PanelOptions(":memory:", "http://127.0.0.1:0", NodeRoles.Web, Quiet: true));
        var files = ((IConfigurationRoot)app.Configuration).Providers.OfType<FileConfigurationProvider>().ToList();
        files.ShouldNotBeEmpty();
        files.ShouldAllBe(f => !f.Source.ReloadOnChange);
    }
}
