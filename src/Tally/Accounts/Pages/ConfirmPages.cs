using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/confirm-email</c>. The link in the mail only shows a button: programs that look at the links of mails change nothing.</summary>
internal static class ConfirmPages
{
    public static void MapConfirm(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/confirm-email", (long? account, string? email, string? code) =>
            account is null || code is null ? Page.NotFound() : Page.Of<ConfirmPage>(new { Account = account.Value, Email = email, Code = code }));
        pages.MapPost("/confirm-email", ConfirmAsync);
        pages.MapPost("/confirm-email/again", AgainAsync);
    }

    private static async Task<IResult> ConfirmAsync(
        HttpContext http, Visitor visitor, ConfirmEmail confirm, [FromForm] long? account, [FromForm] string? email, [FromForm] string? code, CancellationToken ct)
    {
        var change = string.IsNullOrEmpty(email) ? null : email;
        var kept = visitor.AccountId == account ? visitor.SessionId : null;
        if (!await confirm.RunAsync(account ?? 0, change, code ?? "", kept, SignUpPages.Origin(http), ct))
        {
            return Page.Refused<BadLinkPage>(new { Again = "/sign-in" });
        }

        Flash.Say(http, "accounts.confirm.done");
        return Page.Go(visitor.IsSignedIn ? "/account" : "/sign-in");
    }

    private static async Task<IResult> AgainAsync(
        HttpContext http, Visitor visitor, SendConfirmation send, TrustedProxies proxies, [FromForm] string? email, CancellationToken ct) =>
        await send.RunAsync(email ?? "", ClientAddress.Of(http, proxies), SignUpPages.Origin(http), ct) is AccountOutcome.TooMany(var left)
            ? Page.Refused<SignInPage>(new { Email = email, Problem = SignInPages.TooMany(visitor.Words, left) }, tooOften: true)
            : Page.Go("/sign-up/sent");
}
