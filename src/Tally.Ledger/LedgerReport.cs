namespace Tally.Ledger;

/// <summary>What a verification found.</summary>
/// <param name="FirstFault">The first row that does not hold, with both figures; null when everything does.</param>
/// <param name="Transfers">Transfers read.</param>
/// <param name="Wallets">Wallet rows read.</param>
/// <param name="HouseBalances">The balance of every house account. A sum that does not fit 64 bits is a fault, and is capped here.</param>
/// <param name="WalletTotal">The sum of all wallet rows, capped likewise.</param>
public sealed record LedgerReport(
    bool Holds, string? FirstFault, long Transfers, long Wallets, IReadOnlyDictionary<LedgerAccount, Money> HouseBalances, Money WalletTotal);
