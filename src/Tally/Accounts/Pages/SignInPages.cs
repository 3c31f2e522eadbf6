using Microsoft.AspNetCore.Mvc;
using Tally.Accounts.Identity;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>.</summary>
internal static class SignInPages
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/sign-in", Show);
        pages.MapPost("/sign-in", SignInAsync);
        pages.MapPost("/sign-out", SignOutAsync);
    }

    /// <summary>Where somebody goes who has signed in: to the page that they wanted, if it is ours.</summary>
    internal static IResult Onward(string? back) => Page.Go(Page.IsOurs(back) ? back! : "/dashboard");

    /// <summary>The message about a wait, in whole minutes.</summary>
    internal static string TooMany(Words words, TimeSpan left) => words[new AccountOutcome.TooMany(left).Why];

    private static IResult Show(Visitor visitor, string? back) =>
        visitor.IsSignedIn ? Onward(back) : Page.Of<SignInPage>(new { Back = back });

    private static async Task<IResult> SignInAsync(
        HttpContext http, Visitor visitor, SignIn signIn, TrustedProxies proxies, [FromForm] string? email, [FromForm] string? password, [FromForm] string? remember, [FromForm] string? back)
    {
        var words = visitor.Words;
        var keep = remember is not null;
        return await signIn.RunAsync(email ?? "", password ?? "", keep, ClientAddress.Of(http, proxies)) switch
        {
            SignInOutcome.SignedIn => Onward(back),
            SignInOutcome.SecondFactor => Page.Go("/sign-in/two-factor" + QueryString.Create("back", back ?? "").Add("remember", keep ? "on" : "off")),
            SignInOutcome.Unconfirmed(var account) => Page.Refused<SignInPage>(new { Back = back, Email = email, Remember = keep, Problem = words["accounts.error.unconfirmed"], Unconfirmed = account }),
            SignInOutcome.Suspended => Page.Refused<SignInPage>(new { Back = back, Email = email, Remember = keep, Problem = words["accounts.error.suspended"] }),
            SignInOutcome.TooMany(var left) => Page.Refused<SignInPage>(new { Back = back, Email = email, Remember = keep, Problem = TooMany(words, left) }, tooOften: true),
            _ => Page.Refused<SignInPage>(new { Back = back, Email = email, Remember = keep, Problem = words["accounts.error.wrong"] }),
        };
    }

    private static async Task<IResult> SignOutAsync(PanelSignIn signIn)
    {
        await signIn.SignOutAsync();
        return Page.Go("/");
    }
}
