namespace Tally.Torture;

/// <summary><c>kill -9</c> of a node, which is started again at once, as systemd does. It recovers from the kill on.</summary>
internal sealed class KillNode(string name, Func<TorturedPanel, IReadOnlyList<Node>> which) : TortureFault(name, Grip.Node | Grip.Store)
{
    /// <summary>The process starts first, on a machine that may have a lot else to do.</summary>
    public override TimeSpan ServingBound => TimeSpan.FromSeconds(40);

    public override string? NotPossible(TorturedPanel panel) => which(panel).Count == 0 ? NotOnThisStore : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var nodes = which(scene.Panel);
        var node = nodes[dice.Next(nodes.Count)];
        await node.KillAsync();
        var killed = Clock.NowMs;
        await node.StartAsync();
        return killed;
    }
}
