using Microsoft.AspNetCore.Mvc;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary><c>/account</c>: address, language, time zone, colours.</summary>
internal static class AccountSettingsPages
{
    public static void MapAccountSettings(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.MapGet("/account", () => Page.Of<AccountPage>());
        pages.MapPost("/account/preferences", SaveAsync);
        pages.MapPost("/account/email", ChangeEmailAsync);
    }

    private static async Task<IResult> SaveAsync(
        HttpContext http, Visitor visitor, ChangePreferences change, [FromForm] string? language, [FromForm] string? zone, [FromForm] string? theme, CancellationToken ct)
    {
        if (zone is { Length: > 0 } && !TimeZones.Exists(zone))
        {
            return Page.Refused<AccountPage>(new { ZoneProblem = visitor.Words["accounts.error.time_zone"] });
        }

        await change.RunAsync(
            visitor.Account, Words.Languages.Contains(language) ? language : null, zone, Enum.TryParse<Theme>(theme, out var colours) && Enum.IsDefined(colours) ? colours.ToString() : null, ct);
        Flash.Say(http, "accounts.settings.saved");
        return Page.Go("/account");
    }

    private static async Task<IResult> ChangeEmailAsync(
        HttpContext http, Visitor visitor, RequestEmailChange change, TrustedProxies proxies, [FromForm] string? email, [FromForm] string? current, CancellationToken ct)
    {
        switch (await change.RunAsync(visitor.Account, email ?? "", current ?? "", ClientAddress.Of(http, proxies), SignUpPages.Origin(http), ct))
        {
            case AccountOutcome.Wrong(var field, var code):
                return Page.Refused<AccountPage>(new { NewEmail = email, Field = field, Problem = visitor.Words["accounts.error." + code] });
            case AccountOutcome.TooMany(var left):
                return Page.Refused<AccountPage>(new { NewEmail = email, Field = "current", Problem = SignInPages.TooMany(visitor.Words, left) }, tooOften: true);
            default:
                Flash.Say(http, "accounts.settings.email.sent");
                return Page.Go("/account");
        }
    }
}
