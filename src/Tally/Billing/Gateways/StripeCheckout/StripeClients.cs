using Stripe;
using Tally.Platform.Http;

namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>Where Stripe's API is.</summary>
/// <param name="AllowPrivate">Lets calls go to this machine, without TLS: for tests.</param>
public sealed record StripeAddress(Uri Api, bool AllowPrivate)
{
    public static StripeAddress Usual { get; } = new(new Uri(StripeClient.DefaultApiBase), false);
}

/// <summary>Stripe's own client over our guarded connections, which it keeps.</summary>
public sealed class StripeClients(StripeAddress address) : IDisposable
{
    // It tries a call once more by itself when no answer came, with the same idempotency key.
    private const int Retries = 1;

    private readonly HttpClient _http = OutboundGuard.CreateClient(
        new OutboundOptions { AllowPrivate = address.AllowPrivate, RequireHttps = !address.AllowPrivate, Timeout = TimeSpan.FromSeconds(20), MaxResponseBytes = 4 * 1024 * 1024 });

    public IStripeClient With(string secretKey) => new StripeClient(new StripeClientOptions
    {
        ApiKey = secretKey,
        HttpClient = new SystemNetHttpClient(_http, Retries, enableTelemetry: false),
        ApiBase = address.Api.GetLeftPart(UriPartial.Authority),
    });

    public void Dispose() => _http.Dispose();
}
