namespace Tally.Demo;

/// <summary>What <c>status</c> says about an order at one moment.</summary>
/// <param name="Status">One of the API's words, or whatever a test has set.</param>
/// <param name="StartCount">What the target had when delivery began; 0 before.</param>
/// <param name="Remains">What is still to be delivered.</param>
/// <param name="Charge">What the order has cost after refunds.</param>
/// <param name="Since">The simulated millisecond at which this state began; for a state in motion, its first moment.</param>
internal sealed record OrderState(string Status, long StartCount, long Remains, decimal Charge, long Since)
{
    public bool IsFinal => Status is OrderWords.Completed or OrderWords.Partial or OrderWords.Canceled or OrderWords.Expired;
}

/// <summary>The words of <c>status</c>: the six of the API, and a subscription's own (api-v2.md section 7).</summary>
internal static class OrderWords
{
    public const string Pending = "Pending";
    public const string InProgress = "In progress";
    public const string Completed = "Completed";
    public const string Partial = "Partial";
    public const string Canceled = "Canceled";
    public const string Active = "Active";
    public const string Expired = "Expired";
}
