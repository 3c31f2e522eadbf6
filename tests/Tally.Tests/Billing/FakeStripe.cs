using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tally.Billing.Gateways.StripeCheckout;

namespace Tally.Tests.Billing;

/// <summary>Stripe's API on loopback, as far as the panel uses it: makes checkouts, keeps what it was asked, and knows the events that follow.</summary>
internal sealed class FakeStripe : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, string> _byIdempotencyKey = [];

    private FakeStripe(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>The fields of each checkout that was asked for, newest last.</summary>
    public List<Dictionary<string, string>> Asked { get; } = [];

    public List<string> Authorizations { get; } = [];

    /// <summary>Answers this status instead, with Stripe's form of an error.</summary>
    public int? Refuses { get; set; }

    public static async Task<FakeStripe> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stripe = new FakeStripe(app);
        app.MapPost("/v1/checkout/sessions", async (HttpContext http, CancellationToken _) => await stripe.BeginAsync(http)); // with one parameter it would be taken for a RequestDelegate
        await app.StartAsync();
        return stripe;
    }

    /// <summary>An event about a checkout.</summary>
    public static string Event(
        string type, string session, string panel, long payment, long amount, string currency = "vnd", string paymentStatus = "paid", string intent = "pi_1", string version = "2020-08-27") => JsonSerializer.Serialize(new
        {
            id = "evt_1",
            @object = "event",
            api_version = version,
            type,
            data = new
            {
                @object = new Dictionary<string, object?>
                {
                    ["id"] = session,
                    ["object"] = "checkout.session",
                    ["amount_total"] = amount,
                    ["currency"] = currency,
                    ["payment_status"] = paymentStatus,
                    ["payment_intent"] = intent,
                    ["metadata"] = new Dictionary<string, string> { [StripeEvents.PanelKey] = panel, [StripeEvents.PaymentKey] = payment.ToString() },
                },
            },
        });

    /// <summary>An event about money that went back.</summary>
    public static string TakenBack(string type, string intent, long amount, string currency = "vnd") => JsonSerializer.Serialize(new
    {
        id = "evt_2",
        @object = "event",
        type,
        data = new
        {
            @object = type == "charge.refunded"
                ? (object)new { id = "ch_1", @object = "charge", amount, amount_refunded = amount, currency, payment_intent = intent }
                : new { id = "dp_1", @object = "dispute", amount, currency, payment_intent = intent, charge = "ch_1" },
        },
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> BeginAsync(HttpContext http)
    {
        Authorizations.Add(http.Request.Headers.Authorization.ToString());
        if (Refuses is { } status)
        {
            return Results.Json(new { error = new { type = "invalid_request_error", message = "Invalid API Key provided: sk_test_0123456789abcdef" } }, statusCode: status);
        }

        var form = await http.Request.ReadFormAsync();
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        lock (Asked)
        {
            Asked.Add(form.ToDictionary(f => f.Key, f => f.Value.ToString()));
            if (!_byIdempotencyKey.TryGetValue(key, out var session))
            {
                _byIdempotencyKey[key] = session = $"cs_test_{_byIdempotencyKey.Count + 1}";
            }

            return Results.Json(new { id = session, @object = "checkout.session", url = "https://checkout.stripe.com/c/pay/" + session, payment_status = "unpaid" });
        }
    }
}
