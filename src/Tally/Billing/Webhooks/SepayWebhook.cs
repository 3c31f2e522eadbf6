using System.Security.Cryptography;
using System.Text;
using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;

namespace Tally.Billing.Webhooks;

/// <summary><c>POST /webhooks/sepay</c>: <c>Authorization: Apikey …</c>, a movement of a bank account as JSON, answered <c>{"success":true}</c>.</summary>
internal static class SepayWebhook
{
    private const string Scheme = "Apikey ";

    public static async Task<IResult> HandleAsync(HttpContext http, GatewayBook gateways, ReceiveBankTransfer receive, CancellationToken ct)
    {
        if (gateways.Of(BankTransferGateway.GatewayName)["webhook_key"] is not { } key)
        {
            return WebhookRoutes.No(StatusCodes.Status503ServiceUnavailable, "no webhook key is set for bank transfers on this panel");
        }

        if (!Proves(http.Request.Headers.Authorization.ToString(), key))
        {
            return WebhookRoutes.No(StatusCodes.Status401Unauthorized, "the header Authorization must be: Apikey, a space, and the key that is set for this panel");
        }

        if (await WebhookBody.ReadAsync(http.Request, ct) is not { } body)
        {
            return WebhookRoutes.No(StatusCodes.Status413PayloadTooLarge, "the body is too large");
        }

        if (SepayNotice.Read(body, out var problem) is not { } notice)
        {
            return WebhookRoutes.No(StatusCodes.Status400BadRequest, problem!);
        }

        // The caller may hang up, but what was begun is finished: it would only come again.
        await receive.RunAsync(notice, CancellationToken.None);
        return Results.Json(new { success = true });
    }

    // Digests have one length, so that the time tells neither the key nor its length.
    private static bool Proves(string header, string key) => header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
