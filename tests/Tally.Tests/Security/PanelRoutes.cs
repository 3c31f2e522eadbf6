using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tally.Tests.Security;

/// <summary>Everything that a panel answers, as it is mapped: what these tests run over, so that a new page or form is tested from its first day.</summary>
internal static class PanelRoutes
{
    private static readonly string[] Safe = [HttpMethods.Get, HttpMethods.Head];

    public static IReadOnlyList<RouteEndpoint> Of(TestPanel panel) => Of(panel.Get<EndpointDataSource>());

    public static IReadOnlyList<RouteEndpoint> Of(EndpointDataSource source) => [.. source.Endpoints.OfType<RouteEndpoint>()];

    /// <summary>The path as it is mapped, such as <c>/orders/{id:long}</c>.</summary>
    public static string Path(this RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    /// <summary>Whether it takes a request that may change something; one without named methods takes all.</summary>
    public static bool Writes(this RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Except(Safe).Any() != false;

    public static bool Reads(this RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true;

    /// <summary>Whether its forms must carry the token.</summary>
    public static bool NeedsToken(this RouteEndpoint route) => route.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true };

    /// <summary>Whether it is for those who are signed in.</summary>
    public static bool IsOwn(this RouteEndpoint route) => route.Metadata.GetMetadata<IAuthorizeData>() is not null;

    /// <summary>Whether it is what answers all addresses that nothing else answers.</summary>
    public static bool IsFallback(this RouteEndpoint route) => route.Order == int.MaxValue;
}
