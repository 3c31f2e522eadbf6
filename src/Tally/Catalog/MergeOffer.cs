using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>What an offer makes of a service.</summary>
/// <param name="Service">The service with everything that may follow by itself.</param>
/// <param name="Held">What must wait for the operator.</param>
/// <param name="Wrong">Why the price could not be made; null when nothing is wrong.</param>
internal sealed record Merged(Service Service, IReadOnlyList<Held> Held, string? Wrong = null);

/// <summary>
/// A three-way merge: what changed upstream since the last offer that was taken, into a service that the operator may have changed too. What the operator changed stays; the
/// provider's rate is always taken as a fact; price jumps, renames and changes of type are held (lifecycle.md section 4).
/// </summary>
internal static class MergeOffer
{
    public static Merged Into(Service ours, Offer theirs, PriceRules rules, int jumpPercent)
    {
        Money cost;
        try
        {
            cost = theirs.RateFor(ours.Type);
        }
        catch (OverflowException)
        {
            return new Merged(ours, [], "its rate does not fit the unit of our type");
        }

        var listed = ours with { ProviderRate = cost, Vanished = false };
        if (ours.Upstream is not { } known)
        {
            // The first offer for a service that was bound by hand: it is what later ones are compared with. A price that no rule explains is the operator's.
            var explained = TryPrice(cost, rules.For(ours), out var price) && price == ours.Rate;
            return new Merged(listed with { Upstream = theirs, PricedByHand = ours.PricedByHand || !explained }, []);
        }

        var held = new List<Held>();
        var name = theirs.Name;
        if (name != known.Name && name != ours.Name)
        {
            held.Add(new Held(QuarantineKind.Rename, known.Name, name, new Proposal(Name: name)));
            name = known.Name;
        }

        if (theirs.Type == known.Type || theirs.Type == ours.Type)
        {
            return Priced(Followed(listed, known, theirs with { Name = name }), held, ours, theirs, rules, jumpPercent);
        }

        // A service of another type counts, limits and asks differently: nothing of it is taken before the operator's yes, save what it costs.
        return Retyped(listed, theirs, rules, out var change)
            ? new Merged(listed, [.. held, change!])
            : new Merged(listed, held, $"its price as {TypeRules.Of(theirs.Type).WireName} does not fit");
    }

    /// <summary>Takes what may follow; the rate upstream that counts as known stays for <see cref="Priced"/> to judge.</summary>
    private static Service Followed(Service ours, Offer known, Offer theirs)
    {
        var (min, max) = (Follow(ours.Min, known.Min, theirs.Min), Follow(ours.Max, known.Max, theirs.Max));

        // Own limits that contradict the provider's new ones could not be delivered.
        (min, max) = min <= max ? (min, max) : (theirs.Min, theirs.Max);
        return ours with
        {
            Description = Follow(ours.Description, known.Description, theirs.Description),
            Category = Follow(ours.Category, known.Category, theirs.Category),
            Platform = Follow(ours.Platform, known.Platform, theirs.Platform),
            Min = min,
            Max = max,
            Refill = Follow(ours.Refill, known.Refill, theirs.Refill),
            Cancel = Follow(ours.Cancel, known.Cancel, theirs.Cancel),
            Dripfeed = Follow(ours.Dripfeed, known.Dripfeed, theirs.Dripfeed) && ours.Rules.Per == 1000,
            Upstream = theirs with { Rate = known.Rate },
        };
    }

    private static Merged Priced(Service followed, List<Held> held, Service before, Offer theirs, PriceRules rules, int jumpPercent)
    {
        var taken = followed with { Upstream = followed.Upstream! with { Rate = theirs.Rate } };
        var terms = rules.For(followed);
        if (followed.PricedByHand || (theirs.Rate == before.Upstream!.Rate && terms == rules.For(before)))
        {
            return new Merged(taken, held);
        }

        if (!TryPrice(followed.ProviderRate!.Value, terms, out var price))
        {
            return new Merged(followed, held, "its price by our rules does not fit");
        }

        if (Pricing.IsJump(followed.Rate, price, jumpPercent))
        {
            // A category with a price rule of its own is a part of the question, and waits with the price.
            var recategorised = terms != rules.For(before);
            var proposal = new Proposal(UpstreamRate: theirs.Rate, Price: price, Category: recategorised ? followed.Category : null);
            held.Add(new Held(QuarantineKind.Price, followed.Rate.ToString(), price.ToString(), proposal));
            return new Merged(
                recategorised ? followed with { Category = before.Category, Upstream = followed.Upstream! with { Category = before.Upstream.Category } } : followed, held);
        }

        return new Merged(taken with { Rate = price }, held);
    }

    private static bool Retyped(Service ours, Offer theirs, PriceRules rules, out Held? held)
    {
        var price = ours.Rate;
        var keepsPrice = ours.PricedByHand && ours.Rules.Per == TypeRules.Of(theirs.Type).Per;
        if (!keepsPrice && !TryPrice(theirs.Rate, rules.For(ours), out price))
        {
            held = null;
            return false;
        }

        held = new Held(
            QuarantineKind.Type, Words(ours.Type, ours.Rate), Words(theirs.Type, price), new Proposal(Type: theirs.Type, UpstreamRate: theirs.Rate, Price: price));
        return true;
    }

    internal static bool TryPrice(Money cost, PriceTerms terms, out Money price)
    {
        try
        {
            price = Pricing.Of(cost, terms);
            return true;
        }
        catch (OverflowException)
        {
            price = default;
            return false;
        }
    }

    private static T Follow<T>(T ours, T known, T theirs) => EqualityComparer<T>.Default.Equals(ours, known) ? theirs : ours;

    private static string Words(ServiceType type, Money rate) => $"{TypeRules.Of(type).WireName} at {rate} per {TypeRules.Of(type).Per}";
}
