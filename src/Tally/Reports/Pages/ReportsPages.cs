using Microsoft.AspNetCore.Mvc;
using Tally.Accounts;
using Tally.Billing;
using Tally.Ui;

namespace Tally.Reports.Pages;

/// <summary>The dashboard, and what the customer must know of.</summary>
internal static class ReportsPages
{
    private const int Days = 30, Latest = 6, ShownNotices = 3, MostUnread = 100, NoticesOnPage = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.MapGet("/dashboard", DashboardAsync);
        pages.MapGet("/notices", NoticesAsync);
        pages.MapPost("/notices/read", ReadAsync);
    }

    private static async Task<IResult> DashboardAsync(Visitor visitor, ReadBalance balance, ReadSpending spending, ReadActivity activity, Notices notices, CancellationToken ct)
    {
        var unread = await notices.UnreadAsync(visitor.Account, MostUnread, ct);
        visitor.UnreadNotices = unread.Count;
        return Page.Of<Dashboard>(new
        {
            Balance = await balance.RunAsync(visitor.Account, ct),
            Spending = await spending.RunAsync(visitor.Account, visitor.Formats.Zone, Days, ct),
            Activity = await activity.RunAsync(visitor.Account, Latest, ct),
            Unread = unread.Take(ShownNotices).ToList(),
        });
    }

    private static async Task<IResult> NoticesAsync(Visitor visitor, Notices notices, long? before, CancellationToken ct)
    {
        var page = await notices.ListAsync(visitor.Account, before ?? long.MaxValue, NoticesOnPage + 1, ct);
        visitor.UnreadNotices = (await notices.UnreadAsync(visitor.Account, MostUnread, ct)).Count;
        return Page.Of<NoticesPage>(new { Shown = page.Take(NoticesOnPage).ToList(), IsFirst = before is null, Next = page.Count > NoticesOnPage ? page[NoticesOnPage - 1].Id : (long?)null });
    }

    private static async Task<IResult> ReadAsync(Visitor visitor, Notices notices, [FromForm] long id, [FromForm] bool older, [FromForm] string? back, CancellationToken ct)
    {
        await notices.MarkReadAsync(visitor.Account, id, older, ct);
        return Page.Back(back ?? "/notices");
    }
}
