using Tally.Mail;

namespace Tally.Accounts.Identity;

/// <summary>An account as ASP.NET Core Identity handles it: who it is, and what it takes to sign in as it. Made by <see cref="AccountStore"/>.</summary>
public sealed class AccountIdentity
{
    public required long Id { get; init; }

    /// <summary>In lower case.</summary>
    public required string Email { get; set; }

    public bool EmailConfirmed { get; set; }

    /// <summary>What the password hasher made of it; null = there is none yet.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with the password, the address and the second factor. A new one ends the account's sessions when it is stored.</summary>
    public string SecurityStamp { get; set; } = "";

    public bool TwoFactor { get; set; }

    /// <summary>The authenticator's key, base32; null = none.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>Hashes of the recovery codes that are left.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; set; } = [];

    /// <summary>The authenticator's codes that were taken lately (<see cref="Identity.UsedCodes"/>).</summary>
    public string UsedCodes { get; set; } = "";

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    public bool Suspended { get; init; }

    /// <summary>The language of its mails and pages; empty = not chosen.</summary>
    public string Language { get; init; } = "";

    /// <summary>The version that was read: a change holds only while it is the newest.</summary>
    public int Version { get; set; }

    /// <summary>What the store has of it.</summary>
    internal IdentityFields Stored { get; set; } = new("", false, null, "", false, null, "", "");

    /// <summary>What an update would write.</summary>
    internal IdentityFields Written => new(Email, EmailConfirmed, PasswordHash, SecurityStamp, TwoFactor, AuthenticatorKey, string.Join('\n', RecoveryCodes), UsedCodes);

    /// <summary>The session that goes on when the next change brings a new stamp.</summary>
    public long? KeptSession { get; set; }

    /// <summary>Mails that leave with the next change, in its transaction.</summary>
    public List<MailDraft> Mails { get; } = [];
}

/// <summary>What of an account is written by compare-and-set.</summary>
internal sealed record IdentityFields(string Email, bool EmailConfirmed, string? PasswordHash, string SecurityStamp, bool TwoFactor, string? AuthenticatorKey, string RecoveryCodes, string UsedCodes);
