using Tally.Ledger;

namespace Tally.Catalog;

/// <summary>A sync's plan while it is being made.</summary>
internal sealed class SyncDraft(CatalogState state, SyncTerms terms, IReadOnlyDictionary<string, Offer> offers, List<string> skipped)
{
    private readonly Dictionary<long, ServiceEdit> _edits = [];
    private readonly List<ServiceEdit> _new = [];
    private readonly List<(Service, Held, Quarantined?)> _opened = [];
    private readonly List<Quarantined> _withdrawn = [];
    private readonly List<SyncLine> _lines = [];
    private readonly ILookup<long, Quarantined> _waiting = state.Waiting.Where(q => q.ProviderId == terms.ProviderId).ToLookup(q => q.ServiceId);

    /// <summary>A service that the provider delivers.</summary>
    /// <param name="gone">Whether the answer lacks it.</param>
    public void Bound(Service service, bool gone)
    {
        if (gone)
        {
            Change(service with { Vanished = true });
            Say("vanished", service, service.Enabled ? "switched off until it returns" : "it is switched off already");
            Compare(service, []);
        }
        else if (offers.TryGetValue(service.ProviderService!, out var offer))
        {
            var merged = MergeOffer.Into(service, offer, state.Rules, terms.JumpPercent);
            Change(merged.Service);
            Describe(service, merged.Service);
            Compare(service, merged.Held);
            if (merged.Wrong is { } wrong)
            {
                skipped.Add($"service {service.ProviderService}: {wrong}");
            }
        }
    }

    /// <summary>Services of any provider that may also be delivered by this one: what it asks is a fact.</summary>
    public void FurtherRoutes()
    {
        foreach (var service in state.Services.Where(s => s.FurtherRoutes.Any(r => r.ProviderId == terms.ProviderId)))
        {
            var now = Newest(service);
            Route[] routes = [.. now.FurtherRoutes.Select(r => r with { ProviderRate = RateOf(r, now) })];
            var changed = now with { FurtherRoutes = [.. routes] };
            Change(changed);
            foreach (var (was, route) in now.FurtherRoutes.Zip(routes).Where(pair => pair.First != pair.Second))
            {
                _lines.Add(new SyncLine("changed", service.Id, route.ProviderService, $"{service.Name}: the further route costs {route.ProviderRate}, before {was.ProviderRate?.ToString() ?? "unknown"}"));
            }
        }
    }

    /// <summary>What is offered and not ours yet.</summary>
    public void New(IReadOnlySet<string> known)
    {
        var position = state.Services.Count;
        foreach (var (there, offer) in offers.Where(o => !known.Contains(o.Key)))
        {
            if (!MergeOffer.TryPrice(offer.Rate, state.Rules.For(0, offer.Category, terms.ProviderId), out var price))
            {
                skipped.Add($"service {there}: its price by our rules does not fit");
                continue;
            }

            var service = new Service(
                0, offer.Name, offer.Description, offer.Type, offer.Category, offer.Platform, price, offer.Min, offer.Max, offer.Refill, offer.Cancel, offer.Dripfeed, 0, terms.NewOn,
                Handles: false, UniqueLink: false, OnRefusal.Hold, terms.ProviderId, there, offer.Rate, position++)
            {
                Upstream = offer,
            };
            _new.Add(new ServiceEdit(null, service));
            _lines.Add(new SyncLine("added", null, there, $"{service.Name}, {service.Rules.WireName} at {price}, {(terms.NewOn ? "on" : "off")}"));
        }
    }

    public SyncPlan Plan() => new([.. _edits.Values, .. _new], _opened, _withdrawn, _lines, skipped);

    private Service Newest(Service service) => _edits.TryGetValue(service.Id, out var edit) ? edit.After : service;

    private void Change(Service after)
    {
        var before = state.ById[after.Id];
        if (after != before)
        {
            _edits[after.Id] = new ServiceEdit(before, after);
        }
    }

    private Money? RateOf(Route route, Service service)
    {
        if (route.ProviderId != terms.ProviderId || !offers.TryGetValue(route.ProviderService, out var offer))
        {
            return route.ProviderRate;
        }

        try
        {
            return offer.RateFor(service.Type);
        }
        catch (OverflowException)
        {
            skipped.Add($"service {route.ProviderService}: its rate does not fit the unit of our type");
            return route.ProviderRate;
        }
    }

    /// <summary>Opens what is new among the held changes, moves what upstream moved, withdraws the rest.</summary>
    private void Compare(Service service, IReadOnlyList<Held> held)
    {
        foreach (var wanted in held)
        {
            var row = _waiting[service.Id].FirstOrDefault(q => q.Held.Kind == wanted.Kind);
            if (row?.Held != wanted)
            {
                _opened.Add((service, wanted, row));
                Say("quarantined", service, ServiceWords.Of(wanted));
            }
        }

        foreach (var row in _waiting[service.Id].Where(q => held.All(h => h.Kind != q.Held.Kind)))
        {
            _withdrawn.Add(row);
            Say("withdrawn", service, ServiceWords.Of(row.Held));
        }
    }

    private void Describe(Service before, Service after)
    {
        if (before.Vanished)
        {
            Say("returned", before, after.Sold ? "sold again" : "not sold: switched off or below cost");
        }

        var changes = ServiceWords.Difference(before, after);
        if (changes.Length > 0)
        {
            Say("changed", before, changes);
        }
    }

    private void Say(string what, Service service, string text) => _lines.Add(new SyncLine(what, service.Id, service.ProviderService!, $"{service.Name}: {text}"));
}
