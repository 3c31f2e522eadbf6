using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/forgot-password</c> and <c>/reset-password</c>.</summary>
internal static class PasswordPages
{
    public static void MapPasswords(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/forgot-password", () => Page.Of<ForgotPasswordPage>());
        pages.MapPost("/forgot-password", ForgotAsync);
        pages.MapGet("/forgot-password/sent", () => Page.Of<SentPage>(new { Kind = "reset" }));
        pages.MapGet("/reset-password", (long? account, string? code) =>
            account is null || code is null ? Page.NotFound() : Page.Of<ResetPasswordPage>(new { Account = account.Value, Code = code }));
        pages.MapPost("/reset-password", ResetAsync);
    }

    private static async Task<IResult> ForgotAsync(
        HttpContext http, Visitor visitor, RequestPasswordReset request, TrustedProxies proxies, [FromForm] string? email, CancellationToken ct) =>
        await request.RunAsync(email ?? "", ClientAddress.Of(http, proxies), SignUpPages.Origin(http), ct) switch
        {
            AccountOutcome.Wrong(_, var code) => Page.Refused<ForgotPasswordPage>(new { Email = email, Problem = visitor.Words["accounts.error." + code] }),
            AccountOutcome.TooMany(var left) => Page.Refused<ForgotPasswordPage>(new { Email = email, Problem = SignInPages.TooMany(visitor.Words, left) }, tooOften: true),
            _ => Page.Go("/forgot-password/sent"),
        };

    private static async Task<IResult> ResetAsync(HttpContext http, Visitor visitor, ResetPassword reset, [FromForm] long? account, [FromForm] string? code, [FromForm] string? password)
    {
        switch (await reset.RunAsync(account ?? 0, code ?? "", password ?? "", SignUpPages.Origin(http)))
        {
            case AccountOutcome.Wrong("password", var problem):
                return Page.Refused<ResetPasswordPage>(new { Account = account ?? 0, Code = code ?? "", Problem = visitor.Words["accounts.error." + problem] });
            case AccountOutcome.Done:
                Flash.Say(http, "accounts.reset.done");
                return Page.Go("/sign-in");
            default:
                return Page.Refused<BadLinkPage>(new { Again = "/forgot-password" });
        }
    }
}
