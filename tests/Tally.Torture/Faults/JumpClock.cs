namespace Tally.Torture;

/// <summary>A node's clock is wrong all at once, forward or back, and after a while right again, which is another jump.</summary>
internal sealed class JumpClock() : TortureFault("a node's clock jumping", Grip.Node)
{
    private static readonly TimeSpan[] Jumps =
        [TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(26), TimeSpan.FromSeconds(-50), TimeSpan.FromMinutes(-10), TimeSpan.FromHours(-1), TimeSpan.FromHours(-26)];

    private static readonly TimeSpan Inexact = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(20), Look = TimeSpan.FromMilliseconds(100);

    public override string? NotPossible(TorturedPanel panel) => NodeClock.Library is null ? "libfaketime is not installed (Debian: faketime)" : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var node = scene.Panel.Nodes[dice.Next(scene.Panel.Nodes.Count)];
        var jump = Jumps[dice.Next(Jumps.Length)];
        node.Clock.Set(jump);
        try
        {
            await SeenAsync(scene, node, jump);
            await HoldAsync(dice, 4_000, 7_000);
        }
        finally
        {
            node.Clock.Set(TimeSpan.Zero);
        }

        await SeenAsync(scene, node, TimeSpan.Zero);
        return Clock.NowMs;
    }

    /// <summary>Waits until the node believes it: what it says in the header <c>Date</c> is by its own clock.</summary>
    private static async Task SeenAsync(Scene scene, Node node, TimeSpan off)
    {
        var began = Clock.NowMs;
        while (await scene.Caller.DateAsync(node) is not { } date || (date - TimeProvider.System.GetUtcNow() - off).Duration() > Inexact)
        {
            if (Clock.Since(began) > Patience)
            {
                throw new TimeoutException($"{node.Name} does not believe that its clock is off by {off}.");
            }

            await Task.Delay(Look);
        }
    }
}
