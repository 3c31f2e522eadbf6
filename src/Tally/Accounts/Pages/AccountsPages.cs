using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Tally.Ui;

namespace Tally.Accounts.Pages;

/// <summary>Signing up, signing in, and all that belongs to an account.</summary>
internal static class AccountsPages
{
    public static IServiceCollection AddAccountsPages(this IServiceCollection services)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, SignInCookie);
        services.AddAuthorization();
        return services;
    }

    public static void MapAccountsPages(this IEndpointRouteBuilder routes) => routes.MapPages().MapPost("/sign-out", SignOutAsync);

    private static void SignInCookie(CookieAuthenticationOptions o)
    {
        o.Cookie.Name = "tally";
        o.Cookie.HttpOnly = true;
        o.Cookie.SameSite = SameSiteMode.Lax;
        o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        o.ExpireTimeSpan = TimeSpan.FromDays(14);
        o.SlidingExpiration = true;
        o.LoginPath = "/sign-in";
        o.LogoutPath = "/sign-out";
        o.AccessDeniedPath = "/sign-in";
        o.ReturnUrlParameter = "back";
    }

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        return Page.Go("/");
    }
}
