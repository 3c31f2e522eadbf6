using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>How the system lets a node's threads take turns (docs/adr/0016-threads-that-do-not-interrupt.md).</summary>
[Collection(ProcessesCollection.Name)]
public sealed class SchedulingTests
{
    private const string Normal = "0", Batch = "3", Idle = "5";

    [Theory, BothStores]
    public async Task A_nodes_threads_do_not_interrupt_one_another(StoreKind kind)
    {
        await OnlyWhereItMayChooseAsync();
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var node = await panel.ServeAsync();
        await AskAsync(node);
        PoliciesOf(node).ShouldAllBe(policy => policy == Batch);
        node.Output.ShouldNotContain(line => line.Contains("batch"), "there is nothing to say");
    }

    [Fact]
    public async Task A_node_that_is_told_to_leaves_them_as_they_are()
    {
        await OnlyWhereItMayChooseAsync();
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Sqlite);
        var node = await panel.ServeAsync("--scheduling", "normal");
        await AskAsync(node);
        PoliciesOf(node).ShouldAllBe(policy => policy == Normal);
    }

    [Fact]
    public async Task What_somebody_else_has_chosen_stays()
    {
        await OnlyWhereItMayChooseAsync();
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Sqlite);
        var node = await panel.ServeUnderAsync("chrt", "--idle", "0");
        await AskAsync(node);
        PoliciesOf(node).ShouldAllBe(policy => policy == Idle);
    }

    /// <summary>
    /// Where nobody has chosen for all that the tests start, and the system lets a process choose. A child is asked whether it does: a thread of this process that chose would make others,
    /// and go on with the tests that wait for it, and all they start would have its policy.
    /// </summary>
    private static async Task OnlyWhereItMayChooseAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is there something to choose.");
        var own = StatOf(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}")).ShouldNotBeNull().Policy;
        Assert.SkipUnless(own == Normal, $"These tests run under another policy ({own}).");
        using var child = Process.Start("chrt", ["--batch", "0", "true"]);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(child.ExitCode == 0, $"The system does not let a process choose: chrt ended with {child.ExitCode}.");
    }

    /// <summary>So many at once that the node makes itself threads.</summary>
    private static async Task AskAsync(TallyProcess node)
    {
        using var caller = new ApiCaller(node.Address);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => caller.CallAsync("tly_wrong", "balance")));
    }

    /// <summary>Of the threads that serve requests.</summary>
    private static List<string> PoliciesOf(TallyProcess node)
    {
        var threads = Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{node.Id}/task")).Select(StatOf).OfType<ThreadStat>().ToLookup(t => t.Name, t => t.Policy);
        string[] serving = [".NET TP Worker", ".NET Sockets"];
        serving.ShouldAllBe(name => threads.Contains(name));
        return [.. serving.SelectMany(name => threads[name])];
    }

    /// <summary>The 2nd and the 41st field of its <c>stat</c> (proc(5)); null when the thread has ended.</summary>
    private static ThreadStat? StatOf(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            var (opening, closing) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            return new ThreadStat(stat[(opening + 1)..closing], stat[(closing + 2)..].Split(' ')[38]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record ThreadStat(string Name, string Policy);
}
