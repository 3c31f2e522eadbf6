using System.Collections.Concurrent;
using Tally.Contract;
using Tally.Platform.Http;

namespace Tally.Providers;

/// <summary>A client for each provider as it is configured now; its connections are kept and bounded by the provider's concurrency.</summary>
internal sealed class ProviderClients : IDisposable
{
    private readonly ConcurrentDictionary<Connection, Lazy<(HttpClient Http, ApiV2Client Api)>> _clients = new();

    public ApiV2Client Of(Provider p)
    {
        var wanted = new Connection(p.Id, p.Url, p.Key, p.AllowPrivate, p.Concurrency, p.ConnectTimeout, p.Timeout, p.Extra);
        return _clients.GetOrAdd(wanted, static c => new(() => Connect(c))).Value.Api;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(c => c.IsValueCreated))
        {
            client.Value.Http.Dispose();
        }
    }

    private static (HttpClient Http, ApiV2Client Api) Connect(Connection c)
    {
        var http = OutboundGuard.CreateClient(new OutboundOptions
        {
            AllowPrivate = c.AllowPrivate,
            MaxConnectionsPerServer = c.Concurrency,
            ConnectTimeout = c.ConnectTimeout,
            Timeout = c.Timeout,
        });
        return (http, new ApiV2Client(http, c.Url, c.Key, new ApiV2ClientOptions { Timeout = c.Timeout, Extra = c.Extra.Pairs }));
    }

    /// <summary>What a client depends on. One whose provider was changed stays to the end of the process: its calls under way must come to theirs, and changes are few.</summary>
    private sealed record Connection(
        long Id, Uri Url, string Key, bool AllowPrivate, int Concurrency, TimeSpan ConnectTimeout, TimeSpan Timeout, ExtraParameters Extra)
    {
        /// <summary>Without the key.</summary>
        public override string ToString() => $"connection to provider {Id}";
    }
}
