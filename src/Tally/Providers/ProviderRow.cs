using System.Data.Common;
using System.Globalization;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>A row of the table <c>providers</c>: how a provider is read from the store and written to it.</summary>
internal sealed class ProviderRow
{
    private const string Columns =
        "id, name, url, api_key, key_encrypted, supports_references, allow_private, paused, pause_reason, pause_kind, concurrency, connect_timeout_s, timeout_s, calls_per_second, extra, "
        + "currency, exchange_rate, low_balance";

    public long Id { get; set; }

    public string Name { get; set; } = "";

    public string Url { get; set; } = "";

    public string ApiKey { get; set; } = "";

    public bool KeyEncrypted { get; set; }

    public bool SupportsReferences { get; set; }

    public bool AllowPrivate { get; set; }

    public bool Paused { get; set; }

    public string? PauseReason { get; set; }

    public string? PauseKind { get; set; }

    public int Concurrency { get; set; }

    public int ConnectTimeoutS { get; set; }

    public int TimeoutS { get; set; }

    public int CallsPerSecond { get; set; }

    public string? Extra { get; set; }

    public string? Currency { get; set; }

    public string ExchangeRate { get; set; } = "1";

    public string? LowBalance { get; set; }

    /// <summary>All providers, their keys decrypted.</summary>
    public static async Task<IReadOnlyDictionary<long, Provider>> ReadAllAsync(DbConnection connection, ProviderKeys keys, CancellationToken ct) =>
        (await connection.QueryAsync<ProviderRow>(new CommandDefinition($"SELECT {Columns} FROM providers", cancellationToken: ct))).ToDictionary(r => r.Id, r => r.ToProvider(keys));

    /// <summary>One provider, in the caller's transaction.</summary>
    public static async Task<Provider> ReadAsync(WriteTransaction tx, long id, ProviderKeys keys) =>
        (await tx.Connection.QuerySingleAsync<ProviderRow>($"SELECT {Columns} FROM providers WHERE id = @id", new { id }, tx.Transaction)).ToProvider(keys);

    public static Task InsertAsync(WriteTransaction tx, Provider provider, ProviderKeys keys, long now, long version) => tx.Connection.ExecuteAsync(
        """
        INSERT INTO providers (id, name, url, api_key, key_encrypted, supports_references, allow_private, concurrency, connect_timeout_s, timeout_s, calls_per_second, extra,
          currency, exchange_rate, low_balance, created_at, version)
        VALUES (@id, @name, @url, @stored, 1, @references, @allow, @concurrency, @connect, @total, @pace, @extra, @currency, @rate, @low, @now, @version)
        """,
        Values(provider, keys.Encrypt(provider.Key), now, version), tx.Transaction);

    /// <summary>Writes everything but the pause.</summary>
    /// <param name="newKey">Whether the key is another; one that cannot be decrypted stays as it is stored.</param>
    public static Task UpdateAsync(WriteTransaction tx, Provider provider, bool newKey, ProviderKeys keys, long version) => tx.Connection.ExecuteAsync(
        $"""
         UPDATE providers SET url = @url, {(newKey ? "api_key = @stored, key_encrypted = 1, " : "")}supports_references = @references, allow_private = @allow, concurrency = @concurrency,
           connect_timeout_s = @connect, timeout_s = @total, calls_per_second = @pace, extra = @extra, currency = @currency, exchange_rate = @rate, low_balance = @low, version = @version
         WHERE id = @id
         """,
        Values(provider, newKey ? keys.Encrypt(provider.Key) : "", 0, version), tx.Transaction);

    private static object Values(Provider p, string stored, long now, long version) => new
    {
        id = p.Id,
        name = p.Name,
        url = p.Url.AbsoluteUri,
        stored,
        references = p.SupportsReferences ? 1 : 0,
        allow = p.AllowPrivate ? 1 : 0,
        concurrency = p.Concurrency,
        connect = (int)p.ConnectTimeout.TotalSeconds,
        total = (int)p.Timeout.TotalSeconds,
        pace = p.CallsPerSecond,
        extra = p.Extra.Pairs.Count == 0 ? null : p.Extra.Json,
        currency = p.Currency,
        rate = p.ExchangeRate.ToString(CultureInfo.InvariantCulture),
        low = p.LowBalance?.ToString(CultureInfo.InvariantCulture),
        now,
        version,
    };

    private Provider ToProvider(ProviderKeys keys)
    {
        var key = KeyEncrypted ? keys.Decrypt(ApiKey) : ApiKey;
        var (reason, kind) = Paused ? (PauseReason ?? "", Enum.Parse<Providers.PauseKind>(PauseKind ?? nameof(Providers.PauseKind.Operator))) : ((string?)null, (Providers.PauseKind?)null);
        if (key is null && !Paused)
        {
            (reason, kind) = ($"Its key cannot be decrypted (another key ring, or a damaged row). Set it again: tally provider set {Name} --key-stdin", Providers.PauseKind.KeyUnreadable);
        }

        return new Provider(Id, Name, new Uri(Url), key ?? "", SupportsReferences, AllowPrivate, reason, Concurrency)
        {
            PauseKind = kind,
            ConnectTimeout = TimeSpan.FromSeconds(ConnectTimeoutS),
            Timeout = TimeSpan.FromSeconds(TimeoutS),
            CallsPerSecond = CallsPerSecond,
            Extra = ExtraParameters.Read(Extra),
            Currency = Currency,
            ExchangeRate = decimal.Parse(ExchangeRate, CultureInfo.InvariantCulture),
            LowBalance = LowBalance is null ? null : decimal.Parse(LowBalance, CultureInfo.InvariantCulture),
        };
    }
}
