using Tally.Accounts;

namespace Tally.Torture;

/// <summary>An account, the key that it uses now, and what was put on its wallet.</summary>
internal sealed class Customer(long id, IssuedKey key, long credited)
{
    private IssuedKey _key = key;

    public long Id => id;

    /// <summary>In units of 10^-5.</summary>
    public long Credited => credited;

    /// <summary>The key that it uses now; another one after a rotation.</summary>
    public IssuedKey Key
    {
        get => Volatile.Read(ref _key);
        set => Volatile.Write(ref _key, value);
    }
}

/// <summary>A service of the tortured panel.</summary>
/// <param name="Rate">Of 1,000, in units of 10^-5.</param>
/// <param name="Provider">Who delivers it; null = the operator.</param>
internal sealed record TorturedService(long Id, long Rate, Upstream? Provider);
