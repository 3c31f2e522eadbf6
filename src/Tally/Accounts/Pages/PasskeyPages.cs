using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary>Passkeys. js/passkeys.js asks for the options, lets the browser answer, and sends the form with the answer in the field <c>credential</c>.</summary>
internal static class PasskeyPages
{
    public static void MapPasskeys(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapPost("/sign-in/passkey/options", async (Passkeys passkeys) => Json(await passkeys.BeginSigningInAsync()));
        pages.MapPost("/sign-in/passkey", SignInAsync);
        var own = routes.MapSignedInPages();
        own.MapPost("/account/passkeys/options", async (Visitor visitor, Passkeys passkeys) => Json(await passkeys.BeginAddingAsync(visitor.Account)));
        own.MapPost("/account/passkeys", AddAsync);
        own.MapPost("/account/passkeys/remove", RemoveAsync);
    }

    private static IResult Json(string options) => Results.Text(options, "application/json; charset=utf-8");

    private static async Task<IResult> SignInAsync(
        HttpContext http, Visitor visitor, Passkeys passkeys, TrustedProxies proxies, [FromForm] string? credential, [FromForm] string? back) =>
        await passkeys.SignInAsync(credential ?? "", ClientAddress.Of(http, proxies)) switch
        {
            SignInOutcome.SignedIn => SignInPages.Onward(back),
            SignInOutcome.TooMany(var left) => Page.Refused<SignInPage>(new { Back = back, Problem = SignInPages.TooMany(visitor.Words, left) }, tooOften: true),
            SignInOutcome.Suspended => Page.Refused<SignInPage>(new { Back = back, Problem = visitor.Words["accounts.error.suspended"] }),
            SignInOutcome.Unconfirmed => Page.Refused<SignInPage>(new { Back = back, Problem = visitor.Words["accounts.error.unconfirmed"] }),
            _ => Page.Refused<SignInPage>(new { Back = back, Problem = visitor.Words["accounts.error.passkey"] }),
        };

    private static async Task<IResult> AddAsync(HttpContext http, Visitor visitor, Passkeys passkeys, ReadSecurity read, [FromForm] string? name, [FromForm] string? credential, [FromForm] string? current)
    {
        var outcome = await passkeys.AddAsync(visitor.Account, name ?? "", credential ?? "", current ?? "", SignUpPages.Origin(http));
        if (outcome is not AccountOutcome.Done)
        {
            return await SecurityPages.RefusedAsync(visitor, read, "passkey", outcome, name);
        }

        Flash.Say(http, "accounts.security.passkeys.added", name!.Trim());
        return Page.Go("/account/security");
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, Visitor visitor, Passkeys passkeys, [FromForm] string? id)
    {
        if (!await passkeys.RemoveAsync(visitor.Account, id ?? ""))
        {
            return Page.NotFound();
        }

        Flash.Say(http, "accounts.security.passkeys.removed");
        return Page.Go("/account/security");
    }
}
