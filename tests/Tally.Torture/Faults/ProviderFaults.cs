using Tally.Catalog;
using Tally.Demo;
using Tally.Providers;

namespace Tally.Torture;

/// <summary>Both providers misbehave in one way for some seconds, in some of their answers.</summary>
internal sealed class ProviderMisbehaves(string name, Action<FaultScript, Random> misbehave) : TortureFault("provider: " + name, Grip.Provider)
{
    private const double Some = 0.5;
    private static readonly SimulatedAction[] Asked = [SimulatedAction.Status, SimulatedAction.Cancel, SimulatedAction.Refill, SimulatedAction.RefillStatus];

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        foreach (var upstream in scene.Panel.Upstreams)
        {
            misbehave(upstream.Provider.Faults, dice);
        }

        await HoldAsync(dice, 2_000, 5_000);
        foreach (var upstream in scene.Panel.Upstreams)
        {
            upstream.Behave();
        }

        return Clock.NowMs;
    }

    /// <summary>Some of the calls of <c>add</c> go wrong so.</summary>
    public static void Adds(FaultScript faults, Fault fault) => faults.WithProbability(SimulatedAction.Add, Some, fault);

    /// <summary>Some of all calls go wrong so.</summary>
    public static void All(FaultScript faults, Fault fault)
    {
        Adds(faults, fault);
        foreach (var action in Asked)
        {
            faults.WithProbability(action, Some, fault);
        }
    }

    /// <summary>Answers of any of the wrong shapes that have been seen.</summary>
    public static Fault AnyShape(Random dice) => new Fault.WrongShape((AnswerShape)dice.Next(Enum.GetValues<AnswerShape>().Length));
}

/// <summary>Both providers say that our money there is used up, and are paused; then it is there again, and the operator resumes them.</summary>
internal sealed class NoFunds() : TortureFault("provider: no funds", Grip.Provider | Grip.Store)
{
    private const int QuietMs = 1_000;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        foreach (var upstream in scene.Panel.Upstreams)
        {
            upstream.Provider.Faults.WithProbability(SimulatedAction.Add, 1, new Fault.NotEnoughFunds());
        }

        await HoldAsync(dice, 2_000, 4_000);
        foreach (var upstream in scene.Panel.Upstreams)
        {
            upstream.Behave();
        }

        // What was refused in the last moment pauses them a moment later.
        await Task.Delay(QuietMs);
        await scene.Panel.UseAsync(async scope =>
        {
            await scope.Get<SecureProviderKeys>().RunAsync(CancellationToken.None); // as every command does first: it opens the ring of keys
            foreach (var upstream in scene.Panel.Upstreams)
            {
                await scope.Get<ProviderBook>().PauseAsync(upstream.Id, null, CancellationToken.None);
            }
        });
        return Clock.NowMs;
    }
}

/// <summary>Both providers' prices move, are taken into the catalogue, and move back.</summary>
internal sealed class PricesMove() : TortureFault("provider: prices moving", Grip.Provider | Grip.Store)
{
    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        await MoveAsync(scene, dice.Next(2) == 0 ? 15 : -15);
        await HoldAsync(dice, 500, 2_000);
        await MoveAsync(scene, 0);
        return Clock.NowMs;
    }

    private static async Task MoveAsync(Scene scene, int percent)
    {
        foreach (var upstream in scene.Panel.Upstreams)
        {
            upstream.Provider.Faults.Next(SimulatedAction.Services, new Fault.PriceMoves(percent));
            var outcome = await scene.Panel.UseAsync(async scope =>
                await scope.Get<SyncCatalogue>().RunAsync(await scope.Get<ProviderBook>().FindAsync(upstream.Name, CancellationToken.None), dryRun: false, force: false, CancellationToken.None));
            if (outcome is not SyncOutcome.Done)
            {
                throw new InvalidOperationException($"The catalogue of {upstream.Name} was not taken: {outcome}");
            }
        }
    }
}
