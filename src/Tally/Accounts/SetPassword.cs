using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>Sets an account's password without asking for the one before: the operator's way. All of its sessions end.</summary>
public sealed class SetPassword(UserManager<AccountIdentity> users, Passwords passwords)
{
    /// <exception cref="InvalidInputException">There is no such account, or the password may not be chosen.</exception>
    public async Task RunAsync(long accountId, string password, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var user = await users.FindByIdAsync(accountId.ToString(System.Globalization.CultureInfo.InvariantCulture)) ?? throw new InvalidInputException($"There is no account {accountId}.");
        if (passwords.Problem(password, user.Email) is { } problem)
        {
            throw new InvalidInputException(problem == "password_obvious" ? "This password is tried first by everybody." : $"A password has {Passwords.Shortest} to {Passwords.Longest} characters.");
        }

        user.PasswordHash = passwords.Hash(user, password);
        if (!(await users.UpdateSecurityStampAsync(user)).Succeeded)
        {
            throw new InvalidInputException("The account was changed at the same moment. Try again.");
        }

        await users.ResetAccessFailedCountAsync(user);
        await users.SetLockoutEndDateAsync(user, null);
    }
}
