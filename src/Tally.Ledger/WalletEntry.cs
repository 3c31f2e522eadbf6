namespace Tally.Ledger;

/// <summary>One line of a wallet's statement.</summary>
/// <param name="Version">The entry's number in its wallet, from 1 without gaps; also the page key.</param>
/// <param name="Counterpart">The house account on the other side.</param>
/// <param name="Amount">Signed: above 0 raised the balance, below 0 lowered it.</param>
/// <param name="Balance">The wallet's balance after this entry.</param>
/// <param name="CreatedAtMs">Unix time in milliseconds.</param>
public sealed record WalletEntry(long Version, TransferKey Key, LedgerAccount Counterpart, Money Amount, Money Balance, long CreatedAtMs, string? Note);
