namespace Tally.Catalog;

/// <summary>Says for people how a service differs from what it was.</summary>
internal static class ServiceWords
{
    /// <summary>Field by field, <c>rate 1 → 2; limits 10–100 → 10–50</c>; empty when nothing is different.</summary>
    public static string Difference(Service before, Service after)
    {
        var words = string.Join("; ", Differences(before, after));
        return words.Length > 0 || before.Upstream == after.Upstream ? words : "the provider's new offer is noted, ours stays";
    }

    /// <summary>A held change in a few words.</summary>
    public static string Of(Held held) => $"{Word(held.Kind)} {held.Before} → {held.After}";

    private static string Word(QuarantineKind kind) => kind switch
    {
        QuarantineKind.Price => "price",
        QuarantineKind.Rename => "name",
        QuarantineKind.Type => "type",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such quarantine."),
    };

    private static IEnumerable<string> Differences(Service before, Service after)
    {
        var fields = Fields(before).Zip(Fields(after)).Where(f => f.First.Value != f.Second.Value).Select(f => $"{f.First.Name} {f.First.Value} → {f.Second.Value}");
        foreach (var field in fields)
        {
            yield return field;
        }

        if (before.Description != after.Description)
        {
            yield return "description";
        }

        if (before.Upstream is null && after.Upstream is not null)
        {
            yield return "the provider's offer is known now";
        }

        if (before.BelowCost != after.BelowCost)
        {
            yield return after.BelowCost ? "below cost now, not sold" : "no longer below cost";
        }
    }

    private static IEnumerable<(string Name, string Value)> Fields(Service s) =>
    [
        ("name", s.Name),
        ("type", s.Rules.WireName),
        ("cost", s.ProviderRate?.ToString() ?? "unknown"),
        ("rate", s.Rate.ToString()),
        ("priced by hand", Flag(s.PricedByHand)),
        ("limits", $"{s.Min}–{s.Max}"),
        ("category", s.Category),
        ("platform", s.Platform),
        ("enabled", Flag(s.Enabled)),
        ("refill", Flag(s.Refill)),
        ("refill days", $"{s.RefillDays}"),
        ("cancel", Flag(s.Cancel)),
        ("dripfeed", Flag(s.Dripfeed)),
        ("handles", Flag(s.Handles)),
        ("unique link", Flag(s.UniqueLink)),
        ("on refusal", $"{s.OnRefusal}"),
        ("routing", $"{s.Routing}"),
        ("routes", string.Join(", ", s.Routes.Select(r => $"{r.ProviderId}/{r.ProviderService}{(r.Share > 0 ? $" {r.Share} %" : "")}"))),
    ];

    private static string Flag(bool value) => value ? "on" : "off";
}
