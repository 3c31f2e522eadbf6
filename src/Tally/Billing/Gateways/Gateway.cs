using Tally.Ledger;
using Tally.Settings;

namespace Tally.Billing.Gateways;

/// <summary>
/// A way to pay: the one seam between the cash desk and each gateway's folder. What a gateway hears later (webhooks) comes in through a use case of its own, for no two of them
/// say it in the same way.
/// </summary>
public interface IGateway
{
    /// <summary>A short word, stored with payments and part of addresses; never rename one.</summary>
    string Name { get; }

    /// <summary>What the operator can set.</summary>
    IReadOnlyList<GatewaySetting> Settings { get; }

    /// <summary>What it offers to customers with these settings; or what is missing.</summary>
    GatewayOffer Offer(GatewayValues values, PanelSettings panel);

    /// <summary>Begins a payment whose amount was found to be within the offer.</summary>
    Task<PaymentStart> StartAsync(PaymentWish wish, CancellationToken ct);
}

/// <summary>A setting of a gateway.</summary>
/// <param name="What">For the operator: what it is, with unit and range.</param>
/// <param name="Read">The value as it is to be stored.</param>
/// <param name="Secret">Stored encrypted, never shown again.</param>
/// <exception cref="InvalidInputException">From <paramref name="Read"/>: the value does not fit.</exception>
public sealed record GatewaySetting(string Name, string What, Func<string, string> Read, bool Secret = false);

/// <summary>What a gateway offers.</summary>
/// <param name="Name">The gateway's.</param>
/// <param name="Missing">For the operator: why it is not offered; empty when it is.</param>
/// <param name="Min">The least amount, in the panel's currency.</param>
/// <param name="Max">The largest amount.</param>
/// <param name="Decimals">How many decimals an amount may have.</param>
/// <param name="Automatic">Whether payments are credited by themselves.</param>
public sealed record GatewayOffer(string Name, IReadOnlyList<string> Missing, Money Min, Money Max, int Decimals, bool Automatic)
{
    public bool IsReady => Missing.Count == 0;

    /// <summary>One that is not offered.</summary>
    public static GatewayOffer Not(string name, IEnumerable<string> missing) => new(name, [.. missing], Money.Zero, Money.Zero, 0, false);
}

/// <summary>What a customer wants to pay.</summary>
/// <param name="Site">This panel's address as the customer's browser has it, without a slash at its end.</param>
/// <param name="Language">The customer's, <c>en</c> or <c>vi</c>.</param>
public sealed record PaymentWish(long AccountId, string Email, Money Amount, string Site, string Language);

/// <summary>How a payment begins.</summary>
public abstract record PaymentStart
{
    private PaymentStart()
    {
    }

    /// <summary>The customer is shown where to transfer the money to.</summary>
    public sealed record ShowTransfer(Money Amount) : PaymentStart;

    /// <summary>The customer pays on the gateway's page.</summary>
    public sealed record GoTo(long Payment, Uri Address) : PaymentStart;

    /// <summary>It cannot begin.</summary>
    /// <param name="Problem"><c>way</c> = there is no such way, <c>min</c>, <c>max</c>, <c>decimals</c> = the amount does not fit, <c>down</c> = the gateway does not answer as it should.</param>
    /// <param name="Offer">What would have been accepted; null where there is nothing.</param>
    public sealed record Refused(string Problem, GatewayOffer? Offer = null) : PaymentStart;
}
