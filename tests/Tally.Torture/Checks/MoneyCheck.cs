namespace Tally.Torture;

/// <summary>No wallet is below its limit, each has what was put on it minus what its orders cost, and <c>ledger verify</c> holds.</summary>
internal static class MoneyCheck
{
    /// <param name="credited">By account: what was put on its wallet, in units of 10^-5.</param>
    public static IEnumerable<Violation> Of(StoreContents store, IReadOnlyDictionary<long, long> credited)
    {
        if (store.LedgerFault is { } fault)
        {
            yield return new("ledger", fault);
        }

        foreach (var wallet in store.Wallets.Where(w => w.Balance < -w.CreditLimit))
        {
            yield return new("limit", $"{wallet} is below its limit");
        }

        var cost = store.Orders.GroupBy(o => o.Account).ToDictionary(g => g.Key, g => g.Sum(o => o.Charge - o.Refunded));
        var balances = store.Wallets.ToDictionary(w => w.Account, w => w.Balance);
        foreach (var (account, began) in credited)
        {
            var left = began - cost.GetValueOrDefault(account);
            if (!balances.TryGetValue(account, out var balance) || balance != left)
            {
                yield return new("wallet", $"account {account} began with {began} and its orders cost {cost.GetValueOrDefault(account)}, so it must have {left}; it has {balance}");
            }
        }
    }
}
