using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Tally.Platform;
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
        await Task.Factory.StartNew(ChosenStays, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void ChosenStays()
    {
        var self = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false).ShouldNotBeNull().FullName;
        using var chrt = Process.Start("chrt", ["--idle", "--pid", "0", Path.GetFileName(self)]);
        chrt.WaitForExit();
        chrt.ExitCode.ShouldBe(0);
        ThreadScheduling.UseBatch().ShouldBeNull();
        StatOf(self).ShouldNotBeNull().Policy.ShouldBe(Idle);
    }

    /// <summary>Where nobody has chosen for all that the tests start, and the system lets a thread choose.</summary>
    private static async Task OnlyWhereItMayChooseAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is there something to choose.");
        var own = StatOf(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}")).ShouldNotBeNull().Policy;
        Assert.SkipUnless(own == Normal, $"These tests run under another policy ({own}).");
        var refused = await Task.Factory.StartNew(ThreadScheduling.UseBatch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.SkipUnless(refused is null, $"The system does not let a thread choose: {refused}");
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
