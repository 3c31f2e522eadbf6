using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>Changes the password of somebody who is signed in and knows the one before. All other sessions end in the same transaction.</summary>
public sealed class ChangePassword(UserManager<AccountIdentity> users, ProvePassword prove, Passwords passwords, AccountMails mails)
{
    /// <param name="session">The session that goes on.</param>
    public async Task<AccountOutcome> RunAsync(long accountId, long? session, string current, string password, Uri origin)
    {
        var user = await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");
        if (await prove.RunAsync(user, current) is { } refused)
        {
            return refused;
        }

        if (passwords.Problem(password, user.Email) is { } problem)
        {
            return new AccountOutcome.Wrong("password", problem);
        }

        user.KeptSession = session;
        user.Mails.Add(mails.PasswordChanged(user, origin));
        return (await users.ChangePasswordAsync(user, current, password)).Succeeded ? new AccountOutcome.Done() : new AccountOutcome.Wrong("current", "again");
    }
}
