namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>What Stripe tells of a payment.</summary>
public abstract record CardNews
{
    private CardNews()
    {
    }

    /// <summary>News of a checkout that this panel may have begun.</summary>
    /// <param name="Panel">The panel that began it, as it said itself.</param>
    /// <param name="Payment">Its payment's number there.</param>
    /// <param name="Session">Stripe's id of the checkout.</param>
    public sealed record Checkout(string Panel, long Payment, string Session, CheckoutStep Step) : CardNews;

    /// <summary>Money that was paid before went back, or is disputed.</summary>
    /// <param name="Intent">Stripe's id of the payment.</param>
    /// <param name="Minor">How much of it, in smallest units.</param>
    /// <param name="Currency">ISO 4217, in capitals.</param>
    public sealed record TakenBack(string Intent, long Minor, string Currency, bool Disputed) : CardNews;

    /// <summary>Nothing that concerns us.</summary>
    public sealed record Other(string Type) : CardNews;
}

/// <summary>How far a checkout has come.</summary>
public abstract record CheckoutStep
{
    private CheckoutStep()
    {
    }

    /// <summary>The money is there.</summary>
    public sealed record Paid(string? Intent, long Minor, string Currency) : CheckoutStep;

    /// <summary>The customer has done everything; the money is on its way.</summary>
    public sealed record Pending : CheckoutStep;

    /// <summary>It failed.</summary>
    public sealed record Failed : CheckoutStep;

    /// <summary>The customer left it.</summary>
    public sealed record Expired : CheckoutStep;
}
