using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/sign-up</c>.</summary>
internal static class SignUpPages
{
    public static void MapSignUp(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/sign-up", (Visitor visitor) => visitor.IsSignedIn ? Page.Go("/dashboard") : Page.Of<SignUpPage>());
        pages.MapPost("/sign-up", SignUpAsync);
        pages.MapGet("/sign-up/sent", () => Page.Of<SentPage>(new { Kind = "confirm" }));
    }

    /// <summary>Scheme and host as the visitor has them.</summary>
    internal static Uri Origin(HttpContext http) => new($"{http.Request.Scheme}://{http.Request.Host}");

    private static async Task<IResult> SignUpAsync(
        HttpContext http, Visitor visitor, SignUp signUp, TrustedProxies proxies, [FromForm] string? email, [FromForm] string? password, [FromForm] string? language, CancellationToken ct)
    {
        var chosen = language is not null && Words.Languages.Contains(language) ? language : visitor.Words.Language;
        switch (await signUp.RunAsync(email ?? "", password ?? "", chosen, ClientAddress.Of(http, proxies), Origin(http), ct))
        {
            case AccountOutcome.Wrong(var field, var code):
                return Page.Refused<SignUpPage>(new { Email = email, Language = chosen, Field = field, Problem = visitor.Words["accounts.error." + code] });
            case AccountOutcome.TooMany(var left):
                return Page.Refused<SignUpPage>(new { Email = email, Language = chosen, Problem = SignInPages.TooMany(visitor.Words, left) }, tooOften: true);
            default:
                if (visitor.Panel.ConfirmEmail)
                {
                    return Page.Go("/sign-up/sent");
                }

                Flash.Say(http, "accounts.signUp.ready");
                return Page.Go("/sign-in");
        }
    }
}
