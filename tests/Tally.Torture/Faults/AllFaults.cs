using Tally.Demo;

namespace Tally.Torture;

/// <summary>Everything that happens here, by name.</summary>
internal static class AllFaults
{
    public static IReadOnlyList<TortureFault> List { get; } =
    [
        new KillNode("kill -9 of the node", Both),
        new KillNode("kill -9 of a web node", Web),
        new KillNode("kill -9 of a worker", Worker),
        new FreezeNode("the node frozen beyond its beat", Both, 9, 13, Grip.Node | Grip.Store),
        new FreezeNode("a web node frozen", Web, 3, 13),
        new FreezeNode("a worker frozen beyond its beat", Worker, 9, 13),
        new FreezeNode("the node frozen beyond its leases", Both, 50, 60, Grip.Node | Grip.Store),
        new FreezeNode("a worker frozen beyond its leases", Worker, 50, 60),
        new JumpClock(),
        new CrashStore(),
        new CutNetwork(),
        new SlowNetwork(),
        new FillDisk(),
        new RotateKeys(),
        new ChangeAddresses(),
        new ProviderMisbehaves("slow, beyond our patience too", (f, dice) => ProviderMisbehaves.All(f, new Fault.Delay(TimeSpan.FromMilliseconds(dice.Next(500, 8_000))))),
        new ProviderMisbehaves("connection reset before taking", (f, _) => ProviderMisbehaves.All(f, new Fault.ResetBeforeBody())),
        new ProviderMisbehaves("connection reset after taking", (f, _) => ProviderMisbehaves.All(f, new Fault.ResetAfterTaking())),
        new ProviderMisbehaves("errors of HTTP", (f, dice) => ProviderMisbehaves.All(f, new Fault.Status(dice.Next(2) == 0 ? 502 : 500, AfterTaking: dice.Next(2) == 0))),
        new ProviderMisbehaves("wrong shapes", (f, dice) => ProviderMisbehaves.All(f, ProviderMisbehaves.AnyShape(dice))),
        new ProviderMisbehaves("answers cut in the middle, or a page", (f, dice) => ProviderMisbehaves.All(f, dice.Next(2) == 0 ? new Fault.Malformed() : new Fault.Html(AfterTaking: dice.Next(2) == 0))),
        new ProviderMisbehaves("one id for two orders", (f, _) => ProviderMisbehaves.Adds(f, new Fault.DuplicateId())),
        new ProviderMisbehaves("unknown words, ids left out", (f, dice) => ProviderMisbehaves.All(f, dice.Next(2) == 0 ? new Fault.UnknownStatus() : new Fault.OmitIds(3))),
        new ProviderMisbehaves("429", (f, _) => ProviderMisbehaves.All(f, new Fault.TooManyRequests())),
        new NoFunds(),
        new PricesMove(),
    ];

    private static IReadOnlyList<Node> Both(TorturedPanel panel) => [.. panel.Nodes.Where(n => n is { IsWeb: true, IsWorker: true })];

    private static IReadOnlyList<Node> Web(TorturedPanel panel) => [.. panel.Nodes.Where(n => n is { IsWeb: true, IsWorker: false })];

    private static IReadOnlyList<Node> Worker(TorturedPanel panel) => [.. panel.Nodes.Where(n => n is { IsWeb: false, IsWorker: true })];
}
