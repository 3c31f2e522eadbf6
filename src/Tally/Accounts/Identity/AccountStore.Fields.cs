using System.Globalization;

namespace Tally.Accounts.Identity;

// What Identity asks of single fields. The name that somebody signs in with is the e-mail address.
public sealed partial class AccountStore
{
    public Task<string> GetUserIdAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString(CultureInfo.InvariantCulture));

    public Task<string?> GetUserNameAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetUserNameAsync(AccountIdentity user, string? userName, CancellationToken cancellationToken) => SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    // Addresses are stored as they are compared, so that there is nothing to keep beside them.
    public Task SetNormalizedUserNameAsync(AccountIdentity user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetEmailAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetEmailAsync(AccountIdentity user, string? email, CancellationToken cancellationToken)
    {
        user.Email = AccountBook.NormalEmail(email ?? "");
        return Task.CompletedTask;
    }

    public Task<bool> GetEmailConfirmedAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.EmailConfirmed);

    public Task SetEmailConfirmedAsync(AccountIdentity user, bool confirmed, CancellationToken cancellationToken)
    {
        user.EmailConfirmed = confirmed;
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedEmailAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetNormalizedEmailAsync(AccountIdentity user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetPasswordHashAsync(AccountIdentity user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(AccountIdentity user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetTwoFactorEnabledAsync(AccountIdentity user, bool enabled, CancellationToken cancellationToken)
    {
        user.TwoFactor = enabled;
        return Task.CompletedTask;
    }

    public Task<bool> GetTwoFactorEnabledAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.TwoFactor);

    public Task SetAuthenticatorKeyAsync(AccountIdentity user, string key, CancellationToken cancellationToken)
    {
        user.AuthenticatorKey = key;
        return Task.CompletedTask;
    }

    public Task<string?> GetAuthenticatorKeyAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.AuthenticatorKey);

    public Task ReplaceCodesAsync(AccountIdentity user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        user.RecoveryCodes = [.. recoveryCodes.Select(code => RecoveryCode.Hash(user.Id, code))];
        return Task.CompletedTask;
    }

    /// <summary>Takes a code off the list; the change that Identity writes next holds only once.</summary>
    public Task<bool> RedeemCodeAsync(AccountIdentity user, string code, CancellationToken cancellationToken)
    {
        var left = user.RecoveryCodes.Where(c => c != RecoveryCode.Hash(user.Id, code)).ToList();
        var found = left.Count < user.RecoveryCodes.Count;
        user.RecoveryCodes = left;
        return Task.FromResult(found);
    }

    public Task<int> CountCodesAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Count);
}
