using System.Net;

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
public sealed class Caller(long accountId, long keyId, KeyScope scope, AddressList addresses)
{
    /// <summary>The account that pays.</summary>
    public long AccountId { get; } = accountId;

    /// <summary>The key, for limits and the last-used time.</summary>
    public long KeyId { get; } = keyId;

    /// <summary>What the key may do.</summary>
    public KeyScope Scope { get; } = scope;

    /// <summary>From where the account may be used.</summary>
    public AddressList Addresses { get; } = addresses;

    /// <summary>The last use that was remembered of this key by this node; null when there was none.</summary>
    internal KeyUse? LastUse { get; set; }
}

/// <summary>When (Unix milliseconds) and from where a key was used.</summary>
internal sealed record KeyUse(long AtMs, IPAddress? From);
