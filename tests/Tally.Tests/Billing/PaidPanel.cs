using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.StripeCheckout;
using Tally.Settings;
using Tally.Testing;

namespace Tally.Tests.Billing;

/// <summary>A panel in đồng whose gateways are set up, and those who post to its webhooks.</summary>
internal static class PaidPanel
{
    public const string Account = "0123456789", WebhookKey = "sepay-0123456789abcdef", StripeKey = "sk_test_0123456789abcdef", StripeSecret = "whsec_0123456789abcdef";

    public static async Task<TestPanel> StartAsync(StoreKind kind, string currency = "VND", Action<WebApplicationBuilder>? also = null)
    {
        var panel = await TestPanel.StartAsync(kind, balance: "0", also: also);
        await panel.SetAsync("currency", currency);
        await panel.SetBankAsync();
        return panel;
    }

    /// <summary>A panel that pays at a Stripe of its own.</summary>
    public static async Task<TestPanel> StartAsync(StoreKind kind, FakeStripe stripe, string currency = "VND")
    {
        var panel = await StartAsync(kind, currency, builder => builder.Services.Replace(ServiceDescriptor.Singleton(new StripeAddress(stripe.Url, AllowPrivate: true))));
        await panel.GatewayAsync("stripe", "secret_key", StripeKey);
        await panel.GatewayAsync("stripe", "webhook_secret", StripeSecret);
        return panel;
    }

    public static async Task SetBankAsync(this TestPanel panel)
    {
        (string, string)[] settings = [("bank_bin", "970403"), ("bank_name", "Sacombank"), ("account_number", Account), ("account_holder", "CONG TY TALLY"), ("webhook_key", WebhookKey)];
        foreach (var (name, value) in settings)
        {
            await panel.GatewayAsync("bank", name, value);
        }
    }

    public static Task GatewayAsync(this TestPanel panel, string gateway, string name, string? value) => panel.Get<SetGateway>().RunAsync(gateway, name, value, CancellationToken.None);

    /// <summary>What SePay posts for a transfer.</summary>
    public static string Notice(long id, string content, long amount = 100_000, string account = Account, string type = "in", string? code = null, string? subAccount = null) => JsonSerializer.Serialize(new
    {
        id,
        gateway = "Sacombank",
        transactionDate = "2026-11-25 14:02:37",
        accountNumber = account,
        code,
        content,
        transferType = type,
        transferAmount = amount,
        accumulated = 19_077_000,
        subAccount,
        referenceCode = "FT" + id.ToString(CultureInfo.InvariantCulture),
        description = "",
    });

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SepayAsync(this TestPanel panel, string body, string? authorization = "Apikey " + WebhookKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sepay") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization).ShouldBeTrue();
        }

        return await SendAsync(panel, request);
    }

    /// <summary>Posts an event as Stripe does: with a signature made here, from the documentation, without Stripe's library.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> StripeAsync(this TestPanel panel, string body, string secret = StripeSecret, TimeSpan age = default)
    {
        var at = DateTimeOffset.UtcNow.Subtract(age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{at}.{body}")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", $"t={at},v1={signature}");
        return await SendAsync(panel, request);
    }

    public static string PanelId(this TestPanel panel) => panel.Get<SettingsSnapshot>().Current.PanelId;

    public static async Task<Payment> PaymentAsync(this TestPanel panel, long id) => (await panel.Get<ReadPayments>().FindAsync(panel.Customer.Id, id, CancellationToken.None))!;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(TestPanel panel, HttpRequestMessage request)
    {
        using var response = await panel.Http.SendAsync(request);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, document.RootElement.Clone());
    }
}
