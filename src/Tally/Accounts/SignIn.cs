using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>How an attempt to sign in ended.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <summary>Signed in; the cookie is set.</summary>
    public sealed record SignedIn : SignInOutcome;

    /// <summary>The password is right; a code of the authenticator is asked for.</summary>
    public sealed record SecondFactor : SignInOutcome;

    /// <summary>Address, password or code is wrong; which of them is not said.</summary>
    public sealed record Wrong : SignInOutcome;

    /// <summary>Too much has failed, for this account or from this place.</summary>
    public sealed record TooMany(TimeSpan Left) : SignInOutcome;

    /// <summary>The password is right, the address is not confirmed yet.</summary>
    public sealed record Unconfirmed(long AccountId) : SignInOutcome;

    /// <summary>The password is right, the account is suspended.</summary>
    public sealed record Suspended : SignInOutcome;
}

/// <summary>
/// Signs in with address and password. Whether there is an account shows neither in the answer nor in the time it takes: a password is hashed either way, and addresses without an account are
/// locked by the same rule.
/// </summary>
public sealed class SignIn(UserManager<AccountIdentity> users, PanelSignIn signIn, SignInLimits limits, DummyPassword dummy, TimeProvider time, ILogger<SignIn> logger)
{
    /// <param name="remember">Whether the sign-in outlives the browser's window.</param>
    /// <param name="from">The visitor's address.</param>
    public async Task<SignInOutcome> RunAsync(string email, string password, bool remember, IPAddress from)
    {
        if (limits.IsBlocked(from, out var left))
        {
            return new SignInOutcome.TooMany(left);
        }

        var name = users.NormalizeEmail(email)!;
        var user = await users.FindByEmailAsync(name);
        if (user?.PasswordHash is null ? limits.IsLocked(name, out left) : IsLocked(user, time.GetUtcNow(), out left))
        {
            return new SignInOutcome.TooMany(left);
        }

        if (user?.PasswordHash is null)
        {
            dummy.Verify(password);
            limits.Failed(name);
            Failed(from, user?.Id);
            return new SignInOutcome.Wrong();
        }

        if (!await users.CheckPasswordAsync(user, password))
        {
            await users.AccessFailedAsync(user);
            Failed(from, user.Id);
            return new SignInOutcome.Wrong();
        }

        return await AfterPasswordAsync(user, remember);
    }

    /// <summary>Whether the account is locked at a time, and for how much longer.</summary>
    internal static bool IsLocked(AccountIdentity user, DateTimeOffset now, out TimeSpan left)
    {
        left = user.LockedUntil is { } until && until > now ? until - now : TimeSpan.Zero;
        return left > TimeSpan.Zero;
    }

    private async Task<SignInOutcome> AfterPasswordAsync(AccountIdentity user, bool remember)
    {
        if (user.Suspended)
        {
            return new SignInOutcome.Suspended();
        }

        if (!signIn.IsConfirmed(user))
        {
            return new SignInOutcome.Unconfirmed(user.Id);
        }

        // With a second factor the count goes on until that is right too.
        if (!user.TwoFactor)
        {
            await users.ResetAccessFailedCountAsync(user);
        }

        return (await signIn.AfterPasswordAsync(user, remember)).RequiresTwoFactor ? new SignInOutcome.SecondFactor() : new SignInOutcome.SignedIn();
    }

    // The address that was typed is not logged: it may be anything, a password among them.
    private void Failed(IPAddress from, long? account)
    {
        logger.LogInformation("Signing in by password failed from {Address}, account {Account}", from, account?.ToString(CultureInfo.InvariantCulture) ?? "unknown");
        if (limits.Failed(from))
        {
            logger.LogWarning("Too many failed sign-ins from {Address}: not listened to for {Minutes} minutes", from, SignInLimits.LockedFor.TotalMinutes);
        }
    }
}

/// <summary>A password that nobody has, hashed as all are: checking against it takes as long as checking a real one.</summary>
public sealed class DummyPassword(IPasswordHasher<AccountIdentity> hasher)
{
    private static readonly AccountIdentity Nobody = new() { Id = 0, Email = "" };
    private readonly Lazy<string> _hash = new(() => hasher.HashPassword(Nobody, Guid.NewGuid().ToString()));

    public void Verify(string password) => hasher.VerifyHashedPassword(Nobody, _hash.Value, password);
}
