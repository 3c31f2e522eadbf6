using System.CommandLine;
using System.Globalization;
using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>services import</c>, <c>services list</c>, <c>services set</c>.</summary>
internal static class ServicesCommands
{
    public static Command Build() => new("services", "What the panel sells") { Import(), List(), Set() };

    private static Command Import()
    {
        var file = new Argument<string?>("file") { Description = "A file with the services answer of any panel", Arity = ArgumentArity.ZeroOrOne };
        var provider = new Option<string?>("--provider") { Description = "Ask this provider, and let it deliver" };
        var margin = new Option<decimal>("--margin") { Description = "What to put on its rates, in percent" };
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

    private static Command List() => CommandScope.On("list", "All services", [], async (scope, _, ct) =>
    {
        await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
        var all = scope.Get<Catalog.Catalog>().Current.Services;
        scope.Say(all, all.Select(s => string.Create(
            CultureInfo.InvariantCulture, $"{s.Id,6}  {(s.Enabled ? "on " : "off")}  {s.Rules.WireName,-24} {s.Rate,12}  {s.Min}–{s.Max}  {(s.ProviderId is { } p ? $"provider {p}" : "manual")}  {s.Name}")));
    });

    private static Command Set()
    {
        var id = new Argument<long>("id") { Description = "The service's id" };
        var name = new Option<string?>("--name") { Description = "Its name" };
        var rate = new Option<string?>("--rate") { Description = "The price of 1,000 units, or of 1 for packages and subscriptions" };
        var min = new Option<long?>("--min") { Description = "The smallest quantity" };
        var max = new Option<long?>("--max") { Description = "The largest quantity" };
        var enabled = new Option<bool?>("--enabled") { Description = "Whether it is sold" };
        var refill = new Option<bool?>("--refill") { Description = "Whether refills may be asked for" };
        var days = new Option<int?>("--refill-days") { Description = "For how many days after completion; 0 = no limit" };
        var cancel = new Option<bool?>("--cancel") { Description = "Whether orders may be cancelled" };
        var dripfeed = new Option<bool?>("--dripfeed") { Description = "Whether orders may be split into runs" };
        var handles = new Option<bool?>("--handles") { Description = "Whether a link may be a handle such as @name" };
        var unique = new Option<bool?>("--unique-link") { Description = "Whether a customer may have only one active order for the same link" };
        var refusal = new Option<OnRefusal?>("--on-refusal") { Description = "What to do with an order that the provider refuses: hold or cancel" };
        var provider = new Option<string?>("--provider") { Description = "Who delivers it; 'none' makes it manual" };
        var there = new Option<string?>("--provider-service") { Description = "Its id at the provider" };
        return CommandScope.On(
            "set", "Change a service", [id, name, rate, min, max, enabled, refill, days, cancel, dripfeed, handles, unique, refusal, provider, there], async (scope, parsed, ct) =>
        {
            await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
            var old = scope.Get<Catalog.Catalog>().Current.ById.GetValueOrDefault(parsed.GetValue(id)) ?? throw new InvalidInputException($"There is no service {parsed.GetValue(id)}.");
            var service = old with
            {
                Name = parsed.GetValue(name) ?? old.Name,
                Rate = parsed.GetValue(rate) is { } text ? (Money.TryParse(text, out var money) ? money : throw new InvalidInputException($"--rate: '{text}' is no amount.")) : old.Rate,
                Min = parsed.GetValue(min) ?? old.Min,
                Max = parsed.GetValue(max) ?? old.Max,
                Enabled = parsed.GetValue(enabled) ?? old.Enabled,
                Refill = parsed.GetValue(refill) ?? old.Refill,
                RefillDays = parsed.GetValue(days) ?? old.RefillDays,
                Cancel = parsed.GetValue(cancel) ?? old.Cancel,
                Dripfeed = parsed.GetValue(dripfeed) ?? old.Dripfeed,
                Handles = parsed.GetValue(handles) ?? old.Handles,
                UniqueLink = parsed.GetValue(unique) ?? old.UniqueLink,
                OnRefusal = parsed.GetValue(refusal) ?? old.OnRefusal,
                ProviderService = parsed.GetValue(there) ?? old.ProviderService,
            };
            service = parsed.GetValue(provider) switch
            {
                null => service,
                "none" => service with { ProviderId = null, ProviderService = null, ProviderRate = null },
                var wanted => service with { ProviderId = (await scope.Get<ProviderBook>().FindAsync(wanted, ct)).Id },
            };
            if (service.ProviderId is not null && string.IsNullOrEmpty(service.ProviderService))
            {
                throw new InvalidInputException("Name the service's id at the provider with --provider-service.");
            }

            await scope.Get<SaveServices>().RunAsync([service], ct);
            scope.Say(service, [service == old ? $"service {service.Id} is as it was" : $"service {service.Id} is changed"]);
        });
    }
}
