using Tally.Storefront.Pages;

namespace Tally.Storefront;

/// <summary>What visitors see before they are customers.</summary>
public static class StorefrontModule
{
    public static IServiceCollection AddStorefront(this IServiceCollection services) => services.AddSingleton<ReadGlance>();

    public static void MapStorefrontPages(this IEndpointRouteBuilder routes) => StorefrontPages.Map(routes);
}
