using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>The second step of signing in: a code of the authenticator, or a recovery code, which works once. Wrong ones count towards the account's lock and the address's block.</summary>
public sealed class EnterSecondFactor(UserManager<AccountIdentity> users, PanelSignIn signIn, SignInLimits limits, TimeProvider time)
{
    /// <summary>Whether somebody stands between the two steps.</summary>
    public async Task<bool> IsExpectedAsync() => await signIn.GetTwoFactorAuthenticationUserAsync() is not null;

    /// <param name="recovery">Whether it is a recovery code.</param>
    /// <returns>Null when nobody has given a password before.</returns>
    public async Task<SignInOutcome?> RunAsync(string code, bool recovery, bool remember, IPAddress from)
    {
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { } user)
        {
            return null;
        }

        if (limits.IsBlocked(from, out var left) || SignIn.IsLocked(user, time.GetUtcNow(), out left))
        {
            return new SignInOutcome.TooMany(left);
        }

        if (user.Suspended)
        {
            return new SignInOutcome.Suspended();
        }

        var plain = string.Concat(code.Where(char.IsAsciiLetterOrDigit));
        var result = recovery ? await RecoverAsync(user, plain, remember) : await signIn.TwoFactorAuthenticatorSignInAsync(plain, remember, rememberClient: false);
        if (result.Succeeded)
        {
            return new SignInOutcome.SignedIn();
        }

        limits.Failed(from);
        return result.IsLockedOut ? new SignInOutcome.TooMany(SignInLimits.LockedFor) : new SignInOutcome.Wrong();
    }

    // Identity's own way counts no failures and knows no remembering.
    private async Task<SignInResult> RecoverAsync(AccountIdentity user, string code, bool remember)
    {
        if (!(await users.RedeemTwoFactorRecoveryCodeAsync(user, code)).Succeeded)
        {
            await users.AccessFailedAsync(user);
            return SignInResult.Failed;
        }

        await users.ResetAccessFailedCountAsync(user);
        await signIn.AfterSecondFactorAsync(user, remember);
        return SignInResult.Success;
    }
}
