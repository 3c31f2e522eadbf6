using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>Asks somebody who is signed in for the password once more, before what a stranger at an open browser must not do. Guesses count as they do at the door.</summary>
public sealed class ProvePassword(UserManager<AccountIdentity> users, TimeProvider time)
{
    /// <summary>Whether there is a password to ask for. An account that the operator has opened has none before its owner sets one.</summary>
    public async Task<bool> IsAskedAsync(long accountId) => (await FindAsync(accountId)).PasswordHash is not null;

    /// <summary>For what somebody without a password may do as well.</summary>
    /// <returns>Null when the password is right, or the account has none.</returns>
    public async Task<AccountOutcome?> IfAnyAsync(long accountId, string? password) => await IfAnyAsync(await FindAsync(accountId), password);

    /// <inheritdoc cref="IfAnyAsync(long, string?)"/>
    public async Task<AccountOutcome?> IfAnyAsync(AccountIdentity user, string? password) => user.PasswordHash is null ? null : await RunAsync(user, password ?? "");

    /// <returns>Null when the password is right.</returns>
    public async Task<AccountOutcome?> RunAsync(AccountIdentity user, string password)
    {
        if (SignIn.IsLocked(user, time.GetUtcNow(), out var left))
        {
            return new AccountOutcome.TooMany(left);
        }

        if (await users.CheckPasswordAsync(user, password))
        {
            await users.ResetAccessFailedCountAsync(user);
            return null;
        }

        await users.AccessFailedAsync(user);
        return new AccountOutcome.Wrong("current", "password_wrong");
    }

    private async Task<AccountIdentity> FindAsync(long accountId) =>
        await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");
}
