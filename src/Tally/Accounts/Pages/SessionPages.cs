using Microsoft.AspNetCore.Mvc;
using Tally.Accounts.Sessions;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/account/sessions</c>: where an account is signed in.</summary>
internal static class SessionPages
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.MapGet("/account/sessions", async (Visitor visitor, SessionBook sessions, CancellationToken ct) => Page.Of<SessionsPage>(new { Sessions = await sessions.ListAsync(visitor.Account, ct) }));
        pages.MapPost("/account/sessions/end", EndAsync);
        pages.MapPost("/account/sessions/end-others", EndOthersAsync);
    }

    private static async Task<IResult> EndAsync(HttpContext http, Visitor visitor, SessionBook sessions, [FromForm] long? id, CancellationToken ct)
    {
        // One that is not there is over already.
        await sessions.RevokeAsync(visitor.Account, id ?? 0, ct);
        Flash.Say(http, "accounts.sessions.ended");
        return Page.Go("/account/sessions");
    }

    private static async Task<IResult> EndOthersAsync(HttpContext http, Visitor visitor, SessionBook sessions, CancellationToken ct)
    {
        var count = await sessions.RevokeOthersAsync(visitor.Account, visitor.SessionId, ct);
        Flash.Say(http, "accounts.sessions.endedOthers", visitor.Formats.Number(count));
        return Page.Go("/account/sessions");
    }
}
