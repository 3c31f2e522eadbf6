using System.Data.Common;

namespace Tally.Ledger.Stores;

/// <summary>What a batch begins with.</summary>
internal sealed record BatchContent(List<WalletState> Wallets, List<StoredTransfer> Transfers);

/// <summary>A transfer as far as a replay compares it.</summary>
internal readonly record struct StoredTransfer(TransferKey Key, LedgerAccount Debit, LedgerAccount Credit, Money Amount)
{
    public const string Columns = "subject, reason, sequence, debit, credit, amount";

    /// <summary>The code of the side that is a wallet; meaningless when neither is.</summary>
    public long WalletId => Debit.IsWallet ? Debit.Code : Credit.Code;

    /// <summary>What the transfer does to its wallet's balance.</summary>
    public Money WalletDelta => Debit.IsWallet ? -Amount : Amount;

    /// <summary>Reads <see cref="Columns"/> from where the reader stands.</summary>
    /// <exception cref="OverflowException">A reason or sequence is out of its range (possible on SQLite only: its narrow reads would wrap, so they are not used).</exception>
    public static StoredTransfer Read(DbDataReader reader) => new(
        new TransferKey(reader.GetInt64(0), (Reason)(short)reader.GetInt64(1), (int)reader.GetInt64(2)),
        new LedgerAccount(reader.GetInt64(3)),
        new LedgerAccount(reader.GetInt64(4)),
        new Money(reader.GetInt64(5)));
}

/// <summary>A new transfer with the mark it leaves on its wallet, if it has one: which entry it is and the balance after it.</summary>
internal readonly record struct Posting(Transfer Transfer, long? Wallet, long? WalletVersion, long? WalletBalance)
{
    public int CompareKeyTo(in Posting other)
    {
        var (left, right) = (Transfer.Key, other.Transfer.Key);
        return (left.Subject, (short)left.Reason, left.Sequence).CompareTo((right.Subject, (short)right.Reason, right.Sequence));
    }
}

/// <summary>A wallet's row as it was read, with the postings of a batch applied in memory.</summary>
internal sealed class WalletState(long accountId, Money balance, Money creditLimit, long version)
{
    private readonly Money _openingBalance = balance;

    public long AccountId { get; } = accountId;

    public Money CreditLimit { get; } = creditLimit;

    public Money Balance { get; private set; } = balance;

    /// <summary>The number of this wallet's entries, and so the version of the latest.</summary>
    public long Version { get; private set; } = version;

    public long OpeningVersion { get; } = version;

    public long Entries => Version - OpeningVersion;

    /// <summary>The change to write: an increment, so that a lost update cannot hide.</summary>
    public long Delta => (long)((Int128)Balance.Units - _openingBalance.Units);

    /// <summary>Why a change of the balance is not possible; null when it is.</summary>
    public PostOutcome? Refuses(Money delta)
    {
        var after = (Int128)Balance.Units + delta.Units;
        if (delta < Money.Zero)
            return after < -(Int128)CreditLimit.Units ? PostOutcome.InsufficientFunds : null;
        return after > long.MaxValue ? PostOutcome.Overflow : null;
    }

    public void Apply(Money delta)
    {
        Balance += delta;
        Version++;
    }
}
