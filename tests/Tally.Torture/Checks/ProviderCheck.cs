using System.Globalization;
using Tally.Demo;
using Tally.Orders;

namespace Tally.Torture;

/// <summary>
/// The provider's own count against the store: it has no order twice; whatever we follow there it has, under that very id and as it was ordered; and, when all is sent that can be, every
/// order of a provider that knows references arrived exactly once, unless it was cancelled before or waits for a person.
/// </summary>
internal static class ProviderCheck
{
    /// <param name="taken">What the provider has taken, read after the store.</param>
    /// <param name="lied">The links of orders to which the provider gave another order's id on purpose.</param>
    /// <param name="settled">Whether nothing is under way any more.</param>
    public static IEnumerable<Violation> Of(StoreContents store, long provider, bool references, IEnumerable<TakenOrder> taken, IReadOnlySet<string> lied, bool settled)
    {
        var byLink = taken.ToLookup(t => t.Link, StringComparer.Ordinal);
        foreach (var many in byLink.Where(same => same.Skip(1).Any()))
        {
            yield return new("sent twice", $"{many.Key}: provider {provider} has it as {string.Join(", ", many.Select(t => t.Id))}");
        }

        var ours = store.Orders.Where(o => o.Provider == provider).ToDictionary(o => o.Link, StringComparer.Ordinal);
        foreach (var stranger in byLink.Where(same => !ours.ContainsKey(same.Key)))
        {
            yield return new("sent unasked", $"provider {provider} has {stranger.Key}, which is no order of ours");
        }

        foreach (var order in ours.Values)
        {
            var there = byLink[order.Link].FirstOrDefault();
            if (there is not null && there.Quantity != order.Quantity)
            {
                yield return new("sent otherwise", $"{order} arrived at provider {provider} with the quantity {there.Quantity}");
            }

            if (order.SendState == SendState.Sent && !lied.Contains(order.Link) && there?.Id.ToString(CultureInfo.InvariantCulture) != order.ProviderOrder)
            {
                yield return new("sent under another id", $"{order}: the provider has it as {there?.Id.ToString(CultureInfo.InvariantCulture) ?? "nothing"}");
            }

            if (settled && Unsettled(order, references, there is not null) is { } fault)
            {
                yield return new("sending", fault);
            }
        }
    }

    private static string? Unsettled(StoredOrder order, bool references, bool arrived) => order.SendState switch
    {
        SendState.Ready or SendState.Sending when !order.Status.IsFinal() => $"{order} is still not sent",
        SendState.Unconfirmed when references && order.DueAt is not null && !order.Status.IsFinal() => $"{order} is still unconfirmed, though its reference makes it safe to send again",
        SendState.Sent when !arrived => $"{order} counts as sent and never arrived",
        _ => null,
    };
}
