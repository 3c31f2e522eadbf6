using Tally.Platform.Db;

namespace Tally.Billing.Webhooks;

/// <summary>Where gateways tell what was paid. They prove themselves by a key or a signature; whatever goes wrong is answered as JSON with a status on which they try again.</summary>
public static class WebhookRoutes
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var hooks = routes.MapGroup("/webhooks");
        hooks.MapPost("/sepay", SepayWebhook.HandleAsync);
        hooks.MapPost("/stripe", StripeWebhook.HandleAsync);
        hooks.AddEndpointFilter(AnswerFaultsAsync);
    }

    /// <summary>An answer that says no, and why.</summary>
    internal static IResult No(int status, string message) => Results.Json(new { success = false, message }, statusCode: status);

    private static async ValueTask<object?> AnswerFaultsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException e)
        {
            return No(e.StatusCode, "the body could not be read");
        }
        catch (Exception e) when (DatabaseFailure.IsOfStore(e))
        {
            // What is delivered again counts once, so the sender may safely try again.
            context.HttpContext.RequestServices.GetRequiredService<ILogger<ReceiveBankTransfer>>().LogWarning(e, "The webhook {Path} could not be written down", context.HttpContext.Request.Path.Value);
            return No(StatusCodes.Status503ServiceUnavailable, "the store does not answer; send it again");
        }
    }
}
