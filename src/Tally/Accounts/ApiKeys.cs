using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>
/// The API keys of all accounts, in memory: hash → who. The store keeps only hashes; this copy follows it within a second, so that a revoked key stops on
/// every node, and a wrong key costs no query.
/// </summary>
public sealed class ApiKeys(Database database, TimeProvider time, ILogger<ApiKeys> logger) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "accounts";

    /// <summary>What every key begins with, so that secret scanners find leaked ones.</summary>
    public const string Prefix = "tly_";

    private const int LongestKey = 200, ShownCharacters = 8;
    private static readonly TimeSpan SameUse = TimeSpan.FromSeconds(1);

    // One for each thread: to make one for each request costs as much again as the hash.
    [ThreadStatic]
    private static IncrementalHash? t_sha256;

    private readonly ConcurrentDictionary<KeyHash, Caller> _callers = new();
    private readonly ConcurrentDictionary<long, KeyRow> _keys = new();
    private readonly ConcurrentDictionary<long, AccountRow> _accounts = new();
    private readonly ConcurrentDictionary<long, KeyUse> _uses = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>A new key with 256 bits of randomness.</summary>
    public static string NewKey()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return Prefix + Base64Url.EncodeToString(random);
    }

    /// <summary>What of a key may be shown again.</summary>
    public static string Shown(string key) => key[..Math.Min(ShownCharacters, key.Length / 2)] + "…";

    /// <summary>What of a key is stored (SHA-256, hex).</summary>
    public static string HashText(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Who holds this key; null for a wrong or revoked one, or one of a suspended account. Answers from memory, never from the store.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.Length is 0 or > LongestKey)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[LongestKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var sha256 = t_sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha256.AppendData(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
        sha256.GetHashAndReset(hash);
        return _callers.GetValueOrDefault(KeyHash.Of(hash));
    }

    /// <summary>
    /// The account itself as a caller, for one who is signed in and tries the API without a key; null for a suspended or unknown one. Its <see cref="Caller.KeyId"/> is minus the
    /// account's number: no key has it, and it gives the account a limit of its own.
    /// </summary>
    public Caller? OfAccount(long accountId, KeyScope scope) =>
        _accounts.TryGetValue(accountId, out var account) && !account.Suspended ? new Caller(accountId, -accountId, scope, AddressList.Empty) : null;

    /// <summary>Remembers when and from where a key was last used, to the second; written to the store later, in one go for many.</summary>
    public void Used(Caller caller, IPAddress? from)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (caller.LastUse is not { } known || Math.Abs(now - known.AtMs) >= SameUse.TotalMilliseconds || !Equals(known.From, from))
        {
            _uses[caller.KeyId] = caller.LastUse = new KeyUse(now, from);
        }
    }

    /// <summary>Writes the last uses that have gathered.</summary>
    public async Task<int> WriteUsesAsync(CancellationToken ct)
    {
        var uses = _uses.Keys.Order().SelectMany(id => _uses.TryRemove(id, out var use) ? [(Id: id, Use: use)] : Array.Empty<(long Id, KeyUse Use)>()).ToList();
        if (uses.Count == 0)
        {
            return 0;
        }

        try
        {
            await database.WriteAsync(
                tx => BulkUpdate.ByIdAsync(
                    tx, "api_keys", [.. uses.Select(u => u.Id)], null, ct,
                    new BulkColumn("last_used_at", uses.Select(u => u.Use.AtMs).ToArray()),
                    new BulkColumn("last_used_from", uses.Select(u => u.Use.From?.ToString()).ToArray())),
                ct);
        }
        catch
        {
            // For the next time, unless the key was used again meanwhile.
            uses.ForEach(u => _uses.TryAdd(u.Id, u.Use));
            throw;
        }

        return uses.Count;
    }

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            var seen = Math.Max(_seen, 0);
            await using var connection = await database.OpenReadAsync(ct);

            // The counter first: what commits after it is read has a higher version and comes with the next refresh.
            var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
            var accounts = await connection.QueryAsync<AccountRow>(new CommandDefinition(
                "SELECT id, suspended, addresses FROM accounts WHERE version > @seen", new { seen }, cancellationToken: ct));
            var keys = await connection.QueryAsync<KeyRow>(new CommandDefinition(
                "SELECT id, account_id, hash, scope, revoked_at FROM api_keys WHERE version > @seen", new { seen }, cancellationToken: ct));
            Take([.. accounts], [.. keys]);
            Volatile.Write(ref _seen, version);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private void Take(IReadOnlyList<AccountRow> accounts, IReadOnlyList<KeyRow> keys)
    {
        foreach (var key in keys)
        {
            _keys[key.Id] = key;
        }

        foreach (var account in accounts)
        {
            _accounts[account.Id] = account;
        }

        var changed = accounts.Select(a => a.Id).ToHashSet();
        var affected = changed.Count == 0 ? keys : _keys.Values.Where(k => changed.Contains(k.AccountId)).Concat(keys);
        foreach (var key in affected)
        {
            var hash = KeyHash.Of(Convert.FromHexString(key.Hash));
            if (key.RevokedAt is null && _accounts.TryGetValue(key.AccountId, out var account) && !account.Suspended && Addresses(account) is { } addresses)
            {
                _callers[hash] = new Caller(key.AccountId, key.Id, key.Scope, addresses);
            }
            else
            {
                _callers.TryRemove(hash, out _);
            }
        }
    }

    public void Dispose() => _refreshing.Dispose();

    // What stands in the store was checked when it was set. A list that cannot be read must let nobody in, and must not keep other accounts' changes out.
    private AddressList? Addresses(AccountRow account)
    {
        if (AddressList.Parse(account.Addresses) is AddressListOutcome.Parsed(var list))
        {
            return list;
        }

        logger.LogError("The address list of account {Account} cannot be read: its keys are refused until it is set anew", account.Id);
        return null;
    }

    private readonly record struct KeyHash(long A, long B, long C, long D)
    {
        public static KeyHash Of(ReadOnlySpan<byte> hash)
        {
            var parts = MemoryMarshal.Cast<byte, long>(hash);
            return new KeyHash(parts[0], parts[1], parts[2], parts[3]);
        }

        public override int GetHashCode() => unchecked((int)A);
    }

    private sealed class KeyRow
    {
        public long Id { get; set; }

        public long AccountId { get; set; }

        public string Hash { get; set; } = "";

        public KeyScope Scope { get; set; }

        public long? RevokedAt { get; set; }
    }

    private sealed class AccountRow
    {
        public long Id { get; set; }

        public bool Suspended { get; set; }

        public string Addresses { get; set; } = "";
    }
}
