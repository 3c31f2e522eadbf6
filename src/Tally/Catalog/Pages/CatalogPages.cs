using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Catalog.Pages;

/// <summary>The price list, a service in detail, favourites, and what has changed.</summary>
internal static class CatalogPages
{
    private const int ServicesOnPage = 50, UpdatesOnPage = 50;

    public static void MapCatalogPages(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapPages();
        all.MapGet("/services", ServicesAsync);
        all.MapGet("/services/{id:long}", OneAsync);
        all.MapGet("/updates", UpdatesAsync);
        routes.MapSignedInPages().MapPost("/services/favourite", FavouriteAsync);
    }

    private static async Task<IResult> ServicesAsync(
        Visitor visitor, BrowseServices browse, CustomerPrices prices, Favourites favourites, CompletionTimes times, string? platform, string? category, string? q, string? fav, string? after, CancellationToken ct)
    {
        var marked = visitor.AccountId is { } account ? await favourites.ReadAsync(account, ct) : new HashSet<long>();
        var wanted = new ServicesWanted(platform, category, q, fav is not null && visitor.IsSignedIn ? marked : null);
        var page = browse.Run(wanted, Number(after), ServicesOnPage);
        var own = visitor.AccountId is { } customer ? prices.Find(customer) : null;
        return Page.Of<Services>(new { Wanted = wanted, Shown = page, Platforms = browse.Platforms, Marked = marked, Own = own, Times = times, IsFirst = after is null });
    }

    private static async Task<IResult> OneAsync(Visitor visitor, Catalog catalog, CustomerPrices prices, Favourites favourites, CompletionTimes times, long id, CancellationToken ct)
    {
        if (!catalog.Current.ById.TryGetValue(id, out var service) || !service.Sold)
        {
            return Page.NotFound();
        }

        var marked = visitor.AccountId is { } account && (await favourites.ReadAsync(account, ct)).Contains(id);
        return Page.Of<OneService>(new { Listed = service, Service = prices.Of(visitor.AccountId, service), Time = times.Of(id), Marked = marked });
    }

    private static async Task<IResult> UpdatesAsync(ReadUpdates updates, Catalog catalog, string? before, CancellationToken ct)
    {
        var page = await updates.RunAsync(Place(before), UpdatesOnPage, ct);
        return Page.Of<Updates>(new { Shown = page, Catalog = catalog.Current, IsFirst = before is null });
    }

    private static async Task<IResult> FavouriteAsync(
        HttpContext http, Visitor visitor, Favourites favourites, [FromForm] long service, [FromForm] bool marked, [FromForm] string? back, CancellationToken ct)
    {
        if (!await favourites.SetAsync(visitor.Account, service, marked, ct))
        {
            Flash.Say(http, new FlashMessage("catalog.favourites.full", [Favourites.Most.ToString(visitor.Words.Culture)], "warning"));
        }

        return Page.Back(back);
    }

    // <time in unix ms>-<id>, as the link to the next page has it; anything else is the first page.
    private static UpdatesPlace? Place(string? before) =>
        before?.Split('-') is [var at, var id] && Number(at) is { } time && Number(id) is { } line ? new UpdatesPlace(time, line) : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
