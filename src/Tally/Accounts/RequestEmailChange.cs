using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Mail;

namespace Tally.Accounts;

/// <summary>Writes the mail that asks a new address whether the account may have it. For an address that has an account the answer is the same, and its owner learns of it.</summary>
public sealed class RequestEmailChange(UserManager<AccountIdentity> users, ProvePassword prove, AccountMails mails, Outbox outbox, SignInLimits limits)
{
    public async Task<AccountOutcome> RunAsync(long accountId, string email, string password, IPAddress from, Uri origin, CancellationToken ct)
    {
        var user = await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");
        if (AccountBook.TryNormalEmail(email) is not { } address)
        {
            return new AccountOutcome.Wrong("email", "email");
        }

        if (address == user.Email)
        {
            return new AccountOutcome.Wrong("email", "email_same");
        }

        if (await prove.RunAsync(user, password) is { } refused)
        {
            return refused;
        }

        if (!limits.MayCauseMail(from, out var left))
        {
            return new AccountOutcome.TooMany(left);
        }

        var token = await users.GenerateChangeEmailTokenAsync(user, address);
        var owner = await users.FindByEmailAsync(address);
        if (limits.MayGetMail(address))
        {
            await outbox.AddAsync(owner is null ? mails.ChangeEmail(user, address, token, origin) : mails.Taken(owner, origin), ct);
        }

        return new AccountOutcome.Done();
    }
}
