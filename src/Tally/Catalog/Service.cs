using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>What to do with an order that every provider refused (lifecycle.md section 3).</summary>
public enum OnRefusal : short
{
    /// <summary>Hold it for the operator, with the provider's words.</summary>
    Hold = 0,

    /// <summary>Cancel it and pay it back.</summary>
    Cancel = 1,
}

/// <summary>A service that the panel sells.</summary>
/// <param name="Id">1 … 2^31−1.</param>
/// <param name="Rate">The price of <see cref="TypeRules.Per"/> units.</param>
/// <param name="Min">The smallest quantity of one order (of one run, for drip-feed).</param>
/// <param name="Max">The largest quantity of one order (of one run, for drip-feed).</param>
/// <param name="RefillDays">How many days after completion a refill may be asked for; 0 = no limit.</param>
/// <param name="Handles">Whether a link may be a handle such as <c>@name</c>.</param>
/// <param name="UniqueLink">Whether a customer may have only one active order for the same link.</param>
/// <param name="ProviderId">Who delivers it; null = the operator's own staff.</param>
/// <param name="ProviderService">The provider's id of the service.</param>
/// <param name="ProviderRate">What the provider asked for at the last import, in the panel's currency.</param>
public sealed record Service(
    long Id,
    string Name,
    string Description,
    ServiceType Type,
    string Category,
    string Platform,
    Money Rate,
    long Min,
    long Max,
    bool Refill,
    bool Cancel,
    bool Dripfeed,
    int RefillDays,
    bool Enabled,
    bool Handles,
    bool UniqueLink,
    OnRefusal OnRefusal,
    long? ProviderId,
    string? ProviderService,
    Money? ProviderRate,
    int Position)
{
    /// <summary>The contract's row for this service's type.</summary>
    public TypeRules Rules => TypeRules.Of(Type);
}
