using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Providers.Workers;

/// <summary>Brings what this node has counted of its calls to the store, and raises an alert while calls to a provider rest.</summary>
public sealed class ReportHealth(
    ProviderBook providers, ProviderTraffic traffic, ProviderHealth health, Alerts alerts, Database database, TimeProvider time, ILogger<ReportHealth> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(3))
{
    private readonly Dictionary<long, bool> _alerted = [];

    /// <summary>What was counted last is brought in too.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await health.FlushAsync(cancellationToken);
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var answering = await health.FlushAsync(ct);
        foreach (var provider in providers.Current.Values)
        {
            await TellAsync(provider, answering.Contains(provider.Id), ct);
        }

        return false;
    }

    private async Task TellAsync(Provider provider, bool answers, CancellationToken ct)
    {
        var rests = traffic.Rests(provider);
        bool? alerted = _alerted.TryGetValue(provider.Id, out var known) ? known : null;

        // An alert that another process left behind is over when the provider answers this one.
        var over = !rests && (alerted == true || (alerted is null && answers));
        if (rests && alerted != true)
        {
            var words = (await health.ReadAsync(ct)).GetValueOrDefault(provider.Id)?.LastFailure;
            await database.WriteAsync(
                tx => alerts.RaiseAsync(tx, AlertKind.ProviderHealth, provider.AlertSubject, "It does not answer as it should; calls to it rest, and one now and then tries. " + words, ct), ct);
        }
        else if (over)
        {
            await database.WriteAsync(tx => alerts.ClearAsync(tx, AlertKind.ProviderHealth, provider.AlertSubject, ct), ct);
        }

        if (rests || over)
        {
            _alerted[provider.Id] = rests;
        }
    }
}
