using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>
/// The second step of signing in: a code of the authenticator, or a recovery code. Each works once; which Identity's own way sees to of the recovery codes alone. Wrong ones count towards the account's
/// lock and the address's block.
/// </summary>
public sealed class EnterSecondFactor(UserManager<AccountIdentity> users, PanelSignIn signIn, SignInLimits limits, TimeProvider time, ILogger<EnterSecondFactor> logger)
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
        if (recovery ? !(await users.RedeemTwoFactorRecoveryCodeAsync(user, plain)).Succeeded : !await ShowAsync(user, plain))
        {
            await users.AccessFailedAsync(user);
            limits.Failed(from);
            logger.LogInformation("Signing in to account {Account} failed at the second factor, from {Address}", user.Id, from);
            return SignIn.IsLocked(user, time.GetUtcNow(), out left) ? new SignInOutcome.TooMany(left) : new SignInOutcome.Wrong();
        }

        await users.ResetAccessFailedCountAsync(user);
        await signIn.AfterSecondFactorAsync(user, remember);
        return new SignInOutcome.SignedIn();
    }

    // Right, and not shown before: of two who show the same code at once, the change of one holds.
    private async Task<bool> ShowAsync(AccountIdentity user, string code)
    {
        if (!await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, code) || UsedCodes.With(user.UsedCodes, code, time.GetUtcNow()) is not { } used)
        {
            return false;
        }

        user.UsedCodes = used;
        return (await users.UpdateAsync(user)).Succeeded;
    }
}
