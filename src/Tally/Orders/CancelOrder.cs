namespace Tally.Orders;

public sealed class CancelOrder
{
    /// <summary>Takes a request to cancel; null when it is accepted.</summary>
    public Task<Refusal?> RunAsync(long accountId, long order, CancellationToken ct) => throw new NotSupportedException();
}
