using Tally.Platform.Jobs;

namespace Tally.Accounts;

/// <summary>Writes when and from where keys were last used, every ten seconds and at the end.</summary>
public sealed class KeyUses(ApiKeys keys, TimeProvider time, ILogger<KeyUses> logger) : WorkLoop(time, logger, TimeSpan.FromSeconds(10))
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await keys.WriteUsesAsync(cancellationToken);
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await keys.WriteUsesAsync(ct);
        return false;
    }
}
