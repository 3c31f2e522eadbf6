using Tally.Catalog;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Settings;

namespace Tally.Orders;

/// <summary>Rung when there is an order to send.</summary>
public sealed class DispatchBell : IDisposable
{
    public Bell Bell { get; } = new();

    public void Dispose() => Bell.Dispose();
}

/// <summary>
/// Charges and stores orders, all that wait in one transaction. The wallets' locks put everything of one account in a line, over all nodes: whoever holds them
/// sees every reference and every active link that was committed before.
/// </summary>
public sealed class OrderIntake : IAsyncDisposable
{
    /// <summary>How many orders may wait before the intake refuses.</summary>
    public const int Capacity = 5_000;

    private const int LargestBatch = 500, PostgresTransactions = 2;
    private readonly Database _database;
    private readonly GeneralLedger _ledger;
    private readonly SettingsSnapshot _settings;
    private readonly TimeProvider _time;
    private readonly DispatchBell _bell;
    private readonly WorkingProviders _providers;
    private readonly IdAllocator _ids;
    private readonly GroupCommit<OrderDraft, PlaceOrderOutcome> _commits;

    private readonly IDisposable _observed;

    public OrderIntake(Database database, GeneralLedger ledger, OrderIds ids, SettingsSnapshot settings, WorkingProviders providers, DispatchBell bell, TimeProvider time)
    {
        (_database, _ledger, _settings, _time, _bell, _providers, _ids) = (database, ledger, settings, time, bell, providers, ids.Orders);
        _commits = new GroupCommit<OrderDraft, PlaceOrderOutcome>(
            Capacity, LargestBatch, database.Kind == DatabaseKind.Postgres ? PostgresTransactions : 1, Telemetry.Committed, CommitAsync);
        _observed = Telemetry.ObserveQueue("intake", () => _commits.Depth);
    }

    /// <summary>How many orders wait now.</summary>
    public int Depth => _commits.Depth;

    /// <summary>How many orders have been handed in since the start, refused ones and repetitions included.</summary>
    public long HandedIn => _commits.HandedIn;

    /// <summary>Stores and charges one order, or says why not.</summary>
    /// <exception cref="StoreUnavailableException">The queue is full or the store does not answer.</exception>
    public Task<PlaceOrderOutcome> CommitAsync(OrderDraft draft) => _commits.CommitAsync(draft);

    /// <summary>Commits what waits and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        _observed.Dispose();
    }

    private async Task<Written<PlaceOrderOutcome[]>> CommitAsync(IReadOnlyList<OrderDraft> drafts, CancellationToken ct)
    {
        var ids = await _ids.TakeAsync(drafts.Count, ct);
        var written = await _database.WriteAheadAsync(tx => CommitAsync(tx, drafts, ids, ct), ct);

        // Whoever sends an order stores the intent first, which is durable only together with what was committed before it.
        if (Array.Exists(written.Result, o => o is PlaceOrderOutcome.Placed { Replayed: false }))
        {
            _bell.Bell.Ring();
        }

        return written;
    }

    private async Task<PlaceOrderOutcome[]> CommitAsync(WriteTransaction tx, IReadOnlyList<OrderDraft> drafts, long[] ids, CancellationToken ct)
    {
        var batch = await _ledger.OpenBatchAsync(tx.Transaction, [.. drafts.Select(d => d.AccountId).Distinct()], [], [], ct);
        var desk = new IntakeDesk(
            batch,
            await OrderReferences.ReadAsync(tx, [.. drafts.Where(d => d.Terms.Reference is not null).Select(d => (d.AccountId, d.Terms.Reference!)).Distinct()], ct),
            await ActiveLinks.ReadAsync(tx, [.. drafts.Where(d => d.UniqueLink is not null)], ct),
            _time.GetUtcNow().ToUnixTimeMilliseconds(),
            _settings.Current.SendDelayMs,
            _providers.Works);

        var outcomes = new PlaceOrderOutcome[drafts.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = desk.Decide(drafts[i], ids[i]);
        }

        await OrderSql.InsertAsync(tx, desk.Orders, ct);
        await OrderReferences.InsertAsync(tx, desk.References, ct);
        await batch.FlushAsync(ct);
        return outcomes;
    }
}

