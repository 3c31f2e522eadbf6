namespace Tally.Ledger;

/// <summary>There is no wallet row for this account (or the batch was not opened with it).</summary>
public sealed class UnknownWalletException(long accountId) : Exception($"There is no wallet {accountId}.")
{
    public long AccountId { get; } = accountId;
}

/// <summary>The wallet owes more than the credit limit it was to get; the limit stays as it was.</summary>
public sealed class CreditLimitTooLowException(long accountId, Money balance, Money creditLimit)
    : Exception($"Wallet {accountId} stands at {balance}, below a credit limit of {creditLimit}.")
{
    public long AccountId { get; } = accountId;

    public Money Balance { get; } = balance;

    public Money CreditLimit { get; } = creditLimit;
}

/// <summary>A broken invariant: an order would end with more refunded, earned or passed on than was charged for it. A mistake of the caller's, not an outcome.</summary>
public sealed class BrokenOrderException(string fault) : Exception($"Nothing was written: {fault}.");
