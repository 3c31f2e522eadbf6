using System.Text;
using Tally.Ui;

namespace Tally.Orders.Pages;

/// <summary>A customer's orders: the lists, one order, what may be done with it, and all of them as a file.</summary>
internal static class OrdersPages
{
    /// <summary>How many orders a page shows.</summary>
    private const int Size = 50;

    public static IServiceCollection AddOrdersPages(this IServiceCollection services)
    {
        services.AddSingleton<LiveBell>();
        services.AddSingleton<LiveOrders>();
        services.AddHostedService(p => p.GetRequiredService<LiveOrders>());
        return services;
    }

    public static void MapOrdersPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        foreach (var tab in (OrderTab[])[OrderTab.All, OrderTab.Dripfeed, OrderTab.Subscriptions])
        {
            pages.MapGet(OrderQuery.Path(tab), (HttpContext http, Visitor visitor, ListOrders list, CountOrders count, Catalog.Catalog catalog, TimeProvider time, CancellationToken ct) =>
                ListAsync(OrderQuery.Read(tab, http.Request.Query), visitor, list, count, catalog, time, ct));
        }

        pages.MapGet("/orders/refills", RefillsAsync);
        pages.MapGet("/orders/export.csv", ExportAsync);
        pages.MapGet("/orders/live", LiveStream.RunAsync);
        pages.MapGet("/orders/{id:long}", OneAsync);
        pages.MapPost("/orders/{id:long}/refill", RefillAsync);
        pages.MapPost("/orders/{id:long}/cancel", CancelAsync);
    }

    private static async Task<IResult> ListAsync(
        OrderQuery query, Visitor visitor, ListOrders list, CountOrders count, Catalog.Catalog catalog, TimeProvider time, CancellationToken ct)
    {
        var filter = query.Filter(visitor.Formats);
        return Page.Of<OrderList>(new
        {
            Query = query,
            Orders = await list.RunAsync(visitor.Account, filter, query.Place, Size, ct),
            Counts = await count.RunAsync(visitor.Account, filter, ct),
            Services = catalog.Current.ById,
            Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
        });
    }

    private static async Task<IResult> RefillsAsync(HttpContext http, Visitor visitor, ListRefills list, CountOrders count, Catalog.Catalog catalog, CancellationToken ct)
    {
        var query = OrderQuery.Read(OrderTab.Refills, http.Request.Query);
        var filter = query.Filter(visitor.Formats);
        return Page.Of<RefillList>(new
        {
            Query = query,
            Refills = await list.RunAsync(visitor.Account, filter.Id, query.Place, Size, ct),
            Counts = await count.RunAsync(visitor.Account, new OrderFilter(), ct),
            Services = catalog.Current.ById,
        });
    }

    private static async Task<IResult> OneAsync(long id, Visitor visitor, ReadOneOrder read, Catalog.Catalog catalog, TimeProvider time, CancellationToken ct) =>
        await read.RunAsync(visitor.Account, id, ct) is { } order
            ? Page.Of<OneOrder>(new { Order = order, Service = catalog.Current.ById.GetValueOrDefault(order.Line.ServiceId), Now = time.GetUtcNow().ToUnixTimeMilliseconds() })
            : Page.NotFound();

    private static async Task<IResult> RefillAsync(long id, HttpContext http, Visitor visitor, RefillOrder refill, CancellationToken ct)
    {
        var outcome = await refill.RunAsync(visitor.Account, id, ct);
        return outcome is RefillOutcome.Refused(var refusal) ? await RefusedAsync(http, refusal) : await SaidAsync(http, "orders.refill.asked", Number(id));
    }

    private static async Task<IResult> CancelAsync(long id, HttpContext http, Visitor visitor, CancelOrder cancel, CancellationToken ct) =>
        await cancel.RunAsync(visitor.Account, id, ct) is { } refusal ? await RefusedAsync(http, refusal) : await SaidAsync(http, "orders.cancel.asked", Number(id));

    // An order that is another account's is one that is not there.
    private static async Task<IResult> RefusedAsync(HttpContext http, Refusal refusal)
    {
        if (refusal == Refusal.IncorrectOrder)
        {
            return Page.NotFound();
        }

        Flash.Say(http, new FlashMessage("ui.error." + refusal.Code, [], "danger"));
        return await BackAsync(http);
    }

    private static Task<IResult> SaidAsync(HttpContext http, string key, string value)
    {
        Flash.Say(http, key, value);
        return BackAsync(http);
    }

    private static async Task<IResult> BackAsync(HttpContext http)
    {
        var back = (await http.Request.ReadFormAsync(http.RequestAborted))["back"].ToString();
        return Page.IsOurs(back) ? Page.Go(back) : Page.Go("/orders");
    }

    private static async Task<IResult> ExportAsync(
        HttpContext http, Visitor visitor, ExportOrders export, ExportTurns turns, Catalog.Catalog catalog, TimeProvider time, CancellationToken ct)
    {
        using var turn = turns.Take(visitor.Account);
        if (turn is null)
        {
            http.Response.Headers.RetryAfter = "10";
            return Page.Of<Tally.Ui.Pages.Problem>(
                new { Status = StatusCodes.Status429TooManyRequests, Title = visitor.Words["orders.export.busy.title"], Text = visitor.Words["orders.export.busy.text", ExportTurns.MostOfAccount] },
                StatusCodes.Status429TooManyRequests);
        }

        var query = OrderQuery.Read(OrderQuery.TabOf(http.Request.Query["tab"]), http.Request.Query);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"attachment; filename=\"orders-{visitor.Formats.In(time.GetUtcNow()):yyyy-MM-dd}.csv\"");
        await http.Response.Body.WriteAsync(Encoding.UTF8.Preamble.ToArray(), ct);
        await http.Response.WriteAsync(OrderCsv.Head(visitor.Words), ct);
        await foreach (var chunk in export.RunAsync(visitor.Account, query.Filter(visitor.Formats), ct))
        {
            await http.Response.WriteAsync(OrderCsv.Lines(chunk, catalog.Current.ById, visitor.Words, visitor.Formats), ct);
            await http.Response.Body.FlushAsync(ct);
        }

        return Results.Empty;
    }

    private static string Number(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
