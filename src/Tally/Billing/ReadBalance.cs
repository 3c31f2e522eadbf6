using Tally.Ledger;

namespace Tally.Billing;

public sealed class ReadBalance
{
    /// <summary>What the account has on its wallet.</summary>
    public ValueTask<Money> RunAsync(long accountId, CancellationToken ct) => throw new NotSupportedException();
}
