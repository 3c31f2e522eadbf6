using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>How an account is kept safe.</summary>
/// <param name="RecoveryCodes">How many are left.</param>
public sealed record AccountSecurity(bool HasPassword, bool TwoFactor, int RecoveryCodes, IReadOnlyList<Passkey> Passkeys);

/// <summary>Reads how an account is kept safe.</summary>
public sealed class ReadSecurity(UserManager<AccountIdentity> users, Passkeys passkeys)
{
    public async Task<AccountSecurity> RunAsync(long accountId)
    {
        var user = await users.FindByIdAsync(accountId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");
        return new AccountSecurity(user.PasswordHash is not null, user.TwoFactor, user.RecoveryCodes.Count, await passkeys.ListAsync(accountId));
    }
}
