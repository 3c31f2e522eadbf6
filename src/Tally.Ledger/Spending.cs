namespace Tally.Ledger;

/// <summary>What orders took from a wallet and gave back to it in one slot of time.</summary>
/// <param name="Slot">Unix time in milliseconds divided by the length of a slot, rounded down.</param>
/// <param name="Charged">Charges, 0 or more.</param>
/// <param name="Refunded">Refunds of whatever order, 0 or more: they count when they were paid back, not when the order was charged.</param>
public readonly record struct SpendingSlot(long Slot, Money Charged, Money Refunded);

/// <summary>A stretch of a wallet's entries, summed up.</summary>
/// <param name="UpTo">The version of its last entry; the version that it began behind when it is empty.</param>
/// <param name="Entries">How many entries it has, those of payments included.</param>
/// <param name="Slots">Sorted; slots with payments alone are there with zeros.</param>
public sealed record SpendingStretch(long UpTo, int Entries, IReadOnlyList<SpendingSlot> Slots);
