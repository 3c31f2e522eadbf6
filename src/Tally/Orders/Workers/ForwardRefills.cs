using Tally.Operations;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Asks providers for refills (lifecycle.md section 7): the intent is stored first, then the call goes out, then its outcome is written. One without a clear answer, or whose node died on the
/// way, is never asked for again.
/// </summary>
public sealed class ForwardRefills(ProviderBook providers, WorkingProviders working, RefillQueue queue, FaultPoints faults, TimeProvider time, ILogger<ForwardRefills> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int AtOnce = 4, MostRounds = 25;

    /// <summary>A claim that this process could not act on for so long (it was frozen) may have been given up for dead: the call must not go out any more.</summary>
    private static readonly TimeSpan ClaimIsOld = TimeSpan.FromSeconds(4);

    private readonly ProviderTurns _turns = new(time, logger);

    /// <summary>Waits for the calls under way, so that their outcomes are written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _turns.DrainAsync();
    }

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        foreach (var refill in await queue.EndAbandonedAsync(ct))
        {
            Logger.LogWarning("Refill {Refill} was being asked for by a node that has gone; it ends as an error", refill);
        }

        var due = await queue.ProvidersToAskAsync(ct);
        await _turns.RunAsync(due.Where(working.Works), provider => TurnAsync(provider, ct), ct);
        return false;
    }

    private async Task TurnAsync(long id, CancellationToken ct)
    {
        for (var round = 0; round < MostRounds && !ct.IsCancellationRequested && working.Works(id); round++)
        {
            var provider = providers.Current[id];
            var atOnce = Math.Clamp(provider.Concurrency, 1, AtOnce);
            var claimed = Time.GetTimestamp();
            var refills = await queue.ClaimToAskAsync(id, atOnce);
            await Task.WhenAll(refills.Select(r => AskAsync(provider, r, claimed)));
            if (refills.Count < atOnce)
            {
                return;
            }
        }
    }

    private async Task AskAsync(Provider provider, DueRefill refill, long claimed)
    {
        var answer = await CallAsync(provider, refill, claimed);
        await faults.ReachAsync(FaultPoint.RefillAnswered);
        await _turns.InsistAsync(() => queue.WriteAsync(refill, answer));
    }

    private async Task<RefillAnswer> CallAsync(Provider provider, DueRefill refill, long claimed)
    {
        if (Time.GetElapsedTime(claimed) > ClaimIsOld)
        {
            return new RefillAnswer.Later("This node was held up before it could ask.");
        }

        if (refill.ProviderOrder is null)
        {
            return new RefillAnswer.Unclear("The order has no id at the provider any more.");
        }

        await faults.ReachAsync(FaultPoint.RefillCalling);
        try
        {
            return RefillAnswer.Of(await providers.CallAsync(provider, "refill", api => api.RefillAsync(refill.ProviderOrder)));
        }
        catch (Exception e)
        {
            // Whatever went wrong here, the call may have gone out.
            Logger.LogError(e, "Asking {Provider} for refill {Refill} broke off", provider.Name, refill.Id);
            return new RefillAnswer.Unclear("Asking broke off: " + e.GetType().Name);
        }
    }
}
