using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>Which changes upstream are never applied without the operator's yes. The numbers are stored; never renumber.</summary>
public enum QuarantineKind : short
{
    /// <summary>Our price would jump.</summary>
    Price = 1,

    /// <summary>The provider gave its service another name: it may be another service now.</summary>
    Rename = 2,

    /// <summary>The provider's service is of another type now.</summary>
    Type = 3,
}

/// <summary>How a quarantine ended. The numbers are stored; never renumber.</summary>
public enum QuarantineOutcome : short
{
    /// <summary>The operator said yes.</summary>
    Accepted = 1,

    /// <summary>The operator said no.</summary>
    Rejected = 2,

    /// <summary>Upstream went back, or the question no longer stands.</summary>
    Withdrawn = 3,
}

/// <summary>What a yes applies; what is null stays.</summary>
/// <param name="UpstreamRate">The provider's rate with which the offer came.</param>
/// <param name="Price">Our new price.</param>
/// <param name="Category">The category whose price rule brings that price.</param>
public sealed record Proposal(string? Name = null, ServiceType? Type = null, Money? UpstreamRate = null, Money? Price = null, string? Category = null);

/// <summary>A change that is held.</summary>
/// <param name="Before">What it is now, for people.</param>
/// <param name="After">What it would be, for people.</param>
public sealed record Held(QuarantineKind Kind, string Before, string After, Proposal Proposal);

/// <summary>A change that waits for the operator.</summary>
/// <param name="Id">Another one when upstream moves again, so that a yes never applies what was not seen.</param>
/// <param name="OpenedAt">Since when it waits, unix ms.</param>
/// <param name="MovedAt">When upstream last moved, unix ms.</param>
public sealed record Quarantined(long Id, long ServiceId, long ProviderId, Held Held, long OpenedAt, long MovedAt);

/// <summary>The operator's yes and no. Both move what counts as known of upstream; only a yes moves ours.</summary>
internal static class QuarantineDecision
{
    /// <summary>The service with a held change applied.</summary>
    /// <exception cref="OverflowException">A further route's rate does not fit the new type's unit.</exception>
    public static Service Accept(Service ours, Held held)
    {
        var (known, wanted) = (KnownBefore(ours), held.Proposal);
        var seen = ours with { Upstream = After(known, wanted) };
        switch (held.Kind)
        {
            case QuarantineKind.Rename:
                return seen with { Name = ours.Name == known.Name ? wanted.Name! : ours.Name };
            case QuarantineKind.Price:
                var category = wanted.Category is not null && ours.Category == known.Category ? wanted.Category : ours.Category;
                return seen with { Rate = wanted.Price!.Value, PricedByHand = false, Category = category };
            case QuarantineKind.Type:
                var (per, wantedPer) = (ours.Rules.Per, TypeRules.Of(wanted.Type!.Value).Per);
                Route[] routes = [.. ours.FurtherRoutes.Select(r => r with { ProviderRate = r.ProviderRate is { } rate ? Pricing.InUnitsOf(rate, per, wantedPer) : null })];
                return seen with
                {
                    Type = wanted.Type.Value,
                    Rate = wanted.Price ?? ours.Rate,
                    PricedByHand = ours.PricedByHand && per == wantedPer,
                    ProviderRate = wanted.UpstreamRate,
                    Dripfeed = ours.Dripfeed && wantedPer == 1000,
                    FurtherRoutes = [.. routes],
                };
            default:
                throw new ArgumentOutOfRangeException(nameof(held), held.Kind, "No such quarantine.");
        }
    }

    /// <summary>The service as it is, with the offer known: what differs from it is the operator's own from now on.</summary>
    public static Service Reject(Service ours, Held held) => ours with { Upstream = After(KnownBefore(ours), held.Proposal) };

    private static Offer KnownBefore(Service ours) => ours.Upstream ?? throw new InvalidOperationException($"Service {ours.Id} is in quarantine without a known offer.");

    private static Offer After(Offer known, Proposal p) => known with
    {
        Name = p.Name ?? known.Name,
        Type = p.Type ?? known.Type,
        Category = p.Category ?? known.Category,
        Rate = p.UpstreamRate ?? known.Rate,
    };
}
