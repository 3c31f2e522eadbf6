using Tally.Platform.Db;

namespace Tally.Ui;

/// <summary>What a visitor sees when a page could not be made: a page that says so, with a status that fits, and a line in the log.</summary>
internal sealed class PageProblems(RequestDelegate next, ILogger<PageProblems> logger)
{
    /// <summary>Rendering adds this header before anything can fail, and would fail to add it a second time for the page that says so.</summary>
    private const string SetByRendering = "blazor-enhanced-nav";

    public async Task InvokeAsync(HttpContext http, Visitor visitor)
    {
        visitor.Http = http; // also for a page about what goes wrong before anything is known of the visitor
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await ShowAsync(http, http.Response.StatusCode);
            }
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException)
        {
            // The visitor has gone; nobody is left to answer.
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await ShowAsync(http, e.StatusCode);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var store = DatabaseFailure.IsOfStore(e);
            logger.Log(store ? LogLevel.Warning : LogLevel.Error, e, "The page {Method} {Path} could not be made", http.Request.Method, http.Request.Path.Value);
            await ShowAsync(http, store ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError);
        }
    }

    private static Task ShowAsync(HttpContext http, int status)
    {
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Response.Headers.Remove(SetByRendering);
        return Page.Problem(status).ExecuteAsync(http);
    }
}
