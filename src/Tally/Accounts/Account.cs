using Tally.Ledger;

namespace Tally.Accounts;

/// <summary>A customer of the panel.</summary>
/// <param name="Id">1 … 2^31−1; also the number of the wallet.</param>
/// <param name="Email">In lower case; unique.</param>
/// <param name="Addresses">From where the API may be used, one a line; empty = from everywhere.</param>
public sealed record Account(long Id, string Email, bool Suspended, string Addresses, DateTimeOffset CreatedAt);

/// <summary>A key as it may be shown: never the key itself.</summary>
public sealed record ApiKey(
    long Id, string Name, string Shown, KeyScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? LastUsedFrom);

/// <summary>A key just made: the only time that it is seen.</summary>
public sealed record IssuedKey(long Id, string Key);

/// <summary>An account just made.</summary>
public sealed record OpenedAccount(long Id, string Email, IssuedKey Key, Money Balance);
