using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>Customers' own prices in memory; a copy that follows the store within a second. Who has none is not in it and pays what the price list says.</summary>
public sealed class CustomerPrices(Database database) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "customer_prices";

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private Copy _current = new(-1, new Dictionary<long, OwnPrices>());

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _current).Version;

    /// <summary>An account's own prices; null when it has none.</summary>
    public OwnPrices? Find(long accountId) => Volatile.Read(ref _current).ByAccount.GetValueOrDefault(accountId);

    /// <summary>A service as an account sees it; as it is on the price list for a visitor (null).</summary>
    public Service Of(long? accountId, Service service) => accountId is { } account && Find(account) is { } own ? own.Of(service) : service;

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await using var connection = await database.OpenReadAsync(ct);
            var version = await connection.ExecuteScalarAsync<long?>(
                new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
            var percents = (await connection.QueryAsync<(long Account, long Percent)>(
                new CommandDefinition("SELECT account_id, percent FROM customer_percents", cancellationToken: ct))).ToDictionary(p => p.Account, p => p.Percent);
            var rates = (await connection.QueryAsync<(long Account, long Service, long Rate, long Per)>(
                new CommandDefinition("SELECT account_id, service_id, rate, per FROM customer_rates", cancellationToken: ct))).ToLookup(r => r.Account);
            var accounts = percents.Keys.Union(rates.Select(r => r.Key));
            var fresh = accounts.ToDictionary(
                a => a, a => new OwnPrices(percents.GetValueOrDefault(a), rates[a].ToDictionary(r => r.Service, r => new OwnRate(new Money(r.Rate), (int)r.Per))));
            Volatile.Write(ref _current, new Copy(version, Shared(fresh)));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    // What says the same as before stays the same object, and equal percentages are one: what is made from them need not be made anew.
    private Dictionary<long, OwnPrices> Shared(Dictionary<long, OwnPrices> fresh)
    {
        var before = _current.ByAccount;
        var percents = before.Values.Where(p => p.Rates.Count == 0).GroupBy(p => p.Percent).ToDictionary(p => p.Key, p => p.First());
        foreach (var (account, prices) in fresh)
        {
            if (prices.Rates.Count > 0)
            {
                fresh[account] = before.TryGetValue(account, out var was) && was.SameAs(prices) ? was : prices;
            }
            else if (!percents.TryAdd(prices.Percent, prices))
            {
                fresh[account] = percents[prices.Percent];
            }
        }

        return fresh;
    }

    private sealed record Copy(long Version, Dictionary<long, OwnPrices> ByAccount);
}
