using Tally.Platform.Jobs;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Catalog;

/// <summary>Asks every provider that delivers something for its catalogue, each as often as the setting says. One that does not answer keeps everything, and is asked again soon.</summary>
public sealed class SyncCatalogues(
    ProviderBook providers, Catalog catalog, SettingsSnapshot settings, CatalogueTurns turns, SyncCatalogue sync, TimeProvider time, ILogger<SyncCatalogues> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(5))
{
    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var interval = TimeSpan.FromMinutes(settings.Current.CatalogueIntervalMin);
        if (interval == TimeSpan.Zero)
        {
            return false;
        }

        // Not one that only stands in the book: its whole catalogue would come in before the operator has asked for it.
        var delivering = catalog.Current.Services.SelectMany(s => s.Routes).Select(r => r.ProviderId).Where(providers.Current.ContainsKey).ToHashSet();
        if (await turns.TakeAsync(delivering, interval, ct) is not { } id)
        {
            return false;
        }

        Report(providers.Current[id], await sync.RunAsync(providers.Current[id], dryRun: false, force: false, ct));
        return true;
    }

    private void Report(Provider provider, SyncOutcome outcome)
    {
        switch (outcome)
        {
            case SyncOutcome.Done({ Lines.Count: var lines, Skipped.Count: var skipped }):
                Logger.LogInformation("Catalogue of {Provider}: {Lines} changes, {Skipped} entries skipped", provider.Name, lines, skipped);
                break;
            case SyncOutcome.NoAnswer(var words):
                Logger.LogWarning("Catalogue of {Provider}: {Words}", provider.Name, words);
                break;
            case SyncOutcome.Refused(var words):
                Logger.LogWarning("Catalogue of {Provider} is not believed: {Words}", provider.Name, words);
                break;
        }
    }
}
