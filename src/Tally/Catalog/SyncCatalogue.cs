using Tally.Contract;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Catalog;

/// <summary>What a sync did, or with a dry run would do.</summary>
/// <param name="Lines">Service by service, in the order of the catalogue.</param>
/// <param name="Skipped">Entries that could not be taken, with the reason.</param>
public sealed record SyncReport(string Provider, IReadOnlyList<SyncLine> Lines, IReadOnlyList<string> Skipped);

/// <summary>How a sync ended.</summary>
public abstract record SyncOutcome
{
    private SyncOutcome()
    {
    }

    /// <summary>The catalogue follows the provider.</summary>
    public sealed record Done(SyncReport Report) : SyncOutcome;

    /// <summary>The provider gave no answer that can be used; everything stays.</summary>
    public sealed record NoAnswer(string Words) : SyncOutcome;

    /// <summary>The answer is not believed; everything stays.</summary>
    public sealed record Refused(string Words) : SyncOutcome;
}

/// <summary>
/// Brings the catalogue up to what a provider offers now (lifecycle.md section 4): what changed upstream since the last offer that was taken is applied, unless the operator changed it
/// too; price jumps, renames and changes of type wait in quarantine; what vanished is switched off until it returns.
/// </summary>
public sealed class SyncCatalogue(ProviderBook providers, Catalog catalog, SettingsSnapshot settings, WriteCatalogue write, SaveServices save, CatalogueTurns turns)
{
    /// <param name="provider">Whose catalogue.</param>
    /// <param name="dryRun">Only say what would change; nothing is written.</param>
    /// <param name="force">Believe an answer that lost more than half of the known services.</param>
    /// <param name="ct">Ends the work; what is written is written whole or not at all.</param>
    public async Task<SyncOutcome> RunAsync(Provider provider, bool dryRun, bool force, CancellationToken ct)
    {
        var answer = await providers.CallAsync(provider, "services", api => api.ServicesAsync(ct));
        var outcome = answer is ApiResult<ServiceList>.Answered(var offered)
            ? await ApplyAsync(provider, offered, dryRun, force, ct)
            : new SyncOutcome.NoAnswer(Words(answer));
        if (!dryRun)
        {
            var refused = outcome is SyncOutcome.Refused(var words) ? words : null;
            await turns.EndAsync(provider, outcome is not SyncOutcome.NoAnswer, refused, TimeSpan.FromMinutes(settings.Current.CatalogueIntervalMin), ct);
        }

        return outcome;
    }

    /// <summary>What an answer changes; the call that brought it is over.</summary>
    internal async Task<SyncOutcome> ApplyAsync(Provider provider, ServiceList offered, bool dryRun, bool force, CancellationToken ct)
    {
        var terms = new SyncTerms(provider.Id, settings.Current.NewServices, settings.Current.PriceJumpPercent, force);
        SyncPlan? plan = null;
        await write.RunAsync(
            async state =>
            {
                plan = SyncPlan.Of(state, offered, terms, amount => PanelAmount.Of(provider, amount));
                return dryRun || plan.IsEmpty ? null : await ChangeAsync(provider, plan, ct);
            },
            ct);
        if (!dryRun && !plan!.IsEmpty)
        {
            await catalog.RefreshAsync(ct);
        }

        return plan!.Refused switch
        {
            null => new SyncOutcome.Done(new SyncReport(provider.Name, plan.Lines, plan.Skipped)),
            var why when offered.Services.Count == 0 => new SyncOutcome.NoAnswer(why),
            var why => new SyncOutcome.Refused(why),
        };
    }

    private async Task<CatalogChange> ChangeAsync(Provider provider, SyncPlan plan, CancellationToken ct)
    {
        var fresh = plan.Edits.Count(e => e.Before is null);
        var ids = new Queue<long>(fresh == 0 ? [] : await save.NewIdsAsync(fresh, ct));
        return new CatalogChange([.. plan.Edits.Select(e => e.Before is null ? e with { After = e.After with { Id = ids.Dequeue() } } : e)])
        {
            Opened = plan.Opened,
            Closed = [.. plan.Withdrawn.Select(row => (row, QuarantineOutcome.Withdrawn))],
            Alerted = plan.Opened.Count + plan.Withdrawn.Count > 0 ? [provider] : [],
        };
    }

    private static string Words(ApiResult<ServiceList> answer) => answer switch
    {
        ApiResult<ServiceList>.Refused(var error) => "it refuses: " + error.Text,
        ApiResult<ServiceList>.NotSent(var what) => what,
        ApiResult<ServiceList>.Unclear { What: var what } => "no clear answer: " + what,
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };
}
