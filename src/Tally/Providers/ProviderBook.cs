using Dapper;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>The providers: a copy in memory that follows the store within a second, the calls to them, and their pauses. <see cref="SaveProvider"/> adds and changes them.</summary>
public sealed class ProviderBook : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "providers";

    private readonly Database _database;
    private readonly ProviderKeys _keys;
    private readonly Alerts _alerts;
    private readonly TimeProvider _time;
    private readonly ProviderClients _clients = new();
    private readonly ProviderCalls _calls;
    // One at a time, so that an older reading never takes the place of a newer one.
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private IReadOnlyDictionary<long, Provider> _current = new Dictionary<long, Provider>();
    private long _seen = -1;

    public ProviderBook(Database database, ProviderKeys keys, ProviderTraffic traffic, ProviderHealth health, Alerts alerts, TimeProvider time)
    {
        (_database, _keys, _alerts, _time) = (database, keys, alerts, time);
        _calls = new ProviderCalls(_clients, traffic, health, time);
    }

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>All providers, by id.</summary>
    public IReadOnlyDictionary<long, Provider> Current => Volatile.Read(ref _current);

    /// <summary>
    /// Calls a provider, counted and timed, within its limits; what they hold back is <c>NotSent</c>. The call is not cancelled half way: its outcome must be known.
    /// Reads (<c>status</c>, <c>services</c>, <c>balance</c>, <c>refill_status</c>) that fail are tried up to twice more.
    /// </summary>
    public Task<ApiResult<T>> CallAsync<T>(Provider provider, string action, Func<ApiV2Client, Task<ApiResult<T>>> call) => _calls.RunAsync(provider, action, call);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>The provider of that name, in any case.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public async Task<Provider> FindAsync(string name, CancellationToken ct)
    {
        await RefreshAsync(ct);
        return Current.Values.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidInputException($"There is no provider named '{name}'.");
    }

    /// <summary>Stops sending to a provider for a reason that has shown itself, and raises the alert that goes with it. True when this call paused it: one that is paused stays as it is.</summary>
    /// <param name="words">The provider's words, or ours, for the operator.</param>
    public async Task<bool> PauseForAsync(Provider provider, PauseKind kind, string words, CancellationToken ct)
    {
        // Of many calls that are refused at once one gets through; the others need not queue for the store. (A pause that this node derives from the key is not in the store yet.)
        if (kind != PauseKind.KeyUnreadable && Current.TryGetValue(provider.Id, out var known) && known.Paused)
        {
            return false;
        }

        var begun = await _database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, TopicName);
                return await ProviderPauses.BeginAsync(tx, _alerts, provider, kind, words, version, _time.GetUtcNow().ToUnixTimeMilliseconds(), ct);
            },
            ct);
        await RefreshAsync(ct);
        return begun;
    }

    /// <summary>Stops sending to a provider by the operator's word (with the reason why), or goes on (null), which ends any pause and its alerts.</summary>
    public async Task PauseAsync(long id, string? reason, CancellationToken ct)
    {
        await _database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, TopicName);
                await (reason is null
                    ? ProviderPauses.EndAsync(tx, _alerts, await ProviderRow.ReadAsync(tx, id, _keys), version, ct)
                    : ProviderPauses.BeginByOperatorAsync(tx, id, reason, version, ct));
            },
            ct);
        await RefreshAsync(ct);
    }

    public void Dispose()
    {
        _refreshing.Dispose();
        _clients.Dispose();
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await _keys.OpenAsync(ct);
        await using var connection = await _database.OpenReadAsync(ct);
        var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
        Volatile.Write(ref _current, await ProviderRow.ReadAllAsync(connection, _keys, ct));
        Volatile.Write(ref _seen, version);
    }
}
