using Microsoft.AspNetCore.Http.Extensions;

namespace Tally.Ui;

/// <summary>
/// Refuses a request whose <c>Host</c> is none that an address can be made of (the server lets more through than names): every page is rendered for an address, so that none could be made, not even the one
/// that says so. API v2 and health do not ask who they are and answer before.
/// </summary>
internal sealed class KnownHost(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (HasHost(http.Request))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync("The Host header names no host.", http.RequestAborted);
    }

    private static bool HasHost(HttpRequest request)
    {
        try
        {
            return request.Host is { HasValue: true } host && Uri.TryCreate(UriHelper.BuildAbsolute(request.Scheme, host, request.PathBase), UriKind.Absolute, out _);
        }
        catch (ArgumentException)
        {
            return false; // an internationalised name (xn--) that stands for nothing
        }
    }
}
