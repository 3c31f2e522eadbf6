using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Settings;

namespace Tally.Accounts;

/// <summary>A second factor that is being set up.</summary>
/// <param name="Key">The key, base32, for those who type it.</param>
/// <param name="Address">The same for the authenticator app, as the QR code holds it.</param>
/// <param name="Sealed">The key as the form carries it to the next step: readable by this panel only, for this account only.</param>
/// <param name="HasPassword">Whether the account has a password, which is asked for then.</param>
public sealed record TwoFactorSetup(string Key, string Address, string Sealed, bool HasPassword);

/// <summary>How turning the second factor on, or renewing its recovery codes, ended.</summary>
/// <param name="Codes">The recovery codes, the only time that they are seen; null when it was refused.</param>
/// <param name="Refused">Why not; null when it is done.</param>
public sealed record TwoFactorOutcome(IReadOnlyList<string>? Codes, AccountOutcome? Refused);

/// <summary>The second factor of an account: turns it on once its app has shown a right code, off, and renews the recovery codes. A change ends the account's other sessions.</summary>
public sealed class TwoFactor(UserManager<AccountIdentity> users, ProvePassword prove, AccountMails mails, SettingsSnapshot settings, IDataProtectionProvider protection, TimeProvider time)
{
    private const int RecoveryCodes = 10;
    private static readonly TimeSpan SetUpWithin = TimeSpan.FromHours(1);
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Tally.Accounts.TwoFactorSetup").ToTimeLimitedDataProtector();

    /// <summary>A new key. Nothing is stored before its app has shown a code.</summary>
    public async Task<TwoFactorSetup> BeginAsync(long accountId)
    {
        var user = await FindAsync(accountId);
        var key = users.GenerateNewAuthenticatorKey();
        return Setup(user, key, _protector.Protect($"{Number(accountId)}:{key}", SetUpWithin));
    }

    /// <summary>The same setup again, for a form that comes back; null when it is too old or not this account's.</summary>
    public async Task<TwoFactorSetup?> GoOnAsync(long accountId, string sealedKey) =>
        Open(accountId, sealedKey) is { } key ? Setup(await FindAsync(accountId), key, sealedKey) : null;

    /// <summary>Turns the second factor on.</summary>
    /// <param name="password">Asked for if the account has one: who found a browser open must not lock its owner out.</param>
    public async Task<TwoFactorOutcome> TurnOnAsync(long accountId, long? session, string sealedKey, string code, string password)
    {
        var user = await FindAsync(accountId);
        if (await prove.IfAnyAsync(user, password) is { } refused)
        {
            return new TwoFactorOutcome(null, refused);
        }

        if (Open(accountId, sealedKey) is not { } key)
        {
            return Refuse("code", "again");
        }

        user.AuthenticatorKey = key;
        var digits = string.Concat(code.Where(char.IsAsciiDigit));
        if (!await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, digits))
        {
            return Refuse("code", "code");
        }

        // Whoever saw it typed shall not sign in with it. The key is new, so that it cannot have been shown before but by chance.
        user.UsedCodes = UsedCodes.With(user.UsedCodes, digits, time.GetUtcNow()) ?? user.UsedCodes;

        user.KeptSession = session;
        user.TwoFactor = true;
        user.SecurityStamp = Passwords.NewStamp();
        return await RenewAsync(user);
    }

    /// <summary>Turns the second factor off.</summary>
    public async Task<AccountOutcome> TurnOffAsync(long accountId, long? session, string password, Uri origin)
    {
        var user = await FindAsync(accountId);
        if (await prove.RunAsync(user, password) is { } refused)
        {
            return refused;
        }

        user.KeptSession = session;
        user.AuthenticatorKey = null;
        user.RecoveryCodes = [];
        user.Mails.Add(mails.TwoFactorOff(user, origin));
        return (await users.SetTwoFactorEnabledAsync(user, enabled: false)).Succeeded ? new AccountOutcome.Done() : new AccountOutcome.Wrong("current", "again");
    }

    /// <summary>New recovery codes; those before do not work any more.</summary>
    public async Task<TwoFactorOutcome> RenewCodesAsync(long accountId, string password)
    {
        var user = await FindAsync(accountId);
        return await prove.RunAsync(user, password) is { } refused ? new TwoFactorOutcome(null, refused) : user.TwoFactor ? await RenewAsync(user) : Refuse("current", "again");
    }

    private async Task<TwoFactorOutcome> RenewAsync(AccountIdentity user)
    {
        // One change with whatever else is new about the account.
        var codes = await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes);
        return codes is null ? Refuse("code", "again") : new TwoFactorOutcome([.. codes], null);
    }

    private TwoFactorSetup Setup(AccountIdentity user, string key, string sealedKey)
    {
        var issuer = Uri.EscapeDataString(settings.Current.Name);
        var address = $"otpauth://totp/{issuer}:{Uri.EscapeDataString(user.Email)}?secret={key}&issuer={issuer}&digits=6";
        return new TwoFactorSetup(string.Join(' ', key.Chunk(4).Select(c => new string(c))), address, sealedKey, user.PasswordHash is not null);
    }

    private string? Open(long accountId, string sealedKey)
    {
        try
        {
            return _protector.Unprotect(sealedKey).Split(':') is [var id, var key] && id == Number(accountId) ? key : null;
        }
        catch (CryptographicException)
        {
            // Too old, or not ours: the setup starts anew.
            return null;
        }
    }

    private async Task<AccountIdentity> FindAsync(long accountId) => await users.FindByIdAsync(Number(accountId)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");

    private static TwoFactorOutcome Refuse(string field, string code) => new(null, new AccountOutcome.Wrong(field, code));

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
