using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/sign-in/two-factor</c> and <c>/sign-in/recovery</c>: the step after the password.</summary>
internal static class SecondFactorPages
{
    public static void MapSecondFactor(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        foreach (var recovery in (bool[])[false, true])
        {
            var path = recovery ? "/sign-in/recovery" : "/sign-in/two-factor";
            pages.MapGet(path, async (EnterSecondFactor enter, string? back, string? remember) =>
                await enter.IsExpectedAsync() ? Page.Of<SecondFactorPage>(new { Recovery = recovery, Back = back, Remember = remember == "on" }) : Page.Go("/sign-in"));
            pages.MapPost(path, (HttpContext http, Visitor visitor, EnterSecondFactor enter, TrustedProxies proxies, [FromForm] string? code, [FromForm] string? remember, [FromForm] string? back) =>
                EnterAsync(http, visitor, enter, proxies, recovery, code ?? "", remember == "on", back));
        }
    }

    private static async Task<IResult> EnterAsync(HttpContext http, Visitor visitor, EnterSecondFactor enter, TrustedProxies proxies, bool recovery, string code, bool remember, string? back)
    {
        var words = visitor.Words;
        return await enter.RunAsync(code, recovery, remember, ClientAddress.Of(http, proxies)) switch
        {
            null => Page.Go("/sign-in"),
            SignInOutcome.SignedIn => SignInPages.Onward(back),
            SignInOutcome.TooMany(var left) => Page.Refused<SecondFactorPage>(
                new { Recovery = recovery, Back = back, Remember = remember, Problem = SignInPages.TooMany(words, left) }, tooOften: true),
            SignInOutcome.Suspended => Page.Refused<SignInPage>(new { Back = back, Problem = words["accounts.error.suspended"] }),
            _ => Page.Refused<SecondFactorPage>(
                new { Recovery = recovery, Back = back, Remember = remember, Problem = recovery ? words["accounts.error.recovery"] : words["accounts.error.code"] }),
        };
    }
}
