using Xunit;

namespace Tally.Browser.Tests.Pages;

/// <summary>Every page of the panel: what the sweeps run over. <see cref="PageCatalogueTests"/> sees that none is forgotten.</summary>
public static class PageCatalogue
{
    public static IReadOnlyList<PanelPage> All { get; } =
    [
        // For everybody.
        new("front", "/", SignedIn: false),
        new("services", "/services", SignedIn: false),
        new("service", "/services/{id:long}", SignedIn: false, Path: p => $"/services/{p.Service}"),
        new("updates", "/updates", SignedIn: false),
        new("api", "/api", SignedIn: false),
        new("missing", "", SignedIn: false, Status: 404, Path: _ => "/nothing/here"),

        // The way in.
        new("sign-in", "/sign-in", SignedIn: false),
        new("sign-in-two-factor", "/sign-in/two-factor", SignedIn: false, Before: SweptPanel.EnterPasswordAsync),
        new("sign-in-recovery", "/sign-in/recovery", SignedIn: false, Before: SweptPanel.EnterPasswordAsync),
        new("sign-up", "/sign-up", SignedIn: false),
        new("sign-up-sent", "/sign-up/sent", SignedIn: false),
        new("confirm-email", "/confirm-email", SignedIn: false, Path: _ => "/confirm-email?account=1&code=code"),
        new("forgot-password", "/forgot-password", SignedIn: false),
        new("forgot-password-sent", "/forgot-password/sent", SignedIn: false),
        new("reset-password", "/reset-password", SignedIn: false, Path: _ => "/reset-password?account=1&code=code"),

        // For customers.
        new("dashboard", "/dashboard", SignedIn: true),
        new("notices", "/notices", SignedIn: true),
        new("services-signed-in", "/services", SignedIn: true),
        new("updates-signed-in", "/updates", SignedIn: true),
        new("new-order-empty", "/orders/new", SignedIn: true),
        new("new-order", "/orders/new", SignedIn: true, Path: p => $"/orders/new?service={p.Service}"),
        new("new-order-subscription", "/orders/new", SignedIn: true, Path: p => $"/orders/new?service={p.Subscription}"),
        new("mass-order", "/orders/mass", SignedIn: true),
        new("orders", "/orders", SignedIn: true),
        new("order", "/orders/{id:long}", SignedIn: true, Path: p => $"/orders/{p.Order}"),
        new("order-dripfeed", "/orders/{id:long}", SignedIn: true, Path: p => $"/orders/{p.Dripfeed}"),
        new("orders-dripfeed", "/orders/dripfeed", SignedIn: true),
        new("orders-subscriptions", "/orders/subscriptions", SignedIn: true),
        new("orders-refills", "/orders/refills", SignedIn: true),
        new("funds", "/funds", SignedIn: true),
        new("funds-bank", "/funds/bank", SignedIn: true, Path: _ => "/funds/bank?amount=500000&since=4102444800000"),
        new("funds-payment", "/funds/payments/{id:long}", SignedIn: true, Path: p => $"/funds/payments/{p.Payment}"),
        new("funds-history", "/funds/history", SignedIn: true),
        new("funds-history-payments", "/funds/history/payments", SignedIn: true),
        new("api-signed-in", "/api", SignedIn: true),
        new("api-keys", "/api/keys", SignedIn: true),
        new("api-addresses", "/api/addresses", SignedIn: true),
        new("api-try", "/api/try", SignedIn: true),
        new("account", "/account", SignedIn: true),
        new("account-security", "/account/security", SignedIn: true),
        new("account-two-factor", "/account/security/two-factor", SignedIn: true),
        new("account-sessions", "/account/sessions", SignedIn: true),
    ];

    /// <summary>Routes that are read but show no page, and what they are instead.</summary>
    public static IReadOnlyDictionary<string, string> NoPages { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/api/openapi"] = "a file",
        ["/api/openapi.json"] = "a file",
        ["/funds/bank/state"] = "JSON for the page that waits",
        ["/funds/payments/{id:long}/state"] = "JSON for the page that waits",
        ["/orders/export.csv"] = "a file",
        ["/orders/live"] = "a stream of events",
        ["/orders/new/list"] = "JSON for the search",
    };

    /// <summary>The names, as the data of theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(page => page.Name)];

    public static PanelPage Find(string name) => All.Single(page => page.Name == name);
}
