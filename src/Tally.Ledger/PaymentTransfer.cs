namespace Tally.Ledger;

/// <summary>A transfer that belongs to a payment.</summary>
/// <param name="Account">Whose wallet it moved.</param>
/// <param name="Amount">Signed: above 0 raised the balance, below 0 lowered it.</param>
public sealed record PaymentTransfer(TransferKey Key, long Account, Money Amount);
