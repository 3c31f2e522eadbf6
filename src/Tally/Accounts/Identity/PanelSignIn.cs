using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tally.Accounts.Sessions;
using Tally.Settings;

namespace Tally.Accounts.Identity;

/// <summary>Identity's way of signing in, with what is ours: each sign-in opens a session of its own, whose number the cookie carries, so that it can be listed and ended.</summary>
public sealed class PanelSignIn(
    UserManager<AccountIdentity> users, IHttpContextAccessor contexts, IUserClaimsPrincipalFactory<AccountIdentity> claims, IOptions<IdentityOptions> options,
    ILogger<SignInManager<AccountIdentity>> logger, IAuthenticationSchemeProvider schemes, IUserConfirmation<AccountIdentity> confirmation,
    SessionBook sessions, SettingsSnapshot settings, TrustedProxies proxies, ILogger<PanelSignIn> log)
    : SignInManager<AccountIdentity>(users, contexts, claims, options, logger, schemes, confirmation)
{
    /// <summary>The session of the request; null when nobody is signed in.</summary>
    public long? CurrentSession => Number(Context.User.FindFirstValue(Session.Claim));

    public override Task<bool> CanSignInAsync(AccountIdentity user) => Task.FromResult(!user.Suspended && IsConfirmed(user));

    /// <summary>Whether the account's address is confirmed, or need not be.</summary>
    public bool IsConfirmed(AccountIdentity user) => user.EmailConfirmed || !settings.Current.ConfirmEmail;

    /// <summary>Every way of signing in ends here: with a new session, never one that the browser brought along.</summary>
    public override async Task SignInWithClaimsAsync(AccountIdentity user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        if (CurrentSession is { } before && Number(Context.User.FindFirstValue(ClaimTypes.NameIdentifier)) is { } account)
        {
            await sessions.RevokeAsync(account, before, Context.RequestAborted);
        }

        var (from, all) = (ClientAddress.Of(Context, proxies), additionalClaims.ToList());
        var id = await sessions.OpenAsync(user.Id, from.ToString(), Context.Request.Headers.UserAgent.ToString(), Context.RequestAborted);
        log.LogInformation("Account {Account} signed in from {Address}, session {Session}, by {Way}", user.Id, from, id, all.Find(c => c.Type == ClaimTypes.AuthenticationMethod)?.Value ?? "password");
        await base.SignInWithClaimsAsync(user, authenticationProperties, all.Append(new Claim(Session.Claim, id.ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>Signs in somebody whose password was right: at once, or after the second factor.</summary>
    public Task<SignInResult> AfterPasswordAsync(AccountIdentity user, bool remember) => SignInOrTwoFactorAsync(user, remember);

    /// <summary>Signs in somebody whose second factor was right, and ends the step between.</summary>
    public async Task AfterSecondFactorAsync(AccountIdentity user, bool remember)
    {
        await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await SignInWithClaimsAsync(user, new AuthenticationProperties { IsPersistent = remember }, [new Claim(ClaimTypes.AuthenticationMethod, "mfa")]);
    }

    /// <summary>Reads the passkey that a browser made; null when none was asked for, as on a page that was open for too long.</summary>
    public Task<PasskeyAttestationResult?> AttestAsync(string credential) => AskedForAsync<PasskeyAttestationResult>(credential, PerformPasskeyAttestationAsync);

    /// <summary>Reads the proof of a passkey; null when none was asked for.</summary>
    public Task<PasskeyAssertionResult<AccountIdentity>?> AssertAsync(string credential) => AskedForAsync<PasskeyAssertionResult<AccountIdentity>>(credential, PerformPasskeyAssertionAsync);

    /// <summary>Ends the session and takes the cookies away.</summary>
    public override async Task SignOutAsync()
    {
        if (CurrentSession is { } session && Number(Context.User.FindFirstValue(ClaimTypes.NameIdentifier)) is { } account)
        {
            await sessions.RevokeAsync(account, session, Context.RequestAborted);
        }

        await Context.SignOutAsync(IdentityConstants.ApplicationScheme);
        await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
    }

    private static async Task<T?> AskedForAsync<T>(string credential, Func<string, Task<T>> perform)
        where T : class
    {
        try
        {
            return string.IsNullOrEmpty(credential) ? null : await perform(credential);
        }
        catch (InvalidOperationException)
        {
            // Identity's way of saying that its cookie with the challenge is not there: a state of the visitor's browser, not a mistake of ours.
            return null;
        }
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What the sign-in cookie says: the account's number and address. The session's number joins it in <see cref="PanelSignIn"/>.</summary>
internal sealed class AccountClaims : IUserClaimsPrincipalFactory<AccountIdentity>
{
    public Task<ClaimsPrincipal> CreateAsync(AccountIdentity user) => Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, user.Id.ToString(CultureInfo.InvariantCulture)), new Claim(ClaimTypes.Email, user.Email)], IdentityConstants.ApplicationScheme)));
}

/// <summary>Addresses are compared in lower case.</summary>
internal sealed class LowerCase : ILookupNormalizer
{
#pragma warning disable CA1308 // Addresses are compared and stored in lower case.
    public string? NormalizeEmail(string? email) => email?.Trim().ToLowerInvariant();
#pragma warning restore CA1308

    public string? NormalizeName(string? name) => NormalizeEmail(name);
}
