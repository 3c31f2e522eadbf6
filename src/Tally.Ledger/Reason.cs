namespace Tally.Ledger;

/// <summary>Why money moves. 1 … 99 belong to an order, from 100 to a payment; "A → B" debits A and credits B. The numbers are stored: never reuse one.</summary>
public enum Reason : short
{
    /// <summary>wallet → held; for a run of a drip-feed runs → held.</summary>
    Charge = 1,

    /// <summary>held → wallet, or revenue → wallet.</summary>
    Refund = 2,

    /// <summary>held → revenue.</summary>
    Earned = 3,

    /// <summary>revenue → held.</summary>
    Unearned = 4,

    /// <summary>held → runs; the subject is the parent order.</summary>
    RunFunding = 5,

    /// <summary>provider cost → provider payable.</summary>
    Cost = 6,

    /// <summary>provider payable → provider cost.</summary>
    CostCorrection = 7,

    /// <summary>cash → wallet.</summary>
    TopUp = 100,

    /// <summary>adjustments → wallet, or wallet → adjustments.</summary>
    Adjustment = 101,
}

public static class ReasonExtensions
{
    /// <summary>True when the subject of a transfer with this reason is an order; otherwise it is a payment.</summary>
    public static bool IsOrderReason(this Reason reason) => (short)reason is >= 1 and < 100;
}
