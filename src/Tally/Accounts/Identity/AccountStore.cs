using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Sessions;
using Tally.Mail;
using Tally.Platform.Db;

namespace Tally.Accounts.Identity;

/// <summary>
/// ASP.NET Core Identity over our own accounts (ADR 0013). A change is one transaction, by compare-and-set on the account's version; a new security stamp ends the account's sessions in it, and the
/// mails that tell of the change leave with it. Failures are counted in the store at once, so that guesses at the same time on any node all count.
/// </summary>
public sealed partial class AccountStore(Database database, SessionBook sessions, Outbox outbox, IDataProtectionProvider protection, TimeProvider time)
    : IUserPasswordStore<AccountIdentity>, IUserEmailStore<AccountIdentity>, IUserSecurityStampStore<AccountIdentity>, IUserTwoFactorStore<AccountIdentity>,
      IUserAuthenticatorKeyStore<AccountIdentity>, IUserTwoFactorRecoveryCodeStore<AccountIdentity>, IUserLockoutStore<AccountIdentity>, IUserPasskeyStore<AccountIdentity>
{
    private const string Columns =
        "id, email, email_confirmed, password, security_stamp, two_factor, authenticator_key, recovery_codes, used_codes, failed_sign_ins, locked_until, suspended, language, identity_version";

    private readonly IDataProtector _protector = protection.CreateProtector("Tally.Accounts.AuthenticatorKey");

    public Task<AccountIdentity?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? FindAsync("id = @value", id, cancellationToken) : Task.FromResult<AccountIdentity?>(null);

    public Task<AccountIdentity?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => FindAsync("email = @value", normalizedEmail, cancellationToken);

    public Task<AccountIdentity?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByEmailAsync(normalizedUserName, cancellationToken);

    /// <exception cref="NotSupportedException">Always: an account is opened with a wallet, by <see cref="AccountBook"/>.</exception>
    public Task<IdentityResult> CreateAsync(AccountIdentity user, CancellationToken cancellationToken) => throw new NotSupportedException("Accounts are opened with their wallets, by AccountBook.");

    /// <exception cref="NotSupportedException">Always: the ledger keeps what an account did.</exception>
    public Task<IdentityResult> DeleteAsync(AccountIdentity user, CancellationToken cancellationToken) => throw new NotSupportedException("Accounts are suspended, never deleted.");

    public async Task<IdentityResult> UpdateAsync(AccountIdentity user, CancellationToken cancellationToken)
    {
        // Counting a failure ends with an update that has nothing to write.
        if (user.Written == user.Stored && user.Mails.Count == 0)
        {
            return IdentityResult.Success;
        }

        var mails = user.Mails.ToList();
        var ids = await outbox.NewIdsAsync(mails.Count, cancellationToken);
        bool done;
        try
        {
            done = await database.WriteAsync(tx => WriteAsync(tx, user, ids, mails, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().DuplicateEmail(user.Email));
        }

        if (!done)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        }

        if (user.SecurityStamp != user.Stored.SecurityStamp)
        {
            await sessions.LearnAsync(cancellationToken);
        }

        user.Version++;
        user.Stored = user.Written;
        user.Mails.Clear();
        return IdentityResult.Success;
    }

    public void Dispose()
    {
        // It holds nothing: connections come from the pool, one for each question.
    }

    private async Task<bool> WriteAsync(WriteTransaction tx, AccountIdentity user, IReadOnlyList<long> ids, List<MailDraft> mails, CancellationToken ct)
    {
        // The copies in memory hold the address.
        long? version = user.Email == user.Stored.Email ? null : await Changes.BumpAsync(tx, ApiKeys.TopicName);
        var changed = await tx.Connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE accounts SET email = @email, email_confirmed = @confirmed, password = @password, security_stamp = @stamp, two_factor = @twoFactor, authenticator_key = @key,
              recovery_codes = @codes, used_codes = @used, identity_version = identity_version + 1, version = COALESCE(@version, version)
            WHERE id = @id AND identity_version = @seen
            """,
            new
            {
                id = user.Id,
                email = user.Email,
                confirmed = user.EmailConfirmed ? 1 : 0,
                password = user.PasswordHash,
                stamp = user.SecurityStamp,
                twoFactor = user.TwoFactor ? 1 : 0,
                key = user.AuthenticatorKey is null ? null : _protector.Protect(user.AuthenticatorKey),
                codes = string.Join('\n', user.RecoveryCodes),
                used = user.UsedCodes,
                version,
                seen = user.Version,
            },
            tx.Transaction, cancellationToken: ct));
        if (changed == 0)
        {
            return false;
        }

        if (user.SecurityStamp != user.Stored.SecurityStamp)
        {
            await sessions.RevokeOthersAsync(tx, user.Id, user.KeptSession, ct);
        }

        await outbox.AddAsync(tx, ids, mails, ct);
        return true;
    }

    private async Task<AccountIdentity?> FindAsync(string where, object value, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM accounts WHERE {where}", new { value }, cancellationToken: ct));
        return row is null ? null : Read(row);
    }

    private AccountIdentity Read(Row row)
    {
        var user = Fill(row);
        user.Stored = user.Written;
        return user;
    }

    private AccountIdentity Fill(Row row) => new()
    {
        Id = row.Id,
        Email = row.Email,
        EmailConfirmed = row.EmailConfirmed,
        PasswordHash = row.Password,
        SecurityStamp = row.SecurityStamp,
        TwoFactor = row.TwoFactor,
        AuthenticatorKey = row.AuthenticatorKey is null ? null : _protector.Unprotect(row.AuthenticatorKey),
        RecoveryCodes = row.RecoveryCodes.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        UsedCodes = row.UsedCodes,
        Failures = row.FailedSignIns,
        LockedUntil = row.LockedUntil is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null,
        Suspended = row.Suspended,
        Language = row.Language,
        Version = row.IdentityVersion,
    };

    private sealed class Row
    {
        public long Id { get; set; }

        public string Email { get; set; } = "";

        public bool EmailConfirmed { get; set; }

        public string? Password { get; set; }

        public string SecurityStamp { get; set; } = "";

        public bool TwoFactor { get; set; }

        public string? AuthenticatorKey { get; set; }

        public string RecoveryCodes { get; set; } = "";

        public string UsedCodes { get; set; } = "";

        public int FailedSignIns { get; set; }

        public long? LockedUntil { get; set; }

        public bool Suspended { get; set; }

        public string Language { get; set; } = "";

        public int IdentityVersion { get; set; }
    }
}
