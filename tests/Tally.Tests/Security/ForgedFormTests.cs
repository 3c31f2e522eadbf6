using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Tally.Testing;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>Forms that another site sends with the customer's cookies (cross-site request forgery): over all that is mapped, so that a new form is among them.</summary>
public sealed class ForgedFormTests
{
    // They prove themselves otherwise: by a header or a signature, neither of which a browser sends by itself. The figures of /metrics are only read, by whatever method. API v2, which asks for a key,
    // is answered before routing and so none of the routes.
    private static readonly string[] WithoutToken = ["/metrics", "/webhooks/sepay", "/webhooks/stripe"];

    [Fact]
    public async Task Whatever_may_change_something_asks_for_the_forms_token()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var routes = PanelRoutes.Of(panel);
        routes.Count(r => r.Writes() && r.NeedsToken()).ShouldBeGreaterThan(30);
        Unguarded(routes).ShouldBe(WithoutToken);
    }

    [Fact]
    public void A_form_that_forgets_the_token_is_found()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapPost("/planted/bare", () => "");
        app.Map("/planted/any", () => "");
        app.MapGet("/planted/read", () => "");
        app.MapPages().MapPost("/planted/guarded", () => "");
        Unguarded(PanelRoutes.Of(new CompositeEndpointDataSource(((IEndpointRouteBuilder)app).DataSources))).ShouldBe(["/planted/any", "/planted/bare"]);
    }

    [Theory, BothStores]
    public async Task A_form_without_the_token_or_with_somebody_elses_does_nothing(StoreKind kind)
    {
        await using var filled = await FilledPanel.StartAsync(kind);
        using var customer = filled.Customer();
        using var stranger = filled.StrangerVisitor();
        var foreign = await FilledPanel.TokenAsync(stranger);
        await FilledPanel.TokenAsync(customer);
        var before = await filled.StoreAsync();
        foreach (var route in PanelRoutes.Of(filled.Panel).Where(r => r.Writes() && r.NeedsToken() && !r.IsFallback()))
        {
            foreach (var token in (string?[])[null, "", "nonsense", foreign])
            {
                (string, string)[] fields = [("theme", "Dark"), ("language", "vi"), .. token is null ? Array.Empty<(string, string)>() : [("_token", token)]];
                await customer.PostAsync(filled.Address(route), fields);
                customer.Status.ShouldBe(HttpStatusCode.BadRequest, $"{route.Path()}, token {token}");
                customer.Text.ShouldContain("The form has expired");
            }
        }

        (await filled.ChangedAsync(before)).ShouldBeEmpty();
        (await customer.OpenAsync("/dashboard")).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task Reading_changes_nothing(StoreKind kind)
    {
        await using var filled = await FilledPanel.StartAsync(kind);
        using var customer = filled.Customer();
        await customer.OpenAsync("/dashboard");
        var before = await filled.StoreAsync();
        var read = PanelRoutes.Of(filled.Panel).Where(r => r.Reads() && r.NeedsToken() && !r.IsFallback() && r.Path() != "/orders/live").ToList();
        read.Count.ShouldBeGreaterThan(35);
        foreach (var route in read)
        {
            await customer.GetAsync(filled.Address(route));
            ((int)customer.Status).ShouldBeLessThan(400, route.Path());
        }

        (await filled.ChangedAsync(before)).ShouldBeEmpty();
    }

    private static List<string> Unguarded(IEnumerable<RouteEndpoint> routes) => [.. routes.Where(r => r.Writes() && !r.NeedsToken()).Select(r => r.Path()).Distinct().Order(StringComparer.Ordinal)];
}
