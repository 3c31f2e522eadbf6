using System.Net.Mail;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>Opens accounts, issues and revokes their keys, and sets from where they may be used.</summary>
public sealed class AccountBook(Database database, GeneralLedger ledger, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _accounts = new(database, time, "account");
    private readonly IdAllocator _keys = new(database, time, "api_key");

    /// <summary>Opens an account with an empty wallet and one key that may read and order.</summary>
    /// <param name="key">The key to use instead of a random one (the demo's <c>--key</c>); at least 16 characters.</param>
    /// <exception cref="InvalidInputException">The e-mail address is malformed or taken, or the key too short.</exception>
    public async Task<OpenedAccount> OpenAsync(string email, string? key, CancellationToken ct)
    {
        var address = NormalEmail(email);
        var text = key ?? ApiKeys.NewKey();
        if (text.Length is < 16 or > 200)
        {
            throw new InvalidInputException("The key must have 16 to 200 characters.");
        }

        var id = await _accounts.TakeAsync(ct);
        var keyId = await _keys.TakeAsync(ct);
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
                    await tx.Connection.ExecuteAsync(
                        "INSERT INTO accounts (id, email, created_at, version) VALUES (@id, @address, @now, @version)", new { id, address, now = Now, version }, tx.Transaction);
                    await ledger.OpenWalletAsync(tx.Transaction, id, Money.Zero, ct);
                    await InsertKeyAsync(tx, keyId, id, "default", text, KeyScope.Order, version);
                },
                ct);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            throw new InvalidInputException($"There is an account for {address} already, or the key is in use.");
        }

        return new OpenedAccount(id, address, new IssuedKey(keyId, text), Money.Zero);
    }

    /// <summary>A number for <see cref="InsertAsync"/>, to be taken before the transaction.</summary>
    internal ValueTask<long> NewIdAsync(CancellationToken ct) => _accounts.TakeAsync(ct);

    /// <summary>Opens an account for somebody who signs up, in the caller's transaction: with an empty wallet and without a key.</summary>
    /// <param name="email">As <see cref="NormalEmail"/> writes it.</param>
    internal async Task InsertAsync(WriteTransaction tx, long id, string email, string passwordHash, string securityStamp, string language, CancellationToken ct)
    {
        var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO accounts (id, email, email_confirmed, password, security_stamp, language, created_at, version)
            VALUES (@id, @email, 0, @passwordHash, @securityStamp, @language, @now, @version)
            """,
            new { id, email, passwordHash, securityStamp, language, now = Now, version }, tx.Transaction, cancellationToken: ct));
        await ledger.OpenWalletAsync(tx.Transaction, id, Money.Zero, ct);
    }

    /// <summary>The account of an e-mail address.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public async Task<Account> FindAsync(string email, CancellationToken ct)
    {
        var address = NormalEmail(email);
        await using var connection = await database.OpenReadAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<AccountRow>(new CommandDefinition(
            "SELECT id, email, suspended, addresses, created_at FROM accounts WHERE email = @address", new { address }, cancellationToken: ct));
        return row is null
            ? throw new InvalidInputException($"There is no account for {address}.")
            : new Account(row.Id, row.Email, row.Suspended, row.Addresses, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt));
    }

    /// <summary>Issues another key.</summary>
    /// <param name="name">What it is for: one line, 1 to 100 characters.</param>
    /// <exception cref="InvalidInputException">The name does not fit, or there is no such scope.</exception>
    public async Task<IssuedKey> IssueKeyAsync(long accountId, string name, KeyScope scope, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100 || name.Any(char.IsControl))
        {
            throw new InvalidInputException("A key's name is one line of 1 to 100 characters.");
        }

        if (!Enum.IsDefined(scope))
        {
            throw new InvalidInputException("A key's scope is read or order.");
        }

        var (id, text) = (await _keys.TakeAsync(ct), ApiKeys.NewKey());
        await database.WriteAsync(
            async tx => await InsertKeyAsync(tx, id, accountId, name, text, scope, await Changes.BumpAsync(tx, ApiKeys.TopicName)),
            ct);
        return new IssuedKey(id, text);
    }

    /// <summary>The account's keys, newest first, revoked ones too.</summary>
    public async Task<IReadOnlyList<ApiKey>> KeysAsync(long accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<KeyRow>(new CommandDefinition(
            "SELECT id, name, shown, scope, created_at, revoked_at, last_used_at, last_used_from FROM api_keys WHERE account_id = @accountId ORDER BY id DESC",
            new { accountId }, cancellationToken: ct));
        return [.. rows.Select(r => new ApiKey(r.Id, r.Name, r.Shown, r.Scope, At(r.CreatedAt)!.Value, At(r.RevokedAt), At(r.LastUsedAt), r.LastUsedFrom))];
    }

    /// <summary>Revokes any account's key, as the operator may; it stops within a second on every node.</summary>
    /// <exception cref="InvalidInputException">There is no such key, or it is revoked already.</exception>
    public async Task RevokeKeyAsync(long keyId, CancellationToken ct)
    {
        if (!await RevokeAsync("id = @keyId", new { keyId }, ct))
        {
            throw new InvalidInputException($"There is no key {keyId} that could be revoked.");
        }
    }

    /// <summary>Revokes one of the account's own keys; it stops within a second on every node.</summary>
    /// <returns>False when the account has no such key that still works.</returns>
    public Task<bool> RevokeKeyAsync(long accountId, long keyId, CancellationToken ct) => RevokeAsync("id = @keyId AND account_id = @accountId", new { accountId, keyId }, ct);

    /// <summary>From where the account's keys may be used, as it is stored: one entry a line; empty = from everywhere.</summary>
    public async Task<string> AddressesAsync(long accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await connection.QuerySingleAsync<string>(new CommandDefinition("SELECT addresses FROM accounts WHERE id = @accountId", new { accountId }, cancellationToken: ct));
    }

    /// <summary>Sets from where the account's keys may be used; empty = from everywhere.</summary>
    public Task SetAddressesAsync(long accountId, AddressList addresses, CancellationToken ct) => ChangeAsync(accountId, "addresses = @value", addresses.ToString(), ct);

    /// <summary>Suspends an account or lets it in again: its keys stop or work within a second.</summary>
    public Task SetSuspendedAsync(long accountId, bool suspended, CancellationToken ct) => ChangeAsync(accountId, "suspended = @value", suspended ? 1 : 0, ct);

    public void Dispose()
    {
        _accounts.Dispose();
        _keys.Dispose();
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static DateTimeOffset? At(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    /// <summary>An address as it is stored and compared.</summary>
    /// <exception cref="InvalidInputException">It is none.</exception>
    internal static string NormalEmail(string email) => TryNormalEmail(email) ?? throw new InvalidInputException($"'{email}' is no e-mail address.");

    /// <summary>The same; null when it is none.</summary>
    internal static string? TryNormalEmail(string email) =>
        MailAddress.TryCreate(email.Trim(), out var parsed) && parsed.Address.Length <= 254 && parsed.Address == email.Trim()
#pragma warning disable CA1308 // Addresses are compared and stored in lower case.
            ? parsed.Address.ToLowerInvariant()
#pragma warning restore CA1308
            : null;

    private Task ChangeAsync(long accountId, string set, object value, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
            await tx.Connection.ExecuteAsync($"UPDATE accounts SET {set}, version = @version WHERE id = @accountId", new { accountId, value, version }, tx.Transaction);
        },
        ct);

    private async Task<bool> RevokeAsync(string which, object whose, CancellationToken ct) => await database.WriteAsync(
        async tx =>
        {
            var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
            var values = new DynamicParameters(whose);
            values.AddDynamicParams(new { now = Now, version });
            return await tx.Connection.ExecuteAsync($"UPDATE api_keys SET revoked_at = @now, version = @version WHERE {which} AND revoked_at IS NULL", values, tx.Transaction);
        },
        ct) > 0;

    /// <summary>A number for <see cref="InsertKeyAsync"/>, to be taken before the transaction.</summary>
    internal ValueTask<long> NewKeyIdAsync(CancellationToken ct) => _keys.TakeAsync(ct);

    /// <summary>Adds a key in the caller's transaction.</summary>
    internal Task InsertKeyAsync(WriteTransaction tx, long id, long accountId, string name, string key, KeyScope scope, long version) => tx.Connection.ExecuteAsync(
        "INSERT INTO api_keys (id, account_id, name, shown, hash, scope, created_at, version) VALUES (@id, @accountId, @name, @shown, @hash, @scope, @now, @version)",
        new { id, accountId, name, shown = ApiKeys.Shown(key), hash = ApiKeys.HashText(key), scope = (int)scope, now = Now, version }, tx.Transaction);

    private sealed class AccountRow
    {
        public long Id { get; set; }

        public string Email { get; set; } = "";

        public bool Suspended { get; set; }

        public string Addresses { get; set; } = "";

        public long CreatedAt { get; set; }
    }

    private sealed class KeyRow
    {
        public long Id { get; set; }

        public string Name { get; set; } = "";

        public string Shown { get; set; } = "";

        public KeyScope Scope { get; set; }

        public long CreatedAt { get; set; }

        public long? RevokedAt { get; set; }

        public long? LastUsedAt { get; set; }

        public string? LastUsedFrom { get; set; }
    }
}
