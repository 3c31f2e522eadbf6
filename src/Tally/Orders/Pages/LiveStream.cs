using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Tally.Ui;
using Tally.Ui.Parts;

namespace Tally.Orders.Pages;

/// <summary>
/// <c>/orders/live?ids=…</c>: server-sent events for an open page, in the visitor's language. A stream ends after ten minutes (the browser comes again by itself) and when the node is stopped, so
/// that it drains.
/// </summary>
internal static class LiveStream
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10), Beat = TimeSpan.FromSeconds(15);

    public static async Task<IResult> RunAsync(HttpContext http, string? ids, Visitor visitor, LiveOrders live, IHostApplicationLifetime host)
    {
        if (Read(ids) is not { } orders)
        {
            return Results.BadRequest();
        }

        using var watch = live.Watch(visitor.Account, orders);
        if (watch is null)
        {
            http.Response.Headers.RetryAfter = "60";
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects answers would hold the events back
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var life = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        life.CancelAfter(Lifetime);
        try
        {
            await http.Response.WriteAsync("retry: 5000\n\n", life.Token);
            await http.Response.Body.FlushAsync(life.Token);
            while (true)
            {
                await http.Response.WriteAsync(await NextAsync(watch, visitor, life.Token), life.Token);
                await http.Response.Body.FlushAsync(life.Token);
            }
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // The page was closed, its time is over, or the node stops: that is how every stream ends.
        }

        return Results.Empty;
    }

    // What is new, or a line that says nothing, so that whatever stands between does not take the stream for dead.
    private static async Task<string> NextAsync(LiveWatch watch, Visitor visitor, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct);
        waiting.CancelAfter(Beat);
        try
        {
            return Events(await watch.News.ReadAsync(waiting.Token), visitor);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ":\n\n";
        }
    }

    private static string Events(LiveNews news, Visitor visitor)
    {
        var formats = visitor.Formats;
        var events = news.Orders.Select(o => Event("order", new
        {
            id = o.Id,
            status = o.Status.ToString(),
            label = visitor.Words["ui.status." + o.Status],
            tone = StatusBadge.ToneOf(o.Status),
            final = o.Status.IsFinal(),
            startCount = formats.Number(o.StartCount),
            remains = formats.Number(o.Remains),
            left = o.Remains,
            charge = formats.Amount(o.Net),
        }));
        return string.Concat(news.Balance is { } balance ? events.Append(Event("balance", new { text = formats.Amount(balance) })) : events);
    }

    private static string Event(string name, object data) => $"event: {name}\ndata: {JsonSerializer.Serialize(data)}\n\n";

    // 1 to 50 ids, by commas; null for anything else.
    private static long[]? Read(string? ids)
    {
        var words = ids?.Split(',') ?? [];
        var orders = words.Select(w => long.TryParse(w, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).ToArray();
        return orders.Length == words.Length && orders.Length is > 0 and <= LiveOrders.MostOrders ? orders : null;
    }
}
