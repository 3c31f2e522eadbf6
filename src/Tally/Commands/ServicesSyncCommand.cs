using System.CommandLine;
using Tally.Catalog;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>services sync</c>, and the same for one as <c>provider sync</c>.</summary>
internal static class ServicesSyncCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would change" };
    private static readonly Option<bool> Force = new("--force") { Description = "Believe an answer that lost more than half of the known services" };

    public static Command Build()
    {
        var provider = new Option<string?>("--provider") { Description = "Only this one; else all that deliver something" };
        return CommandScope.On("sync", "Take over what changed in the providers' catalogues", [provider, DryRun, Force], (scope, parsed, ct) =>
            RunAsync(scope, parsed.GetValue(provider), parsed, ct));
    }

    public static Command OfProvider(Argument<string> name) => CommandScope.On(
        "sync", "Take over what changed in a provider's catalogue", [name, DryRun, Force], (scope, parsed, ct) => RunAsync(scope, parsed.GetValue(name), parsed, ct));

    private static async Task RunAsync(CommandScope scope, string? name, ParseResult parsed, CancellationToken ct)
    {
        await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
        var dryRun = parsed.GetValue(DryRun);
        var ended = new List<(Provider Provider, SyncOutcome Outcome)>();
        foreach (var provider in await WantedAsync(scope, name, ct))
        {
            ended.Add((provider, await scope.Get<SyncCatalogue>().RunAsync(provider, dryRun, parsed.GetValue(Force), ct)));
        }

        scope.ExitCode = ended.TrueForAll(e => e.Outcome is SyncOutcome.Done) ? 0 : 1;
        scope.Say(ended.Select(e => Shown(e.Provider, e.Outcome, dryRun)), ended.Count == 0 ? ["No provider delivers anything."] : ended.SelectMany(e => Lines(e.Provider, e.Outcome, dryRun)));
    }

    private static async Task<IReadOnlyList<Provider>> WantedAsync(CommandScope scope, string? name, CancellationToken ct)
    {
        var book = scope.Get<ProviderBook>();
        if (name is not null)
        {
            return [await book.FindAsync(name, ct)];
        }

        await book.RefreshAsync(ct);
        await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
        var delivering = scope.Get<Catalog.Catalog>().Current.Services.SelectMany(s => s.Routes).Select(r => r.ProviderId).ToHashSet();
        return [.. book.Current.Values.Where(p => delivering.Contains(p.Id)).OrderBy(p => p.Id)];
    }

    private static object Shown(Provider provider, SyncOutcome outcome, bool dryRun) => outcome switch
    {
        SyncOutcome.Done(var report) => new { provider = provider.Name, ok = true, dryRun, words = (string?)null, report.Lines, report.Skipped },
        SyncOutcome.NoAnswer(var words) => new { provider = provider.Name, ok = false, dryRun, words, lines = Array.Empty<SyncLine>(), skipped = Array.Empty<string>() },
        SyncOutcome.Refused(var words) => new { provider = provider.Name, ok = false, dryRun, words, lines = Array.Empty<SyncLine>(), skipped = Array.Empty<string>() },
        _ => throw new InvalidOperationException("An outcome of no known kind."),
    };

    private static IEnumerable<string> Lines(Provider provider, SyncOutcome outcome, bool dryRun) => outcome switch
    {
        SyncOutcome.Done(var report) =>
        [
            $"{provider.Name}: {Sums(report)}{(dryRun ? " (dry run: nothing is written)" : "")}",
            .. report.Lines.Select(l => $"  {l.What,-11} {(l.ServiceId is { } id ? $"service {id}" : "new"),-14} at {l.ProviderService}  {l.Text}"),
            .. report.Skipped.Select(s => "  skipped " + s),
        ],
        SyncOutcome.NoAnswer(var words) => [$"{provider.Name}: nothing changed; {words}"],
        SyncOutcome.Refused(var words) => [$"{provider.Name}: nothing changed; {words} (--force believes it)"],
        _ => throw new InvalidOperationException("An outcome of no known kind."),
    };

    private static string Sums(SyncReport report) =>
        report.Lines.Count == 0 ? "nothing has changed" : string.Join(", ", report.Lines.GroupBy(l => l.What, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"));
}
