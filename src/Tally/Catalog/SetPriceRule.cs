using Dapper;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>The price rules. Setting or removing one prices every service anew whose nearest rule it is or was: that is the operator's own will, so no jump of it is held.</summary>
public sealed class SetPriceRule(Database database, WriteCatalogue write, Catalog catalog, ProviderBook providers)
{
    /// <summary>All rules, by scope and subject.</summary>
    public async Task<IReadOnlyList<PriceRule>> ListAsync(CancellationToken ct) => (await CatalogState.ReadAsync(database, ct)).Rules.All;

    /// <summary>Sets a rule, in the place of one for the same subject; returns the services that have another price now.</summary>
    /// <exception cref="InvalidInputException">The terms are outside their ranges, the subject is not there, or a price would not fit.</exception>
    public Task<IReadOnlyList<Service>> RunAsync(PriceRule rule, string actor, CancellationToken ct)
    {
        if (rule.Terms.Margin is < PriceTerms.LeastMargin or > PriceTerms.MostMargin || rule.Terms.Fixed.Units < 0 || rule.Terms.Step.Units < 1)
        {
            throw new InvalidInputException("A price rule: a margin from -99 to 1000000 percent with at most two decimals, a fixed amount of 0 or more, a step of 0.00001 or more.");
        }

        return WriteAsync(
            state =>
            {
                DemandSubject(state, rule);
                return state.Rules.With(rule);
            },
            tx => tx.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO price_rules (scope, subject, margin, fixed, step) VALUES (@Scope, @Subject, @Margin, @Fixed, @Step)
                ON CONFLICT (scope, subject) DO UPDATE SET margin = @Margin, fixed = @Fixed, step = @Step
                """,
                new { Scope = (int)rule.Scope, rule.Subject, rule.Terms.Margin, Fixed = rule.Terms.Fixed.Units, Step = rule.Terms.Step.Units }, tx.Transaction, cancellationToken: ct)),
            new AuditLine(actor, "price rule set", Subject(rule.Scope, rule.Subject), PriceWords(rule.Terms)), ct);
    }

    /// <summary>Removes a rule; returns the services that have another price now.</summary>
    /// <exception cref="InvalidInputException">There is no such rule, or a price would not fit.</exception>
    public Task<IReadOnlyList<Service>> RemoveAsync(PriceScope scope, string subject, string actor, CancellationToken ct) => WriteAsync(
        state => state.Rules.All.Any(r => (r.Scope, r.Subject) == (scope, subject))
            ? state.Rules.Without(scope, subject) : throw new InvalidInputException($"There is no price rule for {Subject(scope, subject)}."),
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM price_rules WHERE scope = @scope AND subject = @subject", new { scope = (int)scope, subject }, tx.Transaction, cancellationToken: ct)),
        new AuditLine(actor, "price rule remove", Subject(scope, subject), ""), ct);

    private async Task<IReadOnlyList<Service>> WriteAsync(Func<CatalogState, PriceRules> rules, Func<WriteTransaction, Task> store, AuditLine audit, CancellationToken ct)
    {
        await providers.RefreshAsync(ct);
        IReadOnlyList<ServiceEdit> edits = [];
        await write.RunAsync(
            state =>
            {
                edits = Reprice(state, rules(state));
                var repriced = edits.Select(e => e.After.Id).ToHashSet();
                var moot = state.Waiting.Where(q => q.Held.Kind == QuarantineKind.Price && repriced.Contains(q.ServiceId)).ToList();
                return Task.FromResult<CatalogChange?>(new CatalogChange(edits)
                {
                    Closed = [.. moot.Select(q => (q, QuarantineOutcome.Withdrawn))],
                    Audit = [audit],
                    Alerted = [.. moot.Select(q => q.ProviderId).Distinct().Select(p => providers.Current[p])],
                    Also = store,
                });
            },
            ct);
        await catalog.RefreshAsync(ct);
        return [.. edits.Select(e => e.After)];
    }

    /// <summary>The services whose nearest rule is another one now, at their new prices. A price set by hand stays, and so does one whose cost is not known.</summary>
    internal static IReadOnlyList<ServiceEdit> Reprice(CatalogState state, PriceRules rules)
    {
        var edits = new List<ServiceEdit>();
        foreach (var service in state.Services.Where(s => s is { ProviderId: not null, PricedByHand: false, ProviderRate: not null } && rules.For(s) != state.Rules.For(s)))
        {
            if (!MergeOffer.TryPrice(service.ProviderRate!.Value, rules.For(service), out var price))
            {
                throw new InvalidInputException($"Service {service.Id}: its price by that rule does not fit.");
            }

            if (price != service.Rate)
            {
                edits.Add(new ServiceEdit(service, service with { Rate = price }));
            }
        }

        return edits;
    }

    private void DemandSubject(CatalogState state, PriceRule rule)
    {
        var there = rule.Scope switch
        {
            PriceScope.Panel => rule.Subject.Length == 0,
            PriceScope.Provider => providers.Current.Keys.Any(id => Text(id) == rule.Subject),
            PriceScope.Category => rule.Subject.Length > 0,
            PriceScope.Service => state.ById.Keys.Any(id => Text(id) == rule.Subject),
            _ => false,
        };
        if (!there)
        {
            throw new InvalidInputException($"There is no {Subject(rule.Scope, rule.Subject)} to price.");
        }
    }

    internal static string PriceWords(PriceTerms terms) => $"margin {terms.Margin / 100m} %, fixed {terms.Fixed}, step {terms.Step}";

    private static string Subject(PriceScope scope, string subject) => scope == PriceScope.Panel ? "panel" : $"{scope} {subject}".ToLowerInvariant();

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
