using System.CommandLine;
using Tally.Catalog;
using Tally.Contract;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>services import</c>.</summary>
internal static class ServicesImportCommand
{
    public static Command Build()
    {
        var file = new Argument<string?>("file") { Description = "A file with the services answer of any panel", Arity = ArgumentArity.ZeroOrOne };
        var provider = new Option<string?>("--provider") { Description = "Ask this provider, and let it deliver" };
        var margin = new Option<decimal>("--margin") { Description = "What to put on its rates where no price rule holds, in percent" };
        return CommandScope.On("import", "Take services into the catalogue, from a file or from a provider", [file, provider, margin], async (scope, parsed, ct) =>
        {
            if (parsed.GetValue(file) is null == parsed.GetValue(provider) is null)
            {
                throw new InvalidInputException("Name either a file or --provider NAME.");
            }

            var from = parsed.GetValue(provider) is { } name ? await scope.Get<ProviderBook>().FindAsync(name, ct) : null;
            var offered = from is null ? await FileAsync(parsed.GetValue(file)!, ct) : await AskAsync(scope, from, ct);
            var report = await scope.Get<ImportServices>().RunAsync(offered, from?.Id, parsed.GetValue(margin), ct);
            scope.Say(report, [$"{report.Added} added, {report.Changed} changed, {report.Same} unchanged, {report.Skipped.Count} skipped", .. report.Skipped.Select(s => "  skipped " + s)]);
        });
    }

    private static async Task<ServiceList> FileAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new InvalidInputException($"There is no file '{file}'.");
        }

        return SavedServices.Read(await File.ReadAllBytesAsync(file, ct)) switch
        {
            ApiResult<ServiceList>.Answered(var services) => services,
            ApiResult<ServiceList>.Refused(var error) => throw new InvalidInputException($"'{file}' holds an error, not services: {error.Text}"),
            _ => throw new InvalidInputException($"'{file}' is not the services answer of a panel (a JSON array of services)."),
        };
    }

    private static async Task<ServiceList> AskAsync(CommandScope scope, Provider provider, CancellationToken ct) =>
        await scope.Get<ProviderBook>().CallAsync(provider, "services", api => api.ServicesAsync(ct)) switch
        {
            ApiResult<ServiceList>.Answered(var services) => services,
            ApiResult<ServiceList>.Refused(var error) => throw new InvalidInputException($"{provider.Name} refuses: {error.Text}"),
            ApiResult<ServiceList>.NotSent(var what) => throw new InvalidInputException($"{provider.Name}: {what}"),
            ApiResult<ServiceList>.Unclear { What: var what } => throw new InvalidInputException($"{provider.Name} gave no clear answer: {what}"),
            _ => throw new InvalidOperationException("An answer of no known kind."),
        };
}
