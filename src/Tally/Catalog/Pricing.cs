using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>How near a price rule is to a service; the nearest one wins. The numbers are stored; never renumber.</summary>
public enum PriceScope : short
{
    /// <summary>All services; the subject is empty.</summary>
    Panel = 0,

    /// <summary>The services of a provider; the subject is its id.</summary>
    Provider = 1,

    /// <summary>The services of a category; the subject is its name.</summary>
    Category = 2,

    /// <summary>One service; the subject is its id.</summary>
    Service = 3,
}

/// <summary>How a price is made of a cost.</summary>
/// <param name="Margin">What is put on the cost, in hundredths of a percent, −9,900 … 100,000,000 (−99 % … 1,000,000 %).</param>
/// <param name="Fixed">What is added after that; 0 or more.</param>
/// <param name="Step">The price is a multiple of this; at least 10^-5.</param>
public sealed record PriceTerms(long Margin, Money Fixed, Money Step)
{
    /// <summary>The lowest margin.</summary>
    public const long LeastMargin = -9_900;

    /// <summary>The highest margin.</summary>
    public const long MostMargin = 100_000_000;

    /// <summary>A margin alone.</summary>
    public static PriceTerms Of(long margin) => new(margin, Money.Zero, new Money(1));

    /// <summary>A percentage as a margin; null when it is outside −99 … 1,000,000 or has more than two decimals.</summary>
    public static long? MarginOf(decimal percent) => percent is >= -99 and <= 1_000_000 && percent * 100 == decimal.Truncate(percent * 100) ? (long)(percent * 100) : null;
}

/// <summary>A price rule: for whom, and how.</summary>
public sealed record PriceRule(PriceScope Scope, string Subject, PriceTerms Terms);

/// <summary>Makes prices of costs (lifecycle.md section 4).</summary>
public static class Pricing
{
    private const long WholeMargin = 10_000;

    /// <summary>cost × (1 + margin) + fixed, rounded up to a step: never below the cost unless the margin is negative.</summary>
    /// <param name="cost">What the provider asks, in the panel's currency; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cost is below 0, or the terms are outside their ranges.</exception>
    /// <exception cref="OverflowException">The price does not fit.</exception>
    public static Money Of(Money cost, PriceTerms terms)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost.Units, nameof(cost));
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.Margin, PriceTerms.LeastMargin, nameof(terms));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(terms.Margin, PriceTerms.MostMargin, nameof(terms));
        ArgumentOutOfRangeException.ThrowIfNegative(terms.Fixed.Units, nameof(terms));
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.Step.Units, 1, nameof(terms));

        // Int128: of a 63-bit cost and a 27-bit margin nothing is lost before the last step.
        var price = Up((Int128)cost.Units * (WholeMargin + terms.Margin), WholeMargin) + terms.Fixed.Units;
        return new Money(checked((long)(Up(price, terms.Step.Units) * terms.Step.Units)));
    }

    /// <summary>Whether a price moves by more than <paramref name="percent"/> of what it was; from 0 to anything is a jump.</summary>
    public static bool IsJump(Money was, Money now, int percent) => Int128.Abs((Int128)now.Units - was.Units) * 100 > (Int128)was.Units * percent;

    /// <summary>A rate per 1,000 as one per 1, rounded up, or the other way round; as it is when both count the same.</summary>
    /// <exception cref="OverflowException">The rate does not fit.</exception>
    public static Money InUnitsOf(Money rate, int per, int wantedPer) =>
        new(checked((long)Up((Int128)rate.Units * wantedPer, per)));

    private static Int128 Up(Int128 units, long part) => (units + part - 1) / part;
}

/// <summary>The price rules, and the margins of the imports that hold where there is no rule.</summary>
/// <param name="rules">All rules.</param>
/// <param name="importMargins">The margin of each provider's last import, in hundredths of a percent.</param>
public sealed class PriceRules(IReadOnlyList<PriceRule> rules, IReadOnlyDictionary<long, long> importMargins)
{
    private readonly Dictionary<(PriceScope, string), PriceTerms> _terms = rules.ToDictionary(r => (r.Scope, r.Subject), r => r.Terms);

    /// <summary>All rules.</summary>
    public IReadOnlyList<PriceRule> All { get; } = rules;

    /// <summary>The margin of a provider's last import, in hundredths of a percent.</summary>
    public long ImportMargin(long providerId) => importMargins.GetValueOrDefault(providerId);

    /// <summary>The same with another margin for a provider's import.</summary>
    public PriceRules WithImport(long providerId, long margin) => new(All, new Dictionary<long, long>(importMargins) { [providerId] = margin });

    /// <summary>The same with a rule put in, in the place of one for the same subject.</summary>
    public PriceRules With(PriceRule rule) => new([.. All.Where(r => (r.Scope, r.Subject) != (rule.Scope, rule.Subject)), rule], importMargins);

    /// <summary>The same without a rule.</summary>
    public PriceRules Without(PriceScope scope, string subject) => new([.. All.Where(r => (r.Scope, r.Subject) != (scope, subject))], importMargins);

    /// <summary>The terms of the nearest rule.</summary>
    /// <param name="serviceId">0 for one that is not there yet.</param>
    public PriceTerms For(long serviceId, string category, long? providerId) =>
        Find(PriceScope.Service, Text(serviceId)) ?? Find(PriceScope.Category, category)
        ?? (providerId is { } provider ? Find(PriceScope.Provider, Text(provider)) : null) ?? Find(PriceScope.Panel, "")
        ?? PriceTerms.Of(providerId is { } from ? importMargins.GetValueOrDefault(from) : 0);

    /// <summary>The terms of the nearest rule to a service.</summary>
    public PriceTerms For(Service service) => For(service.Id, service.Category, service.ProviderId);

    private PriceTerms? Find(PriceScope scope, string subject) => _terms.GetValueOrDefault((scope, subject));

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
