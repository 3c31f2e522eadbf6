using System.Text;
using Tally.Billing.Gateways;
using Tally.Billing.Gateways.StripeCheckout;

namespace Tally.Billing.Webhooks;

/// <summary><c>POST /webhooks/stripe</c>: Stripe's events, signed in the header <c>Stripe-Signature</c>.</summary>
internal static class StripeWebhook
{
    public static async Task<IResult> HandleAsync(HttpContext http, GatewayBook gateways, ReceiveCardNews receive, TimeProvider time, CancellationToken ct)
    {
        if (gateways.Of(StripeGateway.GatewayName)["webhook_secret"] is not { } secret)
        {
            return WebhookRoutes.No(StatusCodes.Status503ServiceUnavailable, "no webhook secret is set for Stripe on this panel");
        }

        if (await WebhookBody.ReadAsync(http.Request, ct) is not { } body)
        {
            return WebhookRoutes.No(StatusCodes.Status413PayloadTooLarge, "the body is too large");
        }

        var news = StripeEvents.Read(Encoding.UTF8.GetString(body.Span), http.Request.Headers["Stripe-Signature"], secret, time.GetUtcNow(), out var problem);
        if (news is null)
        {
            return WebhookRoutes.No(StatusCodes.Status400BadRequest, problem!);
        }

        await receive.RunAsync(news, CancellationToken.None);
        return Results.Json(new { success = true });
    }
}
