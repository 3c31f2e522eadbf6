namespace Tally.Orders;

/// <summary>Where a request to cancel stands. The numbers are stored; never renumber.</summary>
public enum CancelState : short
{
    /// <summary>Waits to be passed on to the provider, or for the operator.</summary>
    Open = 0,

    /// <summary>The provider has accepted it; its status will tell.</summary>
    Forwarded = 1,

    /// <summary>The order has come to its end, whichever it was.</summary>
    Done = 2,

    /// <summary>The provider or the operator refused; the order goes on.</summary>
    Rejected = 3,
}
