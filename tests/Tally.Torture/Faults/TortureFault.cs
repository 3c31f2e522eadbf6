namespace Tally.Torture;

/// <summary>What a fault takes hold of. Two faults that take hold of the same never strike together.</summary>
[Flags]
internal enum Grip
{
    None = 0,

    /// <summary>The store, and the way to it.</summary>
    Store = 1,

    /// <summary>A node's process.</summary>
    Node = 2,

    Provider = 4,

    /// <summary>Who may use the panel: it must be able to tell its nodes, so nothing else strikes meanwhile.</summary>
    Access = 8,
}

/// <summary>Something that happens to a panel.</summary>
/// <param name="name">As the figures name it.</param>
internal abstract class TortureFault(string name, Grip grip)
{
    public string Name => name;

    public Grip Grip => grip;

    /// <summary>The panel must serve again within this time.</summary>
    public virtual TimeSpan ServingBound => TimeSpan.FromSeconds(20);

    /// <summary>The panel must send again within this time: loops rest for some seconds after failures, and calls to a provider that failed rest for 5 s, then for 10 s (docs/operations.md).</summary>
    public virtual TimeSpan SendingBound => TimeSpan.FromSeconds(60);

    /// <summary>Why it cannot strike: this store has nothing of the kind, and nothing is left out.</summary>
    public const string NotOnThisStore = "not on this store";

    /// <summary>Why it cannot strike here; null when it can.</summary>
    public virtual string? NotPossible(TorturedPanel panel) => null;

    /// <summary>Strikes, holds on for a while and lets go.</summary>
    /// <returns>When the panel could begin to recover (<see cref="Clock"/>).</returns>
    public abstract Task<long> StrikeAsync(Scene scene, Random dice);

    protected static Task HoldAsync(Random dice, int leastMs, int mostMs) => Task.Delay(dice.Next(leastMs, mostMs));
}

/// <summary>Where faults strike.</summary>
internal sealed record Scene(TorturedPanel Panel, Journal Journal, Caller Caller, Crowd Crowd);
