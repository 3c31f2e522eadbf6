using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/account/security</c>: password, second factor, passkeys.</summary>
internal static class SecurityPages
{
    public static void MapSecurity(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.MapGet("/account/security", async (Visitor visitor, ReadSecurity read) => Page.Of<SecurityPage>(new { Security = await read.RunAsync(visitor.Account) }));
        pages.MapPost("/account/security/password", ChangePasswordAsync);
        pages.MapGet("/account/security/two-factor", async (Visitor visitor, TwoFactor two) => Page.Of<TwoFactorSetupPage>(new { Setup = await two.BeginAsync(visitor.Account) }));
        pages.MapPost("/account/security/two-factor", TurnOnAsync);
        pages.MapPost("/account/security/two-factor/off", TurnOffAsync);
        pages.MapPost("/account/security/two-factor/codes", RenewCodesAsync);
    }

    /// <summary>The page again, with what is wrong in one of its forms.</summary>
    internal static async Task<IResult> RefusedAsync(Visitor visitor, ReadSecurity read, string form, AccountOutcome outcome, string? typed = null)
    {
        return Page.Refused<SecurityPage>(
            new { Security = await read.RunAsync(visitor.Account), Form = form, Field = FieldOf(outcome), Problem = visitor.Words[outcome.Why], Typed = typed }, outcome is AccountOutcome.TooMany);
    }

    private static string FieldOf(AccountOutcome refused) => refused is AccountOutcome.Wrong(var field, _) ? field : "current";

    private static async Task<IResult> ChangePasswordAsync(
        HttpContext http, Visitor visitor, ChangePassword change, ReadSecurity read, [FromForm] string? current, [FromForm] string? password)
    {
        var outcome = await change.RunAsync(visitor.Account, visitor.SessionId, current ?? "", password ?? "", SignUpPages.Origin(http));
        if (outcome is not AccountOutcome.Done)
        {
            return await RefusedAsync(visitor, read, "password", outcome);
        }

        Flash.Say(http, "accounts.security.password.done");
        return Page.Go("/account/security");
    }

    // The codes are shown in the answer itself: they are nowhere else to be read.
    private static async Task<IResult> TurnOnAsync(Visitor visitor, TwoFactor two, [FromForm(Name = "setup")] string? sealedKey, [FromForm] string? code, [FromForm] string? current)
    {
        var outcome = await two.TurnOnAsync(visitor.Account, visitor.SessionId, sealedKey ?? "", code ?? "", current ?? "");
        if (outcome.Codes is { } codes)
        {
            return Page.Of<RecoveryCodesPage>(new { Codes = codes });
        }

        var setup = await two.GoOnAsync(visitor.Account, sealedKey ?? "") ?? await two.BeginAsync(visitor.Account);
        var refused = outcome.Refused!;
        return Page.Refused<TwoFactorSetupPage>(new { Setup = setup, Field = FieldOf(refused), Problem = visitor.Words[refused.Why] }, refused is AccountOutcome.TooMany);
    }

    private static async Task<IResult> TurnOffAsync(HttpContext http, Visitor visitor, TwoFactor two, ReadSecurity read, [FromForm] string? current)
    {
        var outcome = await two.TurnOffAsync(visitor.Account, visitor.SessionId, current ?? "", SignUpPages.Origin(http));
        if (outcome is not AccountOutcome.Done)
        {
            return await RefusedAsync(visitor, read, "off", outcome);
        }

        Flash.Say(http, "accounts.security.twoFactor.done.off");
        return Page.Go("/account/security");
    }

    private static async Task<IResult> RenewCodesAsync(Visitor visitor, TwoFactor two, ReadSecurity read, [FromForm] string? current)
    {
        var outcome = await two.RenewCodesAsync(visitor.Account, current ?? "");
        return outcome.Codes is { } codes ? Page.Of<RecoveryCodesPage>(new { Codes = codes }) : await RefusedAsync(visitor, read, "codes", outcome.Refused!);
    }
}
