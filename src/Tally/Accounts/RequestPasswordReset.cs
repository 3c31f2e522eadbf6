using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Mail;

namespace Tally.Accounts;

/// <summary>Writes the mail with the link to a new password. The answer is the same for an address that has no account.</summary>
public sealed class RequestPasswordReset(UserManager<AccountIdentity> users, AccountMails mails, Outbox outbox, SignInLimits limits)
{
    public async Task<AccountOutcome> RunAsync(string email, IPAddress from, Uri origin, CancellationToken ct)
    {
        if (AccountBook.TryNormalEmail(email) is not { } address)
        {
            return new AccountOutcome.Wrong("email", "email");
        }

        if (!limits.MayCauseMail(from, out var left))
        {
            return new AccountOutcome.TooMany(left);
        }

        if (await users.FindByEmailAsync(address) is { Suspended: false } user && limits.MayGetMail(address))
        {
            await outbox.AddAsync(mails.Reset(user, await users.GeneratePasswordResetTokenAsync(user), origin), ct);
        }

        return new AccountOutcome.Done();
    }
}

/// <summary>Sets a new password by the link in a mail: the address is confirmed by it, the lock is lifted, and all sessions end.</summary>
public sealed class ResetPassword(UserManager<AccountIdentity> users, Passwords passwords, AccountMails mails)
{
    public async Task<AccountOutcome> RunAsync(long accountId, string token, string password, Uri origin)
    {
        var user = await users.FindByIdAsync(accountId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (user is null || !await users.VerifyUserTokenAsync(user, ResetTokens.ProviderName, UserManager<AccountIdentity>.ResetPasswordTokenPurpose, token))
        {
            return new AccountOutcome.Wrong("code", "link");
        }

        if (passwords.Problem(password, user.Email) is { } problem)
        {
            return new AccountOutcome.Wrong("password", problem);
        }

        user.EmailConfirmed = true;
        user.Mails.Add(mails.PasswordChanged(user, origin));
        if (!(await users.ResetPasswordAsync(user, token, password)).Succeeded)
        {
            return new AccountOutcome.Wrong("code", "link");
        }

        await users.ResetAccessFailedCountAsync(user);
        await users.SetLockoutEndDateAsync(user, null);
        return new AccountOutcome.Done();
    }
}
