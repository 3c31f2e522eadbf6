using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tally.Ui;

/// <summary>
/// How pages are made: an endpoint asks a use case and hands its answer to a Razor component, which only shows it. Forms post, are carried out, and send the browser on
/// (POST-redirect-GET); one that is refused shows the same page again with status 422, what was typed and what is wrong.
/// </summary>
public static class Page
{
    /// <summary>A page of a component and its parameters (an anonymous object).</summary>
    public static IResult Of<TComponent>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TComponent : IComponent => new RazorComponentResult<TComponent>(parameters ?? new { }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>The same page again, for a form that was refused.</summary>
    /// <param name="tooOften">It was sent too often, and may be sent again later.</param>
    public static IResult Refused<TComponent>(object? parameters = null, bool tooOften = false)
        where TComponent : IComponent => Of<TComponent>(parameters, tooOften ? StatusCodes.Status429TooManyRequests : StatusCodes.Status422UnprocessableEntity);

    /// <summary>The page that says that there is nothing here.</summary>
    public static IResult NotFound() => Problem(StatusCodes.Status404NotFound);

    /// <summary>The page that says what went wrong.</summary>
    public static IResult Problem(int status) => new ProblemResult(status);

    /// <summary>Sends the browser to one of our pages after a form was carried out.</summary>
    public static IResult Go(string path) => TypedResults.LocalRedirect("~" + path);

    /// <summary>Sends the browser back to where a form says that it came from, if that is one of our pages; to the front page otherwise.</summary>
    public static IResult Back(string? path) => Go(IsOurs(path) ? path! : "/");

    /// <summary>Whether an address is a path on this panel: one slash at its start, and nothing that a browser could take for another host.</summary>
    public static bool IsOurs(string? path) =>
        path is ['/', ..] && path.Length <= 2_000 && (path.Length == 1 || path[1] is not ('/' or '\\')) && !path.Any(c => char.IsControl(c) || c == '\\');

    /// <summary>Routes of pages that everybody may see. Their forms must carry the anti-forgery token (<see cref="FormTokens"/>).</summary>
    public static RouteGroupBuilder MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("");
        pages.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (HttpMethods.IsGet(http.Request.Method))
            {
                var visitor = http.RequestServices.GetRequiredService<Visitor>();
                visitor.Flash = Flash.Take(http, visitor.Words);
            }

            http.Response.Headers.CacheControl = "no-cache, no-store";
            return await next(context);
        });
        pages.WithMetadata(new FormsNeedToken());
        return pages;
    }

    /// <summary>Routes of pages for those who are signed in; all others are sent to sign in first.</summary>
    public static RouteGroupBuilder MapSignedInPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.RequireAuthorization();
        return pages;
    }

    // What was asked for is not repeated, for it may hold anything, a key too: whoever changes the language on this page goes on at the front page.
    private sealed class ProblemResult(int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.RequestServices.GetRequiredService<Visitor>().Path = "/";
            return Of<Tally.Ui.Pages.Problem>(new { Status = status == StatusCodes.Status413PayloadTooLarge ? StatusCodes.Status400BadRequest : status }, status).ExecuteAsync(httpContext);
        }
    }

    // Also for forms without fields of their own, which no parameter binds.
    private sealed class FormsNeedToken : IAntiforgeryMetadata
    {
        public bool RequiresValidation => true;
    }
}
