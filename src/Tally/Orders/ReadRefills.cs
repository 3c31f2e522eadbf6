namespace Tally.Orders;

public sealed class ReadRefills
{
    /// <summary>Those of the refills that are the account's, by id; at most 100 ids.</summary>
    public Task<IReadOnlyDictionary<long, RefillStatus>> ManyAsync(long accountId, IReadOnlyCollection<long> refills, CancellationToken ct) => throw new NotSupportedException();
}
