namespace Tally.Orders;

/// <summary>How placing an order ended.</summary>
public abstract record PlaceOrderOutcome
{
    private PlaceOrderOutcome()
    {
    }

    /// <summary>It is stored and charged. <paramref name="Replayed"/>: it was already, by an earlier request with the same reference.</summary>
    public sealed record Placed(long Order, bool Replayed) : PlaceOrderOutcome;

    /// <summary>Nothing was stored and nothing was taken.</summary>
    public sealed record Refused(Refusal Refusal) : PlaceOrderOutcome;
}

public sealed class PlaceOrder
{
    public Task<PlaceOrderOutcome> RunAsync(long accountId, OrderParameters parameters, CancellationToken ct) => throw new NotSupportedException();
}
