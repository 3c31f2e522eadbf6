using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Tally.Ui;

/// <summary>What all pages share: layouts, parts, texts, assets, who the visitor is, and what browsers are told about safety.</summary>
public static class UiModule
{
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        CurrentRequest.Add(services);
        services.AddRazorComponents();
        services.AddScoped<Visitor>();
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)); // Vietnamese as it is, not as numbers
        services.AddResponseCompression(o => o.EnableForHttps = true); // what pages hold back (form tokens) is masked anew in each answer
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "tally_form";
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.FormFieldName = "_token";
            o.HeaderName = "X-Form-Token";
            o.SuppressXFrameOptionsHeader = true; // the content security policy says it
        });
        return services;
    }

    /// <summary>What happens before a page is made. API v2, health and assets are answered before any of it.</summary>
    public static void UseUi(this WebApplication app)
    {
        app.UseMiddleware<CurrentRequest>();
        app.UseMiddleware<ForwardedScheme>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<KnownHost>();
        app.UseResponseCompression();
        app.UseMiddleware<PageProblems>();
        app.UseAuthentication();
        app.UseMiddleware<Visitors>();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseMiddleware<FormTokens>();
    }

    public static void MapUi(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        routes.MapBrand();
        routes.MapPreferences();

        // As it is generated at compile time, a fallback does not come last by itself.
        routes.MapPages().MapFallback(static () => Page.NotFound()).WithOrder(int.MaxValue);
    }
}
