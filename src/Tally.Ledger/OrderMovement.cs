namespace Tally.Ledger;

/// <summary>One movement of an order's money, as its customer may know of it.</summary>
/// <param name="Effect">What it does to what the order has cost its customer, signed as on a statement: a charge is below 0, a refund above, money passed on to a run is 0.</param>
/// <param name="Balance">The wallet's balance after it; null when it did not touch the wallet (a run is paid by its drip-feed).</param>
/// <param name="CreatedAtMs">Unix time in milliseconds.</param>
public sealed record OrderMovement(Reason Reason, int Sequence, Money Amount, Money Effect, Money? Balance, long CreatedAtMs);
