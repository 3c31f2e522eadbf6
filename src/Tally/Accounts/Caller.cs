namespace Tally.Accounts;

/// <summary>What a key may do. The numbers are stored; never renumber.</summary>
public enum KeyScope : short
{
    /// <summary>Everything that reads: services, status, balance, refill_status.</summary>
    Read = 0,

    /// <summary>Reading, and add, cancel and refill.</summary>
    Order = 1,
}

/// <summary>Who is calling: what the panel knows of a valid key of an account that is not suspended.</summary>
/// <param name="AccountId">The account that pays.</param>
/// <param name="KeyId">The key, for limits and the last-used time.</param>
/// <param name="Scope">What the key may do.</param>
/// <param name="Addresses">From where the account may be used.</param>
public sealed record Caller(long AccountId, long KeyId, KeyScope Scope, AddressList Addresses);
