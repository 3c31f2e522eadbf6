using System.CommandLine;
using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>services prices list|set|remove</c>: the price rules; <c>services prices customer</c>: customers' own prices.</summary>
internal static class PriceCommands
{
    private static readonly Option<PriceScope> Scope = new("--scope") { Description = "For whom: panel, provider, category or service; the nearest rule to a service wins", Required = true };
    private static readonly Option<string?> Subject = new("--subject") { Description = "The provider's name, the category, or the service's id; nothing for the panel" };

    public static Command Build()
    {
        var margin = new Option<decimal>("--margin") { Description = "What is put on the cost, in percent, -99 to 1000000, at most two decimals", Required = true };
        var extra = new Option<string>("--fixed") { Description = "What is added after that", DefaultValueFactory = _ => "0" };
        var step = new Option<string>("--step") { Description = "The price is rounded up to a multiple of this", DefaultValueFactory = _ => "0.00001" };
        return new Command("prices", "Price rules: price = cost × (1 + margin) + fixed, rounded up to a step")
        {
            CommandScope.On("list", "All rules", [], async (scope, _, ct) =>
            {
                await scope.Get<ProviderBook>().RefreshAsync(ct);
                var rules = await scope.Get<SetPriceRule>().ListAsync(ct);
                var shown = rules.Select(r => Shown(scope, r)).ToList();
                scope.Say(shown, shown.Count == 0 ? ["No rule: the margin of each provider's import holds."] : shown.Select(Line));
            }),
            CommandScope.On("set", "Set a rule, and price anew what it is the nearest rule of", [Scope, Subject, margin, extra, step], async (scope, parsed, ct) =>
            {
                var hundredths = PriceTerms.MarginOf(parsed.GetValue(margin)) ?? throw new InvalidInputException("--margin: a percentage from -99 to 1000000, with at most two decimals.");
                var terms = new PriceTerms(hundredths, Amount("--fixed", parsed.GetValue(extra)!), Amount("--step", parsed.GetValue(step)!));
                var rule = new PriceRule(parsed.GetValue(Scope), await SubjectAsync(scope, parsed, ct), terms);
                var repriced = await scope.Get<SetPriceRule>().RunAsync(rule, "cli", ct);
                scope.Say(new { rule = Shown(scope, rule), repriced }, [Line(Shown(scope, rule)), Repriced(repriced)]);
            }),
            CommandScope.On("remove", "Remove a rule, and price anew what it was the nearest rule of", [Scope, Subject], async (scope, parsed, ct) =>
            {
                var repriced = await scope.Get<SetPriceRule>().RemoveAsync(parsed.GetValue(Scope), await SubjectAsync(scope, parsed, ct), "cli", ct);
                scope.Say(new { repriced }, [Repriced(repriced)]);
            }),
            CustomerPriceCommands.Build(),
        };
    }

    private static Money Amount(string option, string text) => Money.TryParse(text, out var money) ? money : throw new InvalidInputException($"{option}: '{text}' is no amount.");

    /// <summary>People name a provider, the rule keeps its id.</summary>
    private static async Task<string> SubjectAsync(CommandScope scope, ParseResult parsed, CancellationToken ct)
    {
        var (kind, given) = (parsed.GetValue(Scope), parsed.GetValue(Subject));
        if (kind == PriceScope.Panel != string.IsNullOrEmpty(given))
        {
            throw new InvalidInputException(kind == PriceScope.Panel ? "--subject: the panel has none." : $"Name the {kind.ToString().ToLowerInvariant()} with --subject.");
        }

        return kind == PriceScope.Provider ? (await scope.Get<ProviderBook>().FindAsync(given!, ct)).Id.ToString(CultureInfo.InvariantCulture) : given ?? "";
    }

    private static ShownRule Shown(CommandScope scope, PriceRule rule)
    {
        var subject = rule.Scope == PriceScope.Provider && long.TryParse(rule.Subject, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && scope.Get<ProviderBook>().Current.GetValueOrDefault(id) is { } provider ? provider.Name : rule.Subject;
        return new ShownRule(rule.Scope, subject, rule.Terms.Margin / 100m, rule.Terms.Fixed, rule.Terms.Step);
    }

    private static string Line(ShownRule r) => string.Create(
        CultureInfo.InvariantCulture, $"{r.Scope.ToString().ToLowerInvariant(),-9} {r.Subject,-20} margin {r.Margin:0.##} %, fixed {r.Fixed}, step {r.Step}");

    private static string Repriced(IReadOnlyList<Service> services) => services.Count == 1 ? "1 service has another price now" : $"{services.Count} services have another price now";

    private sealed record ShownRule(PriceScope Scope, string Subject, decimal Margin, Money Fixed, Money Step);
}
