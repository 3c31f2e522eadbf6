using System.Diagnostics;
using System.Net;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary><c>serve --drain</c>: a load balancer is told before the node goes.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class DrainTests
{
    private const int Seconds = 4;

    [Theory, BothStores]
    public async Task A_draining_node_is_not_ready_and_still_takes_whatever_comes(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customer = await panel.OpenAccountAsync("customer@example.com");
        var service = await panel.AddServiceAsync();
        var node = await panel.ServeAsync("--drain", Seconds.ToString());
        var asked = Stopwatch.GetTimestamp();
        await node.AskToStopAsync();

        await TestPanel.WaitAsync(async () => await AskAsync(node, "/readyz") == (HttpStatusCode.ServiceUnavailable, "shutting down"), "/readyz says no", Seconds);
        (await AskAsync(node, "/healthz")).Status.ShouldBe(HttpStatusCode.OK);
        using (var late = new ApiCaller(node.Address)) // a connection that it had not when it was asked to stop
        {
            (await late.AddAsync(customer.Key.Key, ("service", service), ("link", "https://example.com/late"), ("quantity", "100"))).IsAccepted.ShouldBeTrue();
        }

        (await node.EndAsync()).ShouldBe(0, string.Join('\n', node.Errors));
        Stopwatch.GetElapsedTime(asked).ShouldBeGreaterThan(TimeSpan.FromSeconds(Seconds));
        (await panel.VerifyAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("301")]
    public async Task A_drain_out_of_range_is_refused(string seconds)
    {
        var refused = await TallyProgram.TryAsync(Path.Combine(Path.GetTempPath(), "tally-never-made.db"), "serve", "--urls", "http://127.0.0.1:0", "--drain", seconds);
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain("--drain");
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(TallyProcess node, string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(node.Address, path));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
