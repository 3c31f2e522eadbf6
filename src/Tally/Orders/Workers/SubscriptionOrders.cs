using System.Globalization;
using Dapper;
using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>What became of the orders that a subscription's provider lists.</summary>
/// <param name="Unfunded">For how many the wallet did not suffice.</param>
/// <param name="Unknown">Of how many the provider does not tell the quantity yet.</param>
internal sealed record ChildrenImported(int Unfunded, int Unknown)
{
    /// <summary>None of them is known to be ours.</summary>
    public static ChildrenImported Failed(int listed) => new(0, listed);
}

/// <summary>
/// Imports the orders that a provider makes for a subscription (lifecycle.md section 6): each is charged the customer's rate × its quantity when it appears, before it counts as an order of
/// ours, and then is an order like any other. The unique index on the provider's id keeps a second node, or the same one after a crash, from importing it again.
/// </summary>
public sealed class SubscriptionOrders(Database database, GeneralLedger ledger, Catalog.Catalog catalog, CustomerPrices prices, OrderIds ids, FaultPoints faults, TimeProvider time, ILogger<SubscriptionOrders> logger)
{
    /// <summary>What the note of a subscription says that pauses for want of funds; the customer is told so, too.</summary>
    internal const string NoFunds = "Not enough funds on balance for the newest post. The subscription goes on when the balance suffices.";

    /// <summary>The subscription's new status: Paused while a post is not paid for; not final while one of its orders is not ours yet.</summary>
    internal static OrderChange Judge(Order subscription, OrderChange said, ChildrenImported imported)
    {
        if (imported.Unfunded > 0)
        {
            return said with { Status = OrderStatus.Paused, Note = NoFunds };
        }

        var waits = imported.Unknown > 0 && said.Status is { } status && status.IsFinal();
        return said with
        {
            Status = waits ? subscription.Status : said.Status,
            Note = imported.Unknown > 0
                ? string.Create(CultureInfo.InvariantCulture, $"Of {imported.Unknown} orders of this subscription the provider does not tell the quantity yet.")
                : said.Note ?? (string.IsNullOrEmpty(subscription.Note) ? null : ""),
        };
    }

    /// <summary>Imports those of the listed orders that are not ours yet.</summary>
    /// <param name="states">Asks the provider for the status of some of its orders.</param>
    internal async Task<ChildrenImported> ImportAsync(
        Provider provider, Order subscription, IReadOnlyList<long> listed, Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, ApiResult<OrderState>>>> states)
    {
        var (unfunded, unknown) = (0, 0);
        foreach (var page in (await NewAsync(provider, listed)).Chunk(SyncOrders.LargestBatch))
        {
            var answers = await states(page);
            foreach (var id in page)
            {
                var state = (answers.GetValueOrDefault(id) as ApiResult<OrderState>.Answered)?.Value;
                var quantity = state is null ? null : QuantityOf(provider, subscription, state);
                if (quantity is null && state is not null && CostsNothing(state))
                {
                    // Not even what the customer did not get is known of it; there is nothing to account for.
                    continue;
                }

                if (quantity is null)
                {
                    unknown++;
                    Telemetry.SyncUnusable(provider.Name, "quantity");
                }
                else if (!await ImportOneAsync(subscription, id, quantity.Value))
                {
                    unfunded++;
                }
            }
        }

        return new ChildrenImported(unfunded, unknown);
    }

    /// <summary>
    /// The quantity of an order that the provider made. The API does not tell it: while nothing is delivered it is what remains, else what the provider charges divided by
    /// its rate (for a Partial, what remains comes on top). It counts only when it is what the customer asked for, and is never guessed.
    /// </summary>
    /// <param name="exact">Whether charge and rate are the provider's own figures, in the panel's currency already, and not rounded.</param>
    internal static long? Quantity(OrderState state, Money? charge, Money? providerRate, long min, long max, bool exact = false)
    {
        var left = state.Remains is { } remains && remains >= 0 && remains <= max ? remains : (long?)null;
        if (left >= min && (state.Status is OrderWord.Pending or OrderWord.Processing || CostsNothing(state)))
        {
            return left;
        }

        if (state.Status is OrderWord.Canceled or OrderWord.Unknown || charge is not { Units: > 0 } cost || providerRate is not { Units: > 0 } rate)
        {
            return null;
        }

        return state.Status != OrderWord.Partial ? Bought(cost, rate, min, max, exact)
            : left is { } open && Bought(cost, rate, Math.Max(1, min - open), max - open, exact) is { } delivered ? delivered + open
            : null;
    }

    /// <summary>It was cancelled before anything was delivered: nobody pays for it, whatever its quantity.</summary>
    private static bool CostsNothing(OrderState state) => state is { Status: OrderWord.Canceled, Charge: null or 0 };

