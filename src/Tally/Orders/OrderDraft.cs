using System.Security.Cryptography;
using System.Text;
using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Orders;

/// <summary>An order that only the store can still refuse: read, judged and priced.</summary>
/// <param name="AccountId">Who pays.</param>
/// <param name="Service">The service as it stood when the order was judged.</param>
/// <param name="Terms">What was asked for.</param>
/// <param name="Quantity">All runs together.</param>
/// <param name="Charge">What it costs, taken at once; 0 for a subscription.</param>
/// <param name="Sent">What was sent, to compare it by another type's rules when the reference was used before under one.</param>
public sealed record OrderDraft(long AccountId, Service Service, OrderTerms Terms, long Quantity, Money Charge, OrderParameters Sent)
{
    private const int LongestLink = 2_048;

    /// <summary>The link's hash (SHA-256, base64) when only one active order of the account may have the link; null when the service does not mind, or has no links.</summary>
    public string? UniqueLink => Service.UniqueLink && Service.Rules.NeedsLink ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Terms.Link))) : null;

    /// <summary>Judges the terms against what the service allows, and prices them (api-v2.md section 7, order of checks).</summary>
    /// <param name="today">The day, for the expiry of a subscription.</param>
    /// <returns>The draft, or null with what stands against it.</returns>
    public static OrderDraft? Judge(long accountId, Service service, OrderTerms terms, OrderParameters sent, DateOnly today, out Refusal? refusal)
    {
        refusal = Against(service, terms, today);
        if (refusal is not null)
        {
            return null;
        }

        var rules = service.Rules;
        var total = terms.Runs > 0 ? (Int128)terms.Quantity * terms.Runs : terms.Quantity;
        var charge = Price(service.Rate, total, rules);
        if (total > long.MaxValue || charge is null)
        {
            refusal = Refusal.MaxQuantity(service.Max);
            return null;
        }

        return new OrderDraft(accountId, service, terms, (long)total, charge.Value, sent);
    }

    /// <summary>Whether a link is one that the service takes: an absolute http(s) URL, or a handle where the service allows it.</summary>
    public static bool IsLink(string link, bool handles)
    {
        if (link.Length is 0 or > LongestLink || link.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
        {
            return false;
        }

        return link[0] == '@'
            ? handles && link.Length > 1
            : Uri.TryCreate(link, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0;
    }

    private static Refusal? Against(Service service, OrderTerms terms, DateOnly today)
    {
        var rules = service.Rules;
        if (terms.Runs > 0 && (rules.Per != 1000 || !service.Dripfeed))
        {
            return Refusal.DripfeedDisabled;
        }

        if (rules.NeedsLink && !IsLink(terms.Link, service.Handles))
        {
            return Refusal.BadLink;
        }

        return rules.Quantity switch
        {
            QuantitySource.One => null,
            QuantitySource.Children => AgainstSubscription(service, terms, today),
            _ when terms.Quantity < Math.Max(service.Min, 1) => Refusal.MinQuantity(Math.Max(service.Min, 1)),
            _ when terms.Quantity > service.Max => Refusal.MaxQuantity(service.Max),
            _ => null,
        };
    }

    private static Refusal? AgainstSubscription(Service service, OrderTerms terms, DateOnly today)
    {
        var (min, max) = (terms.OwnNumber("min"), terms.OwnNumber("max"));
        if (min > max)
        {
            return Refusal.IncorrectRequest("max: at least min");
        }

        if (min < Math.Max(service.Min, 1))
        {
            return Refusal.MinQuantity(Math.Max(service.Min, 1));
        }

        if (max > service.Max)
        {
            return Refusal.MaxQuantity(service.Max);
        }

        var expiry = terms.OwnText("expiry");
        return expiry.Length > 0 && DateOnly.ParseExact(expiry, "dd/MM/yyyy", System.Globalization.CultureInfo.InvariantCulture) < today
            ? Refusal.IncorrectRequest("expiry: a day that has not passed")
            : null;
    }

    private static Money? Price(Money rate, Int128 quantity, TypeRules rules)
    {
        if (rules.Quantity == QuantitySource.Children)
        {
            return Money.Zero;
        }

        try
        {
            return quantity > long.MaxValue ? null : Money.Charge(rate, (long)quantity, rules.Per);
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
