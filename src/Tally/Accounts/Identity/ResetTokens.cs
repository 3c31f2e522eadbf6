using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Tally.Accounts.Identity;

/// <summary>What the links to a new password carry: they hold for a shorter time than those that confirm an address.</summary>
public sealed class ResetTokens(IDataProtectionProvider protection, ILogger<DataProtectorTokenProvider<AccountIdentity>> logger)
    : DataProtectorTokenProvider<AccountIdentity>(protection, Microsoft.Extensions.Options.Options.Create(new DataProtectionTokenProviderOptions { Name = ProviderName, TokenLifespan = AccountMails.ResetWithin }), logger)
{
    /// <summary>The name under which Identity knows it.</summary>
    public const string ProviderName = "Reset";
}
