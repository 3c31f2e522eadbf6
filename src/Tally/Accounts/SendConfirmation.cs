using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Mail;

namespace Tally.Accounts;

/// <summary>Writes the mail that confirms an address once more. The answer is the same for an address that has no account, or one that is confirmed.</summary>
public sealed class SendConfirmation(UserManager<AccountIdentity> users, AccountMails mails, Outbox outbox, SignInLimits limits)
{
    public async Task<AccountOutcome> RunAsync(string email, IPAddress from, Uri origin, CancellationToken ct)
    {
        if (!limits.MayCauseMail(from, out var left))
        {
            return new AccountOutcome.TooMany(left);
        }

        if (await users.FindByEmailAsync(email) is { EmailConfirmed: false } user && limits.MayGetMail(user.Email))
        {
            await outbox.AddAsync(mails.Confirm(user, await users.GenerateEmailConfirmationTokenAsync(user), origin), ct);
        }

        return new AccountOutcome.Done();
    }
}
