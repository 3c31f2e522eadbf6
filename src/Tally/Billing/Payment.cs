using Tally.Ledger;

namespace Tally.Billing;

/// <summary>How a payment stands. The numbers are stored.</summary>
public enum PaymentState
{
    /// <summary>Begun at a gateway, which has not said yet how it ended.</summary>
    Waiting = 0,

    /// <summary>On the wallet: exactly one transfer of the ledger belongs to it.</summary>
    Credited = 1,

    /// <summary>The gateway says that it failed; no money moved.</summary>
    Failed = 2,

    /// <summary>Begun and left.</summary>
    Expired = 3,
}

/// <summary>Money that a customer paid, or began to pay, or that the operator gave or took.</summary>
/// <param name="Amount">In the panel's currency; below 0 when the operator took it.</param>
/// <param name="Method">The gateway's name, or <c>adjustment</c>.</param>
/// <param name="Paid">What was paid, where that was in another currency.</param>
/// <param name="Note">For the operator: reasons, the gateway's words.</param>
/// <param name="Reference">The gateway's own id of it.</param>
/// <param name="Receipt">The gateway's id of the money behind it.</param>
/// <param name="CreatedAt">Unix milliseconds, as <paramref name="EndedAt"/>, which is null while it waits.</param>
public sealed record Payment(
    long Id, long AccountId, Money Amount, string Method, PaymentState State, string? Paid, string Note, string? Reference, string? Receipt, long CreatedAt, long? EndedAt)
{
    /// <summary>The method of what an operator books by hand.</summary>
    public const string ByHand = "adjustment";
}