/// <summary>One batch's decisions, draft by draft in the order of their arrival, each seeing those before it.</summary>
internal sealed class IntakeDesk(
    LedgerBatch batch, Dictionary<(long Account, string Reference), StoredReference> references, HashSet<(long Account, long Service, string LinkHash)> activeLinks, long nowMs, int sendDelayMs,
    Func<long, bool> works)
{
    public List<Order> Orders { get; } = [];

    public List<StoredReference> References { get; } = [];

    public PlaceOrderOutcome Decide(OrderDraft draft, long id)
    {
        var link = (draft.AccountId, draft.Service.Id, draft.UniqueLink ?? "");
        var key = (draft.AccountId, draft.Terms.Reference ?? "");
        if (draft.Terms.Reference is not null && references.TryGetValue(key, out var stored))
        {
            return stored.Answer(draft.Sent);
        }

        if (draft.UniqueLink is not null && activeLinks.Contains(link))
        {
            return new PlaceOrderOutcome.Refused(Refusal.ActiveLink);
        }

        if (draft.Charge > Money.Zero && Refuse(batch.TryPost(OrderMoney.Charge(id, draft.AccountId, draft.Charge, nowMs))) is { } refusal)
        {
            return new PlaceOrderOutcome.Refused(refusal);
        }

        Orders.Add(NewOrder(draft, id));
        if (draft.Terms.Reference is { } reference)
        {
            var row = new StoredReference { AccountId = draft.AccountId, Reference = reference, OrderId = id, Type = draft.Terms.Type, Hash = draft.Terms.Hash };
            references.Add(key, row);
            References.Add(row);
        }

        if (draft.UniqueLink is not null)
        {
            activeLinks.Add(link);
        }

        return new PlaceOrderOutcome.Placed(id, Replayed: false);
    }

    private static Refusal? Refuse(PostOutcome outcome) => outcome switch
    {
        PostOutcome.Posted => null,
        PostOutcome.InsufficientFunds => Refusal.NotEnoughFunds,
        _ => throw new InvalidOperationException($"The ledger refused the charge of a new order: {outcome}."),
    };

    private Order NewOrder(OrderDraft draft, long id)
    {
        var service = draft.Service;
        var dripfeed = draft.Terms.Runs > 0;
        var forwarded = service.ProviderId is not null && !dripfeed;
        var route = forwarded ? RouteChoice.First(service, id, draft.Charge, draft.Quantity, works) : null;
        return new Order
        {
            Id = id,
            AccountId = draft.AccountId,
            ServiceId = service.Id,
            Type = service.Type,
            Status = service.Type == ServiceType.Subscriptions ? OrderStatus.Active : OrderStatus.Pending,
            SendState = route is not null ? SendState.Ready : forwarded ? SendState.Held : SendState.None,
            Link = draft.Terms.Link,
            Quantity = draft.Quantity,
            Charge = draft.Charge.Units,
            Remains = draft.Quantity,
            Details = draft.Terms.Details(),
            Run = dripfeed ? 0 : null,
            Runs = dripfeed ? draft.Terms.Runs : null,
            IntervalMinutes = dripfeed ? draft.Terms.IntervalMinutes : null,
            UniqueLink = draft.UniqueLink,
            ProviderId = route?.ProviderId ?? service.ProviderId,
            ProviderService = route?.ProviderService ?? service.ProviderService,
            Note = forwarded && route is null ? RouteChoice.EveryRouteIsALoss : null,
            DueAt = route is not null ? nowMs + sendDelayMs : dripfeed ? nowMs : null,
            CreatedAt = nowMs,
        };
    }
}
