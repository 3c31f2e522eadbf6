using Microsoft.AspNetCore.Antiforgery;

namespace Tally.Ui;

/// <summary>
/// Refuses a form without the anti-forgery token, before any handler's parameters are read from it: to read such a form is an error to the framework, which is no way to answer a visitor.
/// </summary>
internal sealed class FormTokens(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }
}
