using System.Buffers.Text;
using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Tally.Accounts.Identity;

// Passkeys stand in a table of their own; their ids are base64url, as browsers write them.
public sealed partial class AccountStore
{
    private const string PasskeyColumns =
        "id, account_id, name, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, attestation, client_data, created_at, last_used_at";

    /// <summary>Adds a passkey, or stores what its use has changed, and the account's mails with it; one of another account is never touched.</summary>
    public async Task AddOrUpdatePasskeyAsync(AccountIdentity user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var row = new
        {
            id = Base64Url.EncodeToString(passkey.CredentialId),
            account = user.Id,
            name = passkey.Name ?? "",
            key = Convert.ToBase64String(passkey.PublicKey),
            count = (long)passkey.SignCount,
            transports = string.Join(' ', passkey.Transports ?? []),
            verified = passkey.IsUserVerified ? 1 : 0,
            eligible = passkey.IsBackupEligible ? 1 : 0,
            backedUp = passkey.IsBackedUp ? 1 : 0,
            attestation = Convert.ToBase64String(passkey.AttestationObject),
            data = Convert.ToBase64String(passkey.ClientDataJson),
            created = passkey.CreatedAt.ToUnixTimeMilliseconds(),
            now = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var mails = user.Mails.ToList();
        var ids = await outbox.NewIdsAsync(mails.Count, cancellationToken);
        await database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    """
                    INSERT INTO passkeys (id, account_id, name, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, attestation, client_data, created_at)
                    VALUES (@id, @account, @name, @key, @count, @transports, @verified, @eligible, @backedUp, @attestation, @data, @created)
                    ON CONFLICT (id) DO UPDATE SET name = @name, sign_count = @count, user_verified = @verified, backed_up = @backedUp, last_used_at = @now WHERE passkeys.account_id = @account
                    """,
                    row, tx.Transaction, cancellationToken: cancellationToken));
                await outbox.AddAsync(tx, ids, mails, cancellationToken);
            },
            cancellationToken);
        user.Mails.Clear();
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(AccountIdentity user, CancellationToken cancellationToken) =>
        [.. (await PasskeysAsync("account_id = @value ORDER BY created_at, id", user.Id, cancellationToken)).Select(Passkey)];

    public async Task<AccountIdentity?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await PasskeysAsync("id = @value", Base64Url.EncodeToString(credentialId), cancellationToken) is [var row] ? await FindAsync("id = @value", row.AccountId, cancellationToken) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(AccountIdentity user, byte[] credentialId, CancellationToken cancellationToken) =>
        await PasskeysAsync("id = @value", Base64Url.EncodeToString(credentialId), cancellationToken) is [var row] && row.AccountId == user.Id ? Passkey(row) : null;

    public Task RemovePasskeyAsync(AccountIdentity user, byte[] credentialId, CancellationToken cancellationToken) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM passkeys WHERE id = @id AND account_id = @account", new { id = Base64Url.EncodeToString(credentialId), account = user.Id }, tx.Transaction, cancellationToken: cancellationToken)),
        cancellationToken);

    private async Task<IReadOnlyList<PasskeyRow>> PasskeysAsync(string where, object value, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return [.. await connection.QueryAsync<PasskeyRow>(new CommandDefinition($"SELECT {PasskeyColumns} FROM passkeys WHERE {where}", new { value }, cancellationToken: ct))];
    }

    private static UserPasskeyInfo Passkey(PasskeyRow row) =>
        new(Base64Url.DecodeFromChars(row.Id), Convert.FromBase64String(row.PublicKey), DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), (uint)row.SignCount,
            row.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.UserVerified, row.BackupEligible, row.BackedUp, Convert.FromBase64String(row.Attestation),
            Convert.FromBase64String(row.ClientData))
        { Name = row.Name };

    private sealed class PasskeyRow
    {
        public string Id { get; set; } = "";

        public long AccountId { get; set; }

        public string Name { get; set; } = "";

        public string PublicKey { get; set; } = "";

        public long SignCount { get; set; }

        public string Transports { get; set; } = "";

        public bool UserVerified { get; set; }

        public bool BackupEligible { get; set; }

        public bool BackedUp { get; set; }

        public string Attestation { get; set; } = "";

        public string ClientData { get; set; } = "";

        public long CreatedAt { get; set; }

        public long? LastUsedAt { get; set; }
    }
}
