using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Sessions;

namespace Tally.Accounts.Pages;

/// <summary>Signing up, signing in, and all that belongs to an account.</summary>
internal static class AccountsPages
{
    public static IServiceCollection AddAccountsPages(this IServiceCollection services)
    {
        services.AddSigningIn();
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, SignInCookie)
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, SecondStepCookie);
        services.AddAuthorization();
        return services;
    }

    public static void MapAccountsPages(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapSignUp();
        routes.MapConfirm();
        routes.MapPasswords();
        routes.MapSecondFactor();
        routes.MapAccountSettings();
        routes.MapSecurity();
        routes.MapPasskeys();
        routes.MapSessions();
    }

    private static void SignInCookie(CookieAuthenticationOptions o)
    {
        Safe(o.Cookie, "tally");
        o.ExpireTimeSpan = Session.Lifetime;
        o.SlidingExpiration = true;
        o.LoginPath = "/sign-in";
        o.LogoutPath = "/sign-out";
        o.AccessDeniedPath = "/sign-in";
        o.ReturnUrlParameter = "back";
        o.Events.OnValidatePrincipal = ValidateAsync;
    }

    // Between the password and the code, and while a passkey is asked for.
    private static void SecondStepCookie(CookieAuthenticationOptions o)
    {
        Safe(o.Cookie, "tally_step");
        o.ExpireTimeSpan = TimeSpan.FromMinutes(10);
    }

    private static void Safe(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    /// <summary>Whether the sign-in still holds, from memory: the session was not ended, the account is not suspended.</summary>
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        if (Number(context.Principal, ClaimTypes.NameIdentifier) is not { } account || Number(context.Principal, Session.Claim) is not { } session
            || services.GetRequiredService<RevokedSessions>().Contains(session) || await IsOutAsync(services.GetRequiredService<Profiles>(), account, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }

        services.GetRequiredService<SessionUses>().Seen(session, ClientAddress.Of(context.HttpContext, services.GetRequiredService<TrustedProxies>()).ToString());
    }

    // An account that another node opened this moment is not in this node's copy yet: it is looked for once.
    private static async Task<bool> IsOutAsync(Profiles profiles, long account, CancellationToken ct)
    {
        if (profiles.Find(account) is not { } profile)
        {
            await profiles.RefreshAsync(ct);
            profile = profiles.Find(account);
        }

        return profile is null or { Suspended: true };
    }

    private static long? Number(ClaimsPrincipal? principal, string claim) =>
        long.TryParse(principal?.FindFirstValue(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
