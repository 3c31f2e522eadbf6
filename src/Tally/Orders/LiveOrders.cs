using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders;

/// <summary>Where a watched order stands now.</summary>
/// <param name="Net">What it has cost after refunds.</param>
public sealed record LiveOrder(long Id, OrderStatus Status, long StartCount, long Remains, Money Net);

/// <summary>What has changed for one who watches.</summary>
/// <param name="Orders">Those that changed.</param>
/// <param name="Balance">The wallet's balance; null when it is as before.</param>
public sealed record LiveNews(IReadOnlyList<LiveOrder> Orders, Money? Balance);

/// <summary>Rung when somebody begins to watch.</summary>
public sealed class LiveBell : IDisposable
{
    public Bell Bell { get; } = new();

    public void Dispose() => Bell.Dispose();
}

/// <summary>
/// Tells open pages what becomes of their orders. One loop for each node reads, every second, all orders that are watched there in one query (and their accounts' balances in another), however many
/// pages are open, and nothing while none is.
/// </summary>
public sealed class LiveOrders(Database database, GeneralLedger ledger, LiveBell bell, TimeProvider time, ILogger<LiveOrders> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1), bell.Bell)
{
    /// <summary>How many orders one page may watch.</summary>
    public const int MostOrders = 50;

    /// <summary>How many pages of one account are told at a time, on one node.</summary>
    public const int MostOfAccount = 8;

    /// <summary>How many pages are told at a time on one node.</summary>
    public const int MostOfNode = 1_000;

    private readonly ConcurrentDictionary<LiveWatch, bool> _watches = new();
    private readonly Dictionary<long, int> _ofAccount = [];
    private readonly Lock _gate = new();

    /// <summary>How many pages are told now.</summary>
    public int Count => _watches.Count;

    /// <summary>Begins to watch; the first news is where everything stands. Null when there are too many already, of the account or on this node.</summary>
    /// <param name="orders">At most <see cref="MostOrders"/>; those that are not the account's are never spoken of.</param>
    public LiveWatch? Watch(long accountId, IReadOnlyCollection<long> orders)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(orders.Count, MostOrders);
        lock (_gate)
        {
            var open = _ofAccount.GetValueOrDefault(accountId);
            if (open >= MostOfAccount || _watches.Count >= MostOfNode)
            {
                return null;
            }

            _ofAccount[accountId] = open + 1;
            var watch = new LiveWatch(accountId, [.. orders.Distinct()], End);
            _watches[watch] = true;
            bell.Bell.Ring();
            return watch;
        }
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var watches = _watches.Keys.ToList();
        if (watches.Count == 0)
        {
            return false;
        }

        await using var connection = await database.OpenReadAsync(ct);
        var ids = watches.SelectMany(w => w.Orders).Distinct().ToList();
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
             SELECT o.id, o.account_id, o.status, o.start_count, o.remains, o.charge - o.refunded
               - CASE WHEN o.runs IS NULL THEN 0 ELSE (SELECT CAST(COALESCE(SUM(c.refunded), 0) AS BIGINT) FROM orders c WHERE c.parent_id = o.id) END AS net
             FROM orders o WHERE {Sql.AnyOf(database.Kind, "o.id", "ids")}
             """,
            new { ids = Sql.Ids(database.Kind, ids) }, cancellationToken: ct));
        var orders = rows.ToDictionary(r => r.Id);
        var balances = await ledger.BalancesAsync(connection, [.. watches.Select(w => w.AccountId).Distinct()], ct);
        foreach (var watch in watches)
        {
            watch.Tell(id => orders.TryGetValue(id, out var row) && row.AccountId == watch.AccountId ? row.ToLive() : null, balances.TryGetValue(watch.AccountId, out var balance) ? balance : null);
        }

        return false;
    }

    private void End(LiveWatch watch)
    {
        lock (_gate)
        {
            if (_watches.TryRemove(watch, out _))
            {
                var left = _ofAccount[watch.AccountId] - 1;
                if (left == 0)
                {
                    _ofAccount.Remove(watch.AccountId);
                }
                else
                {
                    _ofAccount[watch.AccountId] = left;
                }
            }
        }
    }

    private sealed record Row
    {
        public long Id { get; init; }

        public long AccountId { get; init; }

        public OrderStatus Status { get; init; }

        public long StartCount { get; init; }

        public long Remains { get; init; }

        public long Net { get; init; }

        public LiveOrder ToLive() => new(Id, Status, StartCount, Remains, new Money(Net));
    }
}

/// <summary>One open page's watch over its orders; it ends when it is disposed.</summary>
public sealed class LiveWatch : IDisposable
{
    // A page that does not keep up hears the newest later, not everything in between.
    private readonly Channel<LiveNews> _news = Channel.CreateBounded<LiveNews>(4);
    private readonly Dictionary<long, LiveOrder> _told = [];
    private readonly Action<LiveWatch> _end;
    private Money? _balance;

    internal LiveWatch(long accountId, IReadOnlyList<long> orders, Action<LiveWatch> end) => (AccountId, Orders, _end) = (accountId, orders, end);

    public long AccountId { get; }

    public IReadOnlyList<long> Orders { get; }

    /// <summary>What has changed, as it becomes known.</summary>
    public ChannelReader<LiveNews> News => _news.Reader;

    /// <summary>Passes on what is new. Called by the one loop alone.</summary>
    internal void Tell(Func<long, LiveOrder?> find, Money? balance)
    {
        var changed = Orders.Select(find).OfType<LiveOrder>().Where(o => _told.GetValueOrDefault(o.Id) != o).ToList();
        var moved = balance == _balance ? null : balance;
        if ((changed.Count > 0 || moved is not null) && _news.Writer.TryWrite(new LiveNews(changed, moved)))
        {
            changed.ForEach(o => _told[o.Id] = o);
            _balance = balance;
        }
    }

    public void Dispose() => _end(this);
}
