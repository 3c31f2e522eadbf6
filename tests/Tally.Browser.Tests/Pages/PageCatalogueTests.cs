using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Tally.Ui;
using Xunit;

namespace Tally.Browser.Tests.Pages;

public sealed class PageCatalogueTests(SweptPanel panel)
{
    [Fact]
    public async Task Every_page_that_is_mapped_is_in_the_catalogue_and_nothing_else()
    {
        await panel.ReadyAsync();
        var mapped = Routes(panel.Panel.Get<EndpointDataSource>());
        var known = PageCatalogue.All.Select(page => page.Route).Where(route => route.Length > 0).Concat(PageCatalogue.NoPages.Keys).ToHashSet(StringComparer.Ordinal);
        mapped.Except(known).ShouldBeEmpty("pages that the catalogue does not know");
        known.Except(mapped).ShouldBeEmpty("pages of the catalogue that are not mapped");
    }

    [Fact]
    public void A_page_that_is_mapped_is_found_and_a_form_or_another_address_is_not()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapPages().MapGet("/planted/{id:long}", () => "");
        app.MapSignedInPages().MapGet("/planted/mine", () => "");
        app.MapPages().MapPost("/planted/form", () => "");
        app.MapGet("/planted/other", () => "");
        Routes(new CompositeEndpointDataSource(((IEndpointRouteBuilder)app).DataSources)).ShouldBe(["/planted/mine", "/planted/{id:long}"]);
    }

    // Pages are what MapPages and MapSignedInPages make: they say of themselves that their forms carry a token.
    private static List<string> Routes(EndpointDataSource source) =>
    [
        .. source.Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true })
            .Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true)
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/'))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
