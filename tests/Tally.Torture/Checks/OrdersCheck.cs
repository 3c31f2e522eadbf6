namespace Tally.Torture;

/// <summary>
/// Every acknowledged order exists exactly once, with its parameters; every reference answers one id; what was refused took nothing, and nothing exists that nobody sent.
/// </summary>
internal static class OrdersCheck
{
    /// <param name="rates">By service: the price of 1,000, in units of 10^-5.</param>
    public static IEnumerable<Violation> Of(IEnumerable<Wish> wishes, StoreContents store, IReadOnlyDictionary<long, long> rates)
    {
        var byLink = store.Orders.ToLookup(o => o.Link, StringComparer.Ordinal);
        var wished = new HashSet<string>(StringComparer.Ordinal);
        foreach (var wish in wishes)
        {
            wished.Add(wish.Link);
            foreach (var violation in OfOne(wish, [.. byLink[wish.Link]], store, rates))
            {
                yield return violation;
            }
        }

        foreach (var order in store.Orders.Where(o => !wished.Contains(o.Link)))
        {
            yield return new("unasked", $"{order} was sent by nobody");
        }

        var known = store.Orders.Select(o => o.Id).ToHashSet();
        foreach (var ((account, reference), order) in store.References.Where(r => !known.Contains(r.Value)))
        {
            yield return new(Violation.Lost, $"reference {reference} of account {account} stands for order {order}, which is not there");
        }
    }

    private static IEnumerable<Violation> OfOne(Wish wish, IReadOnlyList<StoredOrder> stored, StoreContents store, IReadOnlyDictionary<long, long> rates)
    {
        if (stored.Count > 1)
        {
            yield return new(Violation.Doubled, $"{Told(wish)} is there {stored.Count} times: {string.Join(", ", stored.Select(o => o.Id))}");
        }

        var ids = wish.Attempts.Where(a => a.Kind == AnswerKind.Accepted).Select(a => a.Order).Distinct().ToList();
        if (ids.Count > 1)
        {
            yield return new("reference", $"{Told(wish)} was answered by more than one id: {string.Join(", ", ids)}");
        }

        foreach (var id in ids.Where(id => stored.All(o => o.Id != id)))
        {
            yield return new(Violation.Lost, $"{Told(wish)} was acknowledged as order {id}, which is not there");
        }

        if (ids.Count == 1 && wish.Reference is { } reference && (!store.References.TryGetValue((wish.Account, reference), out var order) || order != ids[0]))
        {
            yield return new("reference", $"{Told(wish)} was acknowledged as {ids[0]}, and its reference stands for {order}");
        }

        // A refusal before an attempt of which nobody knows frees the reference; only where all were definite must there be nothing.
        if (stored.Count > 0 && wish.Attempts.All(a => a.Kind is AnswerKind.Refused or AnswerKind.NeverWhole))
        {
            yield return new("refused", $"{Told(wish)} was refused ({string.Join(", ", wish.Attempts.Select(a => a.Code ?? a.Kind.ToString()))}), and is there as {stored[0].Id}");
        }

        foreach (var conflict in wish.Attempts.Where(a => a is { Kind: AnswerKind.Refused, Code: "reference_conflict" } && stored.All(o => o.Id != a.Order)))
        {
            yield return new("reference", $"{Told(wish)} was said to stand in the way as {conflict.Order}, which it is not");
        }

        foreach (var one in stored.Where(o => o.Account != wish.Account || o.Service != wish.Service || o.Quantity != wish.Quantity || o.Charge != Charge(rates[wish.Service], wish.Quantity)))
        {
            yield return new("parameters", $"{Told(wish)} at {rates[wish.Service]} is stored as {one}");
        }
    }

    /// <summary>What an order must have cost: rate × quantity / 1000, rounded up (lifecycle.md section 2), reckoned apart from the panel's own code.</summary>
    internal static long Charge(long rate, long quantity) => (long)Math.Ceiling((decimal)rate * quantity / 1000m);

    private static string Told(Wish wish) => $"{wish.Link} (account {wish.Account}, service {wish.Service}, quantity {wish.Quantity}, reference {wish.Reference ?? "none"})";
}
