using System.Collections.Frozen;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Billing.Gateways;

/// <summary>What is set for one gateway. Secrets stand in it in the clear: it is never logged, and <see cref="ToString"/> says nothing.</summary>
public sealed class GatewayValues(IReadOnlyDictionary<string, string> values, IReadOnlyCollection<string> unreadable)
{
    /// <summary>A gateway for which nothing is set.</summary>
    public static GatewayValues None { get; } = new(new Dictionary<string, string>(), []);

    /// <summary>Secrets that cannot be decrypted with this store's key ring.</summary>
    public IReadOnlyCollection<string> Unreadable => unreadable;

    /// <summary>The value; null when it is not set.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    public override string ToString() => "settings of a gateway";
}

/// <summary>What is set for the gateways, from the table <c>gateway_settings</c>; a copy that follows the store within a second.</summary>
public sealed class GatewayBook(Database database, GatewaySecrets secrets) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "gateways";

    // One at a time, so that an older reading never takes the place of a newer one.
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private FrozenDictionary<string, GatewayValues> _current = FrozenDictionary<string, GatewayValues>.Empty;
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>The newest settings of a gateway that this node has; at most a second old.</summary>
    public GatewayValues Of(string gateway) => Volatile.Read(ref _current).GetValueOrDefault(gateway, GatewayValues.None);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await secrets.OpenAsync(ct);
            await ReadAsync(ct);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
        var rows = await connection.QueryAsync<(string Gateway, string Name, string Value, int Encrypted)>(
            new CommandDefinition("SELECT gateway, name, value, encrypted FROM gateway_settings", cancellationToken: ct));
        var read = rows.Select(r => (r.Gateway, r.Name, Value: r.Encrypted == 0 ? r.Value : secrets.Decrypt(r.Value))).ToLookup(r => r.Gateway, StringComparer.Ordinal);
        Volatile.Write(ref _current, read.ToFrozenDictionary(
            g => g.Key,
            g => new GatewayValues(
                g.Where(r => r.Value is not null).ToFrozenDictionary(r => r.Name, r => r.Value!, StringComparer.Ordinal), [.. g.Where(r => r.Value is null).Select(r => r.Name)]),
            StringComparer.Ordinal));
        Volatile.Write(ref _seen, version);
    }
}
