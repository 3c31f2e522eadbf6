namespace Tally.Torture;

/// <summary>
/// A node stands still (SIGSTOP) and goes on (SIGCONT): longer than the other nodes wait for its beat (7 s), so that its work is taken over while it still believes that it holds it; or longer than
/// its leases too (45 s).
/// </summary>
/// <param name="grip">Frozen in the middle of a transaction, SQLite's node holds the one lock that whoever else writes (a command, another fault) would wait for in vain.</param>
internal sealed class FreezeNode(string name, Func<TorturedPanel, IReadOnlyList<Node>> which, int leastS, int mostS, Grip grip = Grip.Node) : TortureFault(name, grip)
{
    private const int LongS = 30;

    public override string? NotPossible(TorturedPanel panel) =>
        which(panel).Count == 0 ? NotOnThisStore : leastS > LongS && !panel.IsLong ? "it takes a minute; only in runs of ten minutes and more" : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var nodes = which(scene.Panel);
        var node = nodes[dice.Next(nodes.Count)];
        await node.FreezeAsync();
        try
        {
            await HoldAsync(dice, leastS * 1000, mostS * 1000);
        }
        finally
        {
            await node.ThawAsync();
        }

        return Clock.NowMs;
    }
}
