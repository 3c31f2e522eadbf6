using System.Collections.Concurrent;
using Dapper;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Http;

namespace Tally.Providers;

/// <summary>The providers: a copy in memory that follows the store within a second, and a client for each.</summary>
public sealed class ProviderBook(Database database, TimeProvider time) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "providers";

    private const int DefaultConcurrency = 16;
    private readonly IdAllocator _ids = new(database, time, "provider");
    private readonly ConcurrentDictionary<Provider, Lazy<(HttpClient Http, ApiV2Client Api)>> _clients = new();
    // One at a time, so that an older reading never takes the place of a newer one.
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private IReadOnlyDictionary<long, Provider> _current = new Dictionary<long, Provider>();
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>All providers, by id.</summary>
    public IReadOnlyDictionary<long, Provider> Current => Volatile.Read(ref _current);

    /// <summary>The client for a provider as it is configured now.</summary>
    public ApiV2Client ClientOf(Provider provider) => _clients.GetOrAdd(provider with { PauseReason = null }, p => new(() => Connect(p))).Value.Api;

    /// <summary>Calls a provider, counted and timed. The call is not cancelled half way: its outcome must be known.</summary>
    public async Task<ApiResult<T>> CallAsync<T>(Provider provider, string action, Func<ApiV2Client, Task<ApiResult<T>>> call)
    {
        var started = time.GetTimestamp();
        var result = await call(ClientOf(provider));
        var outcome = result switch
        {
            ApiResult<T>.Answered => "ok",
            ApiResult<T>.Refused => "refused",
            ApiResult<T>.NotSent => "not_sent",
            _ => "unclear",
        };
        Telemetry.ProviderCalled(provider.Name, action, outcome, time.GetElapsedTime(started));
        return result;
    }

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

    /// <summary>Adds a provider.</summary>
    /// <exception cref="InvalidInputException">The name is taken, or the address is no http(s) URL.</exception>
    public async Task<Provider> AddAsync(string name, string url, string key, bool references, bool allowPrivate, CancellationToken ct)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new InvalidInputException($"'{url}' is no http(s) address. A provider's address looks like https://panel.example/api/v2.");
        }

        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(key))
        {
            throw new InvalidInputException("A provider needs a name and a key.");
        }

        // The unique key tells the two cases apart; people, who name providers in commands, do not.
        await RefreshAsync(ct);
        if (Current.Values.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) is { Name: var taken })
        {
            throw new InvalidInputException($"There is a provider named '{taken}' already.");
        }

        var id = await _ids.TakeAsync(ct);
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    var version = await Changes.BumpAsync(tx, TopicName);
                    await tx.Connection.ExecuteAsync(
                        """
                        INSERT INTO providers (id, name, url, api_key, supports_references, allow_private, concurrency, created_at, version)
                        VALUES (@id, @name, @url, @key, @references, @allow, @DefaultConcurrency, @now, @version)
                        """,
                        new { id, name, url = uri.AbsoluteUri, key, references = references ? 1 : 0, allow = allowPrivate ? 1 : 0, DefaultConcurrency, now = time.GetUtcNow().ToUnixTimeMilliseconds(), version },
                        tx.Transaction);
                },
                ct);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            throw new InvalidInputException($"There is a provider named '{name}' already.");
        }

        await RefreshAsync(ct);
        return Current[id];
    }

    /// <summary>The provider of that name.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public async Task<Provider> FindAsync(string name, CancellationToken ct)
    {
        await RefreshAsync(ct);
        return Current.Values.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidInputException($"There is no provider named '{name}'.");
    }

    /// <summary>Gives a provider another address and key, and lets it work again.</summary>
    public async Task<Provider> MoveAsync(long id, Uri url, string key, CancellationToken ct)
    {
        await database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, TopicName);
                await tx.Connection.ExecuteAsync(
                    "UPDATE providers SET url = @url, api_key = @key, paused = 0, pause_reason = NULL, version = @version WHERE id = @id",
                    new { id, url = url.AbsoluteUri, key, version }, tx.Transaction);
            },
            ct);
        await RefreshAsync(ct);
        return Current[id];
    }

    /// <summary>Stops sending to a provider (with the reason why), or goes on (null).</summary>
    public async Task PauseAsync(long id, string? reason, CancellationToken ct)
    {
        await database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, TopicName);
                await tx.Connection.ExecuteAsync(
                    "UPDATE providers SET paused = @paused, pause_reason = @reason, version = @version WHERE id = @id",
                    new { id, paused = reason is null ? 0 : 1, reason, version }, tx.Transaction);
            },
            ct);
        await RefreshAsync(ct);
    }

    public void Dispose()
    {
        _ids.Dispose();
        _refreshing.Dispose();
        foreach (var client in _clients.Values.Where(c => c.IsValueCreated))
        {
            client.Value.Http.Dispose();
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT id, name, url, api_key, supports_references, allow_private, paused, pause_reason, concurrency FROM providers", cancellationToken: ct));
        Volatile.Write(ref _current, rows.ToDictionary(r => r.Id, r => r.ToProvider()));
        Volatile.Write(ref _seen, version);
    }

    private static (HttpClient Http, ApiV2Client Api) Connect(Provider provider)
    {
        var http = OutboundGuard.CreateClient(new OutboundOptions { AllowPrivate = provider.AllowPrivate, MaxConnectionsPerServer = provider.Concurrency });
        return (http, new ApiV2Client(http, provider.Url, provider.Key));
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public string Name { get; set; } = "";

        public string Url { get; set; } = "";

        public string ApiKey { get; set; } = "";

        public bool SupportsReferences { get; set; }

        public bool AllowPrivate { get; set; }

        public bool Paused { get; set; }

        public string? PauseReason { get; set; }

        public int Concurrency { get; set; }

        public Provider ToProvider() => new(Id, Name, new Uri(Url), ApiKey, SupportsReferences, AllowPrivate, Paused ? PauseReason ?? "" : null, Concurrency);
    }
}
