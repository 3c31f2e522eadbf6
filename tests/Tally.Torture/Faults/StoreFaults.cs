namespace Tally.Torture;

/// <summary>PostgreSQL is stopped in immediate mode, as a crash would stop it, and started again after a while: it recovers from its log first, and only then can the panel.</summary>
internal sealed class CrashStore() : TortureFault("PostgreSQL stopped in immediate mode", Grip.Store)
{
    public override string? NotPossible(TorturedPanel panel) => panel.Place.Cluster is null ? NotOnThisStore : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        await scene.Panel.Place.Cluster!.CrashAsync();
        await HoldAsync(dice, 0, 5_000);
        await scene.Panel.Place.Cluster.RestartAsync();
        return Clock.NowMs;
    }
}

/// <summary>The disk is full for some seconds, wherever the store happens to be then; PostgreSQL may end itself over it, and is started again.</summary>
internal sealed class FillDisk() : TortureFault("the store's disk full", Grip.Store)
{
    public override string? NotPossible(TorturedPanel panel) => panel.Place.Disk.CannotFill;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var place = scene.Panel.Place;
        await place.Disk.FillAsync();
        await HoldAsync(dice, 2_000, 6_000);
        await place.Disk.FreeAsync();
        if (place.Cluster is not null)
        {
            await place.BringUpAsync();
        }

        return Clock.NowMs;
    }
}

/// <summary>The connections between some nodes and PostgreSQL are cut in the middle of what they carry, and new ones refused for a while.</summary>
internal sealed class CutNetwork() : TortureFault("connections to PostgreSQL cut", Grip.Store)
{
    public override string? NotPossible(TorturedPanel panel) => panel.Place.Cluster is null ? NotOnThisStore : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var networks = Some(scene, dice);
        foreach (var network in networks)
        {
            network.Cut();
        }

        await HoldAsync(dice, 0, 4_000);
        foreach (var network in networks)
        {
            network.Mend();
        }

        return Clock.NowMs;
    }

    internal static IReadOnlyList<TcpProxy> Some(Scene scene, Random dice)
    {
        var all = scene.Panel.Nodes.Select(n => n.Network!).ToArray();
        dice.Shuffle(all);
        return all[..dice.Next(1, all.Length + 1)];
    }
}

/// <summary>The connections between some nodes and PostgreSQL become slow, and after a while are cut, so that what was under way is lost on the way.</summary>
internal sealed class SlowNetwork() : TortureFault("connections to PostgreSQL slow, then cut", Grip.Store)
{
    public override string? NotPossible(TorturedPanel panel) => panel.Place.Cluster is null ? NotOnThisStore : null;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var networks = CutNetwork.Some(scene, dice);
        foreach (var network in networks)
        {
            network.Delay(TimeSpan.FromMilliseconds(dice.Next(30, 500)));
        }

        await HoldAsync(dice, 2_000, 5_000);
        foreach (var network in networks)
        {
            network.Cut();
            network.Mend();
        }

        return Clock.NowMs;
    }
}