    private static long? Bought(Money cost, Money rate, long min, long max, bool exact)
    {
        // In another currency rate and charge were rounded up to 10^-5 each, so that they need not divide without a rest; but they must leave no choice.
        var least = Math.Max(min, ((cost.Units - 1) / rate.Units) + 1);
        if (exact)
        {
            return cost.Units % rate.Units == 0 && least == cost.Units / rate.Units && least <= max ? least : null;
        }

        var most = rate.Units == 1 ? max : Math.Min(max, (cost.Units - 1) / (rate.Units - 1));
        return least == most ? least : null;
    }

    private long? QuantityOf(Provider provider, Order subscription, OrderState state)
    {
        var details = OrderDetails.Read(subscription.Details);
        var rate = catalog.Current.ById.GetValueOrDefault(subscription.ServiceId)?.Routes
            .FirstOrDefault(r => r.ProviderId == subscription.ProviderId && r.ProviderService == subscription.ProviderService)?.ProviderRate;
        return Quantity(state, state.Charge is { } charge ? provider.ToPanel(charge) : null, rate, Number(details, "min"), Number(details, "max"), exact: provider.ExchangeRate == 1);
    }

    private static long Number(IReadOnlyDictionary<string, string> details, string name) => long.Parse(details[name], CultureInfo.InvariantCulture);

    private async Task<IReadOnlyList<string>> NewAsync(Provider provider, IReadOnlyList<long> listed)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var texts = listed.Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture)).ToList();
        await using var connection = await database.OpenReadAsync(CancellationToken.None);
        foreach (var page in texts.Chunk(500))
        {
            known.UnionWith(await connection.QueryAsync<string>(
                $"SELECT provider_order FROM orders WHERE provider_id = @provider AND {Sql.AnyOf(database.Kind, "provider_order", "page")}", new { provider = provider.Id, page = Sql.Texts(database.Kind, page) }));
        }

        return texts.FindAll(id => !known.Contains(id));
    }

    /// <summary>Charges and stores one; false when the wallet does not suffice.</summary>
    private async Task<bool> ImportOneAsync(Order subscription, string providerOrder, long quantity)
    {
        var service = catalog.Current.ById.GetValueOrDefault(subscription.ServiceId)
            ?? throw new InvalidOperationException($"Subscription {subscription.Id} is of service {subscription.ServiceId}, which is not there.");
        var charge = Money.Charge(prices.Of(subscription.AccountId, service).Rate, quantity, per: 1);
        var id = await ids.Orders.TakeAsync(CancellationToken.None);
        var imported = await database.WriteAsync(
            async tx =>
            {
                // Holding the subscription's row, one node at a time imports for it.
                await OrderSql.LockAsync(tx, [subscription.Id], CancellationToken.None);
                if (await tx.Connection.ExecuteScalarAsync<long>(
                    "SELECT COUNT(*) FROM orders WHERE provider_id = @ProviderId AND provider_order = @providerOrder", new { subscription.ProviderId, providerOrder }, tx.Transaction) > 0)
                {
                    return true;
                }

                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                var batch = await ledger.OpenBatchAsync(tx.Transaction, [subscription.AccountId], [], [], CancellationToken.None);
                if (charge > Money.Zero && batch.TryPost(OrderMoney.Charge(id, subscription.AccountId, charge, now)) is var outcome and not PostOutcome.Posted)
                {
                    return outcome == PostOutcome.InsufficientFunds ? false : throw new InvalidOperationException($"The ledger refused the charge of a subscription's order: {outcome}.");
                }

                await batch.FlushAsync(CancellationToken.None);
                await OrderSql.InsertAsync(tx, [Child(subscription, id, providerOrder, quantity, charge, now)], CancellationToken.None);
                await faults.ReachAsync(FaultPoint.ChildWriting);
                return true;
            },
            CancellationToken.None);
        if (!imported)
        {
            logger.LogInformation("Subscription {Order} cannot pay for the provider's order {ProviderOrder} of {Quantity}", subscription.Id, providerOrder, quantity);
            return false;
        }

        await faults.ReachAsync(FaultPoint.ChildWritten);
        return true;
    }

    private static Order Child(Order subscription, long id, string providerOrder, long quantity, Money charge, long now) => new()
    {
        Id = id,
        AccountId = subscription.AccountId,
        ServiceId = subscription.ServiceId,
        Type = ServiceType.Default,
        Status = OrderStatus.Pending,
        SendState = SendState.Sent,
        Link = OrderDetails.Read(subscription.Details).GetValueOrDefault("username", ""),
        Quantity = quantity,
        Charge = charge.Units,
        Remains = quantity,
        ParentId = subscription.Id,
        ProviderId = subscription.ProviderId,
        ProviderService = subscription.ProviderService,
        ProviderOrder = providerOrder,
        DueAt = now,
        CreatedAt = now,
    };
}
