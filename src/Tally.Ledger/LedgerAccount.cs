using System.Globalization;

namespace Tally.Ledger;

/// <summary>
/// An account of the ledger. Codes from 1 are customers' wallets (the account's own id), negative codes are the house's.
/// A transfer takes its amount from the balance of the debited account and adds it to the credited one, so the sum of all balances is always 0.
/// </summary>
public readonly record struct LedgerAccount(long Code)
{
    /// <summary>The world outside: what customers paid in. Its balance is minus the sum of all top-ups.</summary>
    public static LedgerAccount Cash => new(-1);

    /// <summary>Charges of orders that are not final yet.</summary>
    public static LedgerAccount Held => new(-2);

    /// <summary>What final orders have earned.</summary>
    public static LedgerAccount Revenue => new(-3);

    /// <summary>Drip-feed money on its way from a parent order to a run.</summary>
    public static LedgerAccount Runs => new(-4);

    /// <summary>What orders have cost at providers; its balance is minus that cost.</summary>
    public static LedgerAccount ProviderCost => new(-5);

    /// <summary>The counterpart of <see cref="ProviderCost"/>: what providers took for orders.</summary>
    public static LedgerAccount ProviderPayable => new(-6);

    /// <summary>What the operator gave to, or took from, wallets by hand.</summary>
    public static LedgerAccount Adjustments => new(-7);

    /// <summary>Every house account.</summary>
    public static IReadOnlyList<LedgerAccount> House { get; } = [Cash, Held, Revenue, Runs, ProviderCost, ProviderPayable, Adjustments];

    public bool IsWallet => Code >= 1;

    /// <param name="accountId">The customer's account id, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is 0 or negative.</exception>
    public static LedgerAccount Wallet(long accountId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accountId, 1);
        return new LedgerAccount(accountId);
    }

    public override string ToString() => Code switch
    {
        -1 => "cash",
        -2 => "held",
        -3 => "revenue",
        -4 => "runs",
        -5 => "provider cost",
        -6 => "provider payable",
        -7 => "adjustments",
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"wallet {Code}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"unknown account {Code}"),
    };
}
