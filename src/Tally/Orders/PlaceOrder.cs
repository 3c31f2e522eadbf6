using Tally.Catalog;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>How placing an order ended.</summary>
public abstract record PlaceOrderOutcome
{
    private PlaceOrderOutcome()
    {
    }

    /// <summary>It is stored and charged. <paramref name="Replayed"/>: it was already, by an earlier request with the same reference.</summary>
    public sealed record Placed(long Order, bool Replayed) : PlaceOrderOutcome;

    /// <summary>Nothing was stored and nothing was taken.</summary>
    public sealed record Refused(Refusal Refusal) : PlaceOrderOutcome;
}

/// <summary>
/// Takes an order: reads and judges it against the catalogue in memory, then hands it to the intake, which charges and stores it together with whatever
/// else came in meanwhile (architecture.md, the way of an add).
/// </summary>
public sealed class PlaceOrder(Catalog.Catalog catalog, CustomerPrices prices, OrderIntake intake, OrderReferences references, TimeProvider time)
{
    /// <summary>Places an order for an account, or says why not.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer. With a reference the same order can safely be sent again.</exception>
    public async Task<PlaceOrderOutcome> RunAsync(long accountId, OrderParameters parameters, CancellationToken ct)
    {
        var outcome = await PlaceAsync(accountId, parameters, ct);
        if (outcome is PlaceOrderOutcome.Refused(var refusal))
        {
            Telemetry.OrderRefused(refusal.Code);
        }

        return outcome;
    }

    private async Task<PlaceOrderOutcome> PlaceAsync(long accountId, OrderParameters parameters, CancellationToken ct)
    {
        var draft = Decide(accountId, parameters, catalog.Current, prices.Find(accountId), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var refusal);
        if (draft is not null)
        {
            var outcome = await intake.CommitAsync(draft);
            if (outcome is PlaceOrderOutcome.Placed { Replayed: false })
            {
                Telemetry.OrderPlaced(draft.Service.Rules.WireName);
            }

            return outcome;
        }

        // What is refused now may have been accepted before: a reference answers its order whatever has changed since.
        if (OrderTerms.TryReadReference(parameters.Reference, out var reference, out _) && reference is not null
            && await references.FindAsync(accountId, reference, ct) is { } stored)
        {
            return stored.Answer(parameters);
        }

        return new PlaceOrderOutcome.Refused(refusal!);
    }

    /// <summary>Everything that can be decided without the store.</summary>
    /// <param name="own">The account's own prices; null = it pays what the price list says.</param>
    internal static OrderDraft? Decide(long accountId, OrderParameters parameters, CatalogSnapshot catalog, OwnPrices? own, DateOnly today, out Refusal? refusal)
    {
        if (!OrderTerms.TryReadNumber(parameters.Service, out var id))
        {
            refusal = string.IsNullOrWhiteSpace(parameters.Service) ? Refusal.IncorrectRequest("service: required") : Refusal.IncorrectService;
            return null;
        }

        if (!catalog.ById.TryGetValue(id, out var service))
        {
            refusal = Refusal.IncorrectService;
            return null;
        }

        if (!service.Sold)
        {
            refusal = Refusal.DisabledService;
            return null;
        }

        return OrderTerms.TryRead(service.Rules, parameters, out var terms, out refusal)
            ? OrderDraft.Judge(accountId, own?.Of(service) ?? service, terms, parameters, today, out refusal)
            : null;
    }

}
