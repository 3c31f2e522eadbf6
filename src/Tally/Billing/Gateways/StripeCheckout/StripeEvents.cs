using System.Globalization;
using Stripe;
using Stripe.Checkout;

namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>Reads what Stripe posts to the webhook: proves the signature first, then says what it means to us.</summary>
internal static class StripeEvents
{
    /// <summary>How the metadata of our checkouts is called.</summary>
    public const string PanelKey = "tally_panel", PaymentKey = "tally_payment";

    /// <summary>How old a signed message may be.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <param name="problem">Why it is not taken, without secrets; null when it was read.</param>
    /// <returns>Null when the signature does not prove it, it is too old, or malformed.</returns>
    public static CardNews? Read(string json, string? signature, string secret, DateTimeOffset now, out string? problem)
    {
        problem = null;
        try
        {
            var said = EventUtility.ConstructEvent(json, signature ?? "", secret, (long)Tolerance.TotalSeconds, now.ToUnixTimeSeconds(), throwOnApiVersionMismatch: false);
            return Meaning(said);
        }
        catch (StripeException e)
        {
            problem = e.Message;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or Newtonsoft.Json.JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException or InvalidCastException or NullReferenceException)
        {
            // Signed, yet no event: Stripe's library throws whatever it stumbles over.
            problem = "the body is no event of Stripe's";
        }

        return null;
    }

    private static CardNews Meaning(Event e) => (e.Type, e.Data?.Object) switch
    {
        (EventTypes.CheckoutSessionCompleted, Session s) => s.PaymentStatus == "unpaid" ? Of(e, s, new CheckoutStep.Pending()) : Paid(e, s),
        (EventTypes.CheckoutSessionAsyncPaymentSucceeded, Session s) => Paid(e, s),
        (EventTypes.CheckoutSessionAsyncPaymentFailed, Session s) => Of(e, s, new CheckoutStep.Failed()),
        (EventTypes.CheckoutSessionExpired, Session s) => Of(e, s, new CheckoutStep.Expired()),
        (EventTypes.ChargeRefunded, Charge { PaymentIntentId: { } intent } c) => new CardNews.TakenBack(intent, c.AmountRefunded, Currency(c.Currency), Disputed: false),
        (EventTypes.ChargeDisputeCreated, Dispute { PaymentIntentId: { } intent } d) => new CardNews.TakenBack(intent, d.Amount, Currency(d.Currency), Disputed: true),
        _ => new CardNews.Other(e.Type ?? ""),
    };

    private static CardNews Paid(Event e, Session s) => s.AmountTotal is { } minor && s.Currency is not null
        ? Of(e, s, new CheckoutStep.Paid(s.PaymentIntentId, minor, Currency(s.Currency)))
        : new CardNews.Other(e.Type);

    private static CardNews Of(Event e, Session s, CheckoutStep step) =>
        s.Metadata is not null && s.Metadata.TryGetValue(PanelKey, out var panel) && s.Metadata.TryGetValue(PaymentKey, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var payment)
            ? new CardNews.Checkout(panel, payment, s.Id, step)
            : new CardNews.Other(e.Type);

    private static string Currency(string code) => code.ToUpperInvariant();
}
