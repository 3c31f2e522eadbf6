using System.CommandLine;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>services set</c>.</summary>
internal static class ServicesSetCommand
{
    private static readonly Argument<long> Id = new("id") { Description = "The service's id" };
    private static readonly Option<string?> Name = new("--name") { Description = "Its name" };
    private static readonly Option<string?> Rate = new("--rate") { Description = "The price of 1,000 units, or of 1 for packages and subscriptions; 'auto' leaves it to the price rules" };
    private static readonly Option<long?> Min = new("--min") { Description = "The smallest quantity" };
    private static readonly Option<long?> Max = new("--max") { Description = "The largest quantity" };
    private static readonly Option<bool?> Enabled = new("--enabled") { Description = "Whether it is sold" };
    private static readonly Option<bool?> Refill = new("--refill") { Description = "Whether refills may be asked for" };
    private static readonly Option<int?> Days = new("--refill-days") { Description = "For how many days after completion; 0 = no limit" };
    private static readonly Option<bool?> Cancel = new("--cancel") { Description = "Whether orders may be cancelled" };
    private static readonly Option<bool?> Dripfeed = new("--dripfeed") { Description = "Whether orders may be split into runs" };
    private static readonly Option<bool?> Handles = new("--handles") { Description = "Whether a link may be a handle such as @name" };
    private static readonly Option<bool?> Unique = new("--unique-link") { Description = "Whether a customer may have only one active order for the same link" };
    private static readonly Option<OnRefusal?> Refusal = new("--on-refusal") { Description = "What to do with an order that the provider refuses: hold or cancel" };
    private static readonly Option<Routing?> Routed = new("--routing") { Description = "Which route an order takes first: priority (in the order of the list) or cheapest" };
    private static readonly Option<string?> Provider = new("--provider") { Description = "Who delivers it; 'none' makes it manual" };
    private static readonly Option<string?> There = new("--provider-service") { Description = "Its id at the provider" };

    public static Command Build() => CommandScope.On(
        "set", "Change a service", [Id, Name, Rate, Min, Max, Enabled, Refill, Days, Cancel, Dripfeed, Handles, Unique, Refusal, Routed, Provider, There], async (scope, parsed, ct) =>
        {
            var rate = parsed.GetValue(Rate) switch
            {
                null => null,
                "auto" => new NewRate.ByRules(),
                var text => Money.TryParse(text, out var money) ? (NewRate)new NewRate.ByHand(money) : throw new InvalidInputException($"--rate: '{text}' is no amount."),
            };
            var provider = parsed.GetValue(Provider) is { } name and not "none" ? await scope.Get<ProviderBook>().FindAsync(name, ct) : null;
            var (before, after) = await scope.Get<SetService>().RunAsync(parsed.GetValue(Id), old => Bound(Edited(old, parsed), parsed, provider), rate, "cli", ct);
            scope.Say(after, [after == before ? $"service {after.Id} is as it was" : $"service {after.Id} is changed"]);
        });

    private static Service Edited(Service old, ParseResult parsed) => old with
    {
        Name = parsed.GetValue(Name) ?? old.Name,
        Min = parsed.GetValue(Min) ?? old.Min,
        Max = parsed.GetValue(Max) ?? old.Max,
        Enabled = parsed.GetValue(Enabled) ?? old.Enabled,
        Refill = parsed.GetValue(Refill) ?? old.Refill,
        RefillDays = parsed.GetValue(Days) ?? old.RefillDays,
        Cancel = parsed.GetValue(Cancel) ?? old.Cancel,
        Dripfeed = parsed.GetValue(Dripfeed) ?? old.Dripfeed,
        Handles = parsed.GetValue(Handles) ?? old.Handles,
        UniqueLink = parsed.GetValue(Unique) ?? old.UniqueLink,
        OnRefusal = parsed.GetValue(Refusal) ?? old.OnRefusal,
        Routing = parsed.GetValue(Routed) ?? old.Routing,
    };

    private static Service Bound(Service service, ParseResult parsed, Provider? provider)
    {
        if (parsed.GetValue(Provider) == "none")
        {
            return service with { ProviderId = null, ProviderService = null };
        }

        service = service with { ProviderId = provider?.Id ?? service.ProviderId, ProviderService = parsed.GetValue(There) ?? service.ProviderService };
        return service.ProviderId is not null && string.IsNullOrEmpty(service.ProviderService)
            ? throw new InvalidInputException("Name the service's id at the provider with --provider-service.")
            : service;
    }
}
