using Microsoft.AspNetCore.Mvc;
using Tally.Accounts;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>A customer's keys: making, seeing, revoking them.</summary>
internal static class KeyPages
{
    public static void MapKeys(this RouteGroupBuilder routes)
    {
        routes.MapGet("/api/keys", async (Visitor visitor, AccountBook book, ProvePassword prove, CancellationToken ct) =>
            Page.Of<KeysPage>(new { Keys = await book.KeysAsync(visitor.Account, ct), AsksPassword = await prove.IsAskedAsync(visitor.Account) }));
        routes.MapPost("/api/keys", CreateAsync);
        routes.MapPost("/api/keys/revoke", RevokeAsync);
    }

    // The key stands in the answer to the form and nowhere else: not in an address, not in a cookie, so this is the one form that does not send the browser on.
    private static async Task<IResult> CreateAsync(
        HttpContext http, Visitor visitor, IssueKey issue, AccountBook book, ProvePassword prove, [FromForm] string? name, [FromForm] string? scope, [FromForm] string? current, CancellationToken ct)
    {
        var wanted = scope == "read" ? KeyScope.Read : KeyScope.Order;
        if (await prove.IfAnyAsync(visitor.Account, current) is { } unproved)
        {
            return Page.Refused<KeysPage>(
                new { Keys = await book.KeysAsync(visitor.Account, ct), Name = name, Scope = wanted, AsksPassword = true, ProofProblem = visitor.Words[unproved.Why] }, unproved is AccountOutcome.TooMany);
        }

        var asks = await prove.IsAskedAsync(visitor.Account);
        var outcome = await issue.RunAsync(visitor.Account, name, wanted, new Uri(PanelOrigin.Of(http, visitor.Panel)), ct);
        var keys = await book.KeysAsync(visitor.Account, ct);
        return outcome switch
        {
            IssueKeyOutcome.Issued(var key) => Page.Of<KeysPage>(new { Keys = keys, New = key, Address = ApiPages.Address(http, visitor), AsksPassword = asks }),
            IssueKeyOutcome.Refused(var why) => Page.Refused<KeysPage>(new { Keys = keys, Name = name, Scope = wanted, AsksPassword = asks, Refusal = (KeyRefusal?)why }),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, Visitor visitor, AccountBook book, [FromForm] long key, CancellationToken ct)
    {
        var revoked = await book.RevokeKeyAsync(visitor.Account, key, ct);
        Flash.Say(http, revoked ? new FlashMessage("apiv2.keys.revoked", []) : new FlashMessage("apiv2.keys.gone", [], "warning"));
        return Page.Go("/api/keys");
    }
}
