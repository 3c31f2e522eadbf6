using System.Collections.Frozen;
using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>A customer's own rate of a service.</summary>
/// <param name="Rate">0 or more; never below the service's known cost when it is set.</param>
/// <param name="Per">For how many units, 1000 or 1: it holds while the service counts by as many.</param>
public readonly record struct OwnRate(Money Rate, int Per);

/// <summary>
/// What a customer pays instead of the price list: own rates of some services, and a percentage on all others. Compared by reference; customers whom a percentage alone sets apart share
/// one, so that what is made from it (the API's list of services) is made once for all of them. Pure.
/// </summary>
/// <param name="percent">Hundredths of a percent on the service's rate, −9,900 … 100,000; negative = off; 0 = none.</param>
/// <param name="rates">Own rates by service.</param>
public sealed class OwnPrices(long percent, IReadOnlyDictionary<long, OwnRate> rates)
{
    /// <summary>The largest percentage off, in hundredths of a percent: 99 %.</summary>
    public const long LeastPercent = -9_900;

    /// <summary>The largest percentage on, in hundredths of a percent: 1,000 %.</summary>
    public const long MostPercent = 100_000;

    private const long Whole = 10_000;

    /// <summary>Hundredths of a percent on all services without an own rate; negative = off.</summary>
    public long Percent { get; } = percent;

    /// <summary>The own rates, also those that do not hold now.</summary>
    public IReadOnlyDictionary<long, OwnRate> Rates { get; } = rates.ToFrozenDictionary();

    /// <summary>
    /// What the customer pays for <see cref="TypeRules.Per"/> units of a service: the own rate while it holds, else the service's rate with the percentage, rounded up to 10^-5. Never below the
    /// known cost: a percentage stops there, and an own rate that the cost has passed does not hold.
    /// </summary>
    public Money RateOf(Service service)
    {
        if (Rates.TryGetValue(service.Id, out var own) && Holds(own, service))
        {
            return own.Rate;
        }

        if (Percent == 0)
        {
            return service.Rate;
        }

        var rate = Changed(service.Rate);

        // Of what is on the price list below cost nothing is sold; a percentage must not lift it either.
        return Percent < 0 && service.KnownCost is { } cost && rate < cost ? new Money(Math.Min(cost.Units, service.Rate.Units)) : rate;
    }

    /// <summary>The service as the customer sees it: the same but for its rate.</summary>
    public Service Of(Service service) => RateOf(service) is var rate && rate == service.Rate ? service : service with { Rate = rate };

    /// <summary>Whether an own rate counts now: the service still counts by as many units, and is not known to cost more.</summary>
    public static bool Holds(OwnRate own, Service service) => own.Per == service.Rules.Per && !(service.KnownCost > own.Rate);

    /// <summary>Whether both say the same.</summary>
    public bool SameAs(OwnPrices other) =>
        Percent == other.Percent && Rates.Count == other.Rates.Count && Rates.All(r => other.Rates.TryGetValue(r.Key, out var rate) && rate == r.Value);

    // A rate that a percentage drives beyond 2^63 stays where it is; SetCustomerPrice refuses none, for rates change.
    private Money Changed(Money rate)
    {
        var units = (((Int128)rate.Units * (Whole + Percent)) + Whole - 1) / Whole;
        return units > long.MaxValue ? rate : new Money((long)units);
    }
}
