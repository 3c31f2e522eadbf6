using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>Takes an address as confirmed: the one somebody signed up with, or a new one, by the link in the mail to it.</summary>
public sealed class ConfirmEmail(UserManager<AccountIdentity> users, AccountMails mails, Profiles profiles)
{
    /// <param name="email">The new address, for a change; null for the one that the account has.</param>
    /// <param name="session">The session of the account that goes on after a change of the address; null = none.</param>
    /// <returns>False when the link is used, too old or not ours.</returns>
    public async Task<bool> RunAsync(long accountId, string? email, string token, long? session, Uri origin, CancellationToken ct)
    {
        if (await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) is not { } user)
        {
            return false;
        }

        if (email is null)
        {
            return !user.EmailConfirmed && (await users.ConfirmEmailAsync(user, token)).Succeeded;
        }

        if (AccountBook.TryNormalEmail(email) is not { } address || !await users.VerifyUserTokenAsync(user, TokenOptions.DefaultProvider, UserManager<AccountIdentity>.GetChangeEmailTokenPurpose(address), token))
        {
            return false;
        }

        var before = user.Email;
        user.KeptSession = session;
        user.Mails.Add(mails.EmailChanged(user, before, address, origin));
        if (!(await users.ChangeEmailAsync(user, address, token)).Succeeded)
        {
            return false;
        }

        await profiles.RefreshAsync(ct);
        return true;
    }

    /// <summary>The operator's word on the address.</summary>
    /// <exception cref="InvalidInputException">There is no such account, or it was changed at the same moment.</exception>
    public async Task ByOperatorAsync(long accountId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var user = await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidInputException($"There is no account {accountId}.");
        user.EmailConfirmed = true;
        if (!(await users.UpdateAsync(user)).Succeeded)
        {
            throw new InvalidInputException("The account was changed at the same moment. Try again.");
        }
    }
}
