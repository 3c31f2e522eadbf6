using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Tally.Platform.Db;
using Tally.Ui;

namespace Tally.Orders.Pages.New;

/// <summary>Placing orders on the web: one, or many at once.</summary>
internal static class NewOrderPages
{
    private const int LargestBody = 1 << 20;

    public static IServiceCollection AddNewOrderPages(this IServiceCollection services) => services.AddScoped<NewOrderViews>();

    public static void MapNewOrderPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.WithMetadata(new RequestSizeLimitAttribute(LargestBody));
        pages.MapGet("/orders/new", ShowAsync);
        pages.MapPost("/orders/new", PlaceAsync);
        pages.MapGet("/orders/new/list", List);
        pages.MapGet("/orders/mass", static (Visitor visitor) => Page.Of<MassOrder>(new { Reference = NewOrderView.NewReference() }));
        pages.MapPost("/orders/mass", PlaceManyAsync);
    }

    private static async Task<IResult> ShowAsync(
        NewOrderViews views, ReadOrderAgain orders, Visitor visitor, string? service, string? again, string? platform, string? category, string? q, string? fav, CancellationToken ct)
    {
        var values = OrderValues.None;
        if (long.TryParse(again, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            if (await orders.RunAsync(visitor.Account, id, ct) is not { } order)
            {
                return Page.NotFound();
            }

            values = OrderValues.Of(order);
        }
        else if (!string.IsNullOrEmpty(service))
        {
            values = values.With("service", service);
        }

        return Page.Of<NewOrder>(new { View = await views.MakeAsync(values, new PickerAsked(platform, category, q, fav is not null), ct) });
    }

    private static async Task<IResult> PlaceAsync(HttpContext http, NewOrderViews views, PlaceOrder place, Visitor visitor, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var (values, reference) = (OrderValues.Of(form), form["order_reference"].ToString());
        try
        {
            // Once it is on its way, the browser's going away does not stop it: the order stands, and its reference finds it.
            switch (await place.RunAsync(visitor.Account, values.Parameters(reference), CancellationToken.None))
            {
                case PlaceOrderOutcome.Placed(var order, var replayed):
                    var id = order.ToString(CultureInfo.InvariantCulture);
                    if (replayed)
                    {
                        Flash.Say(http, new FlashMessage("neworders.replayed", [id], "info"));
                    }
                    else
                    {
                        Flash.Say(http, "neworders.placed", id);
                    }

                    return Page.Go($"/orders/{id}?placed");
                case PlaceOrderOutcome.Refused(var refusal):
                    return Page.Refused<NewOrder>(new { View = await views.RefusedAsync(values, reference, refusal, ct) });
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        catch (StoreUnavailableException)
        {
            // What was typed must not be lost with it; the same reference makes sending it again safe.
            return Page.Of<NewOrder>(new { View = await views.RefusedAsync(values, reference, Refusal.Unavailable, ct) }, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> PlaceManyAsync(PlaceMassOrder place, Visitor visitor, [FromForm] string? orders, [FromForm] string? reference)
    {
        var (text, form) = (orders ?? "", reference is { Length: > 0 and <= 60 } given ? given : NewOrderView.NewReference());
        if (string.IsNullOrWhiteSpace(text))
        {
            return Page.Refused<MassOrder>(new { Reference = form, Error = visitor.Words["neworders.mass.empty"] });
        }

        try
        {
            var lines = await place.RunAsync(visitor.Account, text, form, CancellationToken.None);

            // The lines that are left are another text, with a reference of its own: one corrected to what stood above is an order of its own.
            var left = lines.Where(l => l.Outcome is not MassOutcome.Placed).ToList();
            return Page.Of<MassOrder>(
                new { Reference = NewOrderView.NewReference(), Lines = lines, Text = string.Join('\n', left.Select(l => l.Text)) },
                left.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
        }
        catch (InvalidInputException)
        {
            return Page.Refused<MassOrder>(new { Reference = form, Text = text, Error = visitor.Words["neworders.mass.tooMany", PlaceMassOrder.MostLines] });
        }
    }

    /// <summary>All services for the instant search. The address names their version, so that a browser asks for it once and keeps it.</summary>
    private static IResult List(HttpContext http, NewOrderViews views)
    {
        http.Response.Headers.CacheControl = "private, max-age=604800, immutable";
        return Results.Bytes(views.List(), "application/json");
    }
}
