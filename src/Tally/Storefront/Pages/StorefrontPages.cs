using Tally.Ui;

namespace Tally.Storefront.Pages;

/// <summary>The front page.</summary>
internal static class StorefrontPages
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPages().MapGet("/", Front);

    private static IResult Front(HttpContext http, Visitor visitor, ReadGlance glance) => visitor.IsSignedIn
        ? Page.Go("/dashboard")
        : Page.Of<FrontPage>(new { Glance = glance.Run(), Origin = $"{http.Request.Scheme}://{http.Request.Host}" });
}
